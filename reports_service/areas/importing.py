"""Brings areas into the database: real boundaries from GeoJSON, and the demo's mosaic.

History is kept: a code that comes with a later date ends the version before on that date. The same
file twice changes nothing. Demo polygons give way in place, keeping committee and parent.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import shapely
from sqlalchemy import select
from sqlalchemy.orm import undefer

from reports_service.areas import demo_polygons, deployment
from reports_service.areas.geojson import Feature, FeatureRepeated
from reports_service.areas.models import Area, Level
from reports_service.areas.service import REFERENCE
from reports_service.core import audit, reference
from reports_service.core.auth import Actor
from reports_service.core.db import db
from reports_service.domain.errors import Invalid

CHUNK = 500  # codes in one query


class ParentUnknown(Invalid):
    """The parent that was asked for does not exist."""

    code = "area_parent_unknown"


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the administrator says of a whole import; it goes before what the files say.

    Without a ``source`` the name of the file is kept as such.
    """

    source: str | None = None
    valid_from: date | None = None
    level: Level | None = None
    parent: str | None = None


@dataclass(slots=True)
class Outcome:
    """What an import did, in areas. ``ended`` counts versions that a later one followed;
    ``without_parent`` names parents that files mention and nobody knows."""

    added: int = 0
    changed: int = 0
    demo_replaced: int = 0
    unchanged: int = 0
    ended: int = 0
    repaired: int = 0
    without_parent: set[str] = field(default_factory=set)


def import_features(
    actor: Actor,
    features: Sequence[Feature],
    wishes: Wishes,
    step: Callable[[], object] = lambda: None,
) -> Outcome:
    """Bring ``features`` in, within the caller's unit of work; ``step`` is called for each.

    Raises ``ParentUnknown``, ``FeatureRepeated``.
    """
    _check_codes(features)
    known = _Versions(features, wishes)
    outcome = Outcome(repaired=sum(feature.repaired for feature in features))
    for feature in _parents_first(features):
        _bring(feature, wishes, known, outcome)
        step()
    if outcome.added or outcome.changed or outcome.demo_replaced:
        _redraw_demo_outlines(known)
        counts = {name: getattr(outcome, name) for name in ("added", "changed", "demo_replaced")}
        source = wishes.source or ", ".join(sorted({feature.file for feature in features}))
        audit.record(actor, "imported", "areas", source[:120], **counts)
        reference.changed(REFERENCE)
    return outcome


def draw_demo(folder: Path, committees: Mapping[str, int]) -> int:
    """Lay the demo's areas from ``areas.csv`` and ``centres.csv``; how many.

    ``committees``: area code -> id of the agency that answers there. Codes that are there already
    stay as they are.
    """
    mosaic = demo_polygons.mosaic(demo_polygons.read_centres(folder / "centres.csv"))
    with (folder / "areas.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    there = {area.code: area for area in db.session.scalars(select(Area).order_by(Area.valid_from))}
    drawn = 0
    for row in [row for row in rows if row["code"] not in there]:
        below = [mosaic[child["code"]] for child in rows if child["parent"] == row["code"]]
        shape = mosaic.get(row["code"]) or demo_polygons.outline(below)
        area = _demo_area(row, shapely.to_wkb(shape), committees.get(row["code"]))
        area.parent = there.get(row["parent"])
        there[area.code] = area
        db.session.add(area)
        drawn += 1
    db.session.flush()
    reference.changed(REFERENCE)
    return drawn


def _demo_area(row: Mapping[str, str], boundary: bytes, committee_id: int | None) -> Area:
    return Area(
        code=row["code"],
        level=Level(row["level"]),
        names={"vi": row["name_vi"], "en": row["name_en"]},
        lat=float(row["lat"]),
        lon=float(row["lon"]),
        area_km2=float(row["area_km2"]),
        valid_from=date.fromisoformat(row["valid_from"]),
        boundary=boundary,
        committee_id=committee_id,
        source=demo_polygons.SOURCE,
    )


class _Versions:
    """The versions of the codes of one import and of their parents, by code, oldest first."""

    def __init__(self, features: Sequence[Feature], wishes: Wishes) -> None:
        codes = {feature.code for feature in features}
        codes |= {feature.parent_code for feature in features if feature.parent_code}
        codes |= {wishes.parent} if wishes.parent else set()
        self.by_code: dict[str, list[Area]] = {}
        wanted = sorted(codes)
        for start in range(0, len(wanted), CHUNK):
            self._read(wanted[start : start + CHUNK])
        if wishes.parent and wishes.parent not in self.by_code:
            raise ParentUnknown(field="parent", area=wishes.parent)

    def _read(self, codes: list[str]) -> None:
        query = select(Area).where(Area.code.in_(codes)).options(undefer(Area.boundary))
        for area in db.session.scalars(query.order_by(Area.valid_from)):
            self.by_code.setdefault(area.code, []).append(area)

    def latest(self, code: str | None) -> Area | None:
        """The last version of a code."""
        return self.by_code[code][-1] if code in self.by_code else None

    def insert(self, area: Area) -> int:
        """Place a new version between its neighbours; the number of versions that it ended."""
        line = self.by_code.setdefault(area.code, [])
        before = [version for version in line if version.valid_from < area.valid_from]
        after = [version for version in line if version.valid_from > area.valid_from]
        area.valid_to = after[0].valid_from if after else None
        self.by_code[area.code] = [*before, area, *after]
        db.session.add(area)
        db.session.flush()
        if not before or (before[-1].valid_to and before[-1].valid_to <= area.valid_from):
            return 0
        before[-1].valid_to = area.valid_from
        return 1


def _bring(feature: Feature, wishes: Wishes, known: _Versions, outcome: Outcome) -> None:
    latest = known.latest(feature.code)
    day = wishes.valid_from or feature.valid_from
    values = _values(feature, wishes, known, latest, outcome)
    if latest and day is None and (_is_demo(latest) or _same(latest, values)):
        day = latest.valid_from  # a file without dates says nothing new about when
    day = day or deployment.today()
    versions = known.by_code.get(feature.code, [])
    version = next((area for area in versions if area.valid_from == day), None)
    if version is None:
        committee_id = latest.committee_id if latest else None
        fresh = Area(code=feature.code, valid_from=day, committee_id=committee_id, **values)
        outcome.ended += known.insert(fresh)
        outcome.added += 1
    elif _same(version, values):
        outcome.unchanged += 1
    else:
        outcome.demo_replaced += _is_demo(version)
        outcome.changed += not _is_demo(version)
        for name, value in values.items():
            setattr(version, name, value)


def _values(
    feature: Feature, wishes: Wishes, known: _Versions, latest: Area | None, outcome: Outcome
) -> dict[str, Any]:
    """The columns that an import sets, from the feature and what was known before."""
    lat, lon = _centre(feature, latest)
    english = feature.name_en or (latest.names.get("en") if latest else None) or feature.name
    guessed = Level.PROVINCE if len(feature.code) <= 2 else Level.COMMUNE
    return {
        "names": {"vi": feature.name, "en": english},
        "level": wishes.level or feature.level or (latest.level if latest else guessed),
        "parent_id": _parent_id(feature, wishes, known, latest, outcome),
        "lat": lat,
        "lon": lon,
        "area_km2": feature.area_km2,
        "boundary": shapely.to_wkb(feature.boundary),
        "source": (wishes.source or feature.file)[:200],
    }


def _same(version: Area, values: Mapping[str, Any]) -> bool:
    """Whether a version says what an import says; the name of the file does not count."""
    if _is_demo(version):
        return False
    return all(
        getattr(version, name) == value for name, value in values.items() if name != "source"
    )


def _is_demo(area: Area) -> bool:
    return area.source == demo_polygons.SOURCE


def _parent_id(
    feature: Feature, wishes: Wishes, known: _Versions, latest: Area | None, outcome: Outcome
) -> int | None:
    code = wishes.parent or feature.parent_code
    parent = known.latest(code)
    if parent is not None and code != feature.code:
        same = latest and latest.parent_id in {version.id for version in known.by_code[parent.code]}
        return latest.parent_id if latest and same else parent.id
    if code and code != feature.code:
        outcome.without_parent.add(code)
    return latest.parent_id if latest else None


def _centre(feature: Feature, latest: Area | None) -> tuple[float, float]:
    """Where the area is shown: the known centre if it lies inside, else a point that does."""
    lat, lon = (latest.lat, latest.lon) if latest else (None, None)
    if lat is not None and lon is not None and shapely.intersects_xy(feature.boundary, lon, lat):
        return lat, lon
    point = feature.boundary.representative_point()
    return round(point.y, 6), round(point.x, 6)


def _check_codes(features: Iterable[Feature]) -> None:
    """Several files may come together; no code may stand in two of them."""
    seen: set[str] = set()
    for feature in features:
        if feature.code in seen:
            raise FeatureRepeated(area=feature.code, file=feature.file, feature="–", line="–")
        seen.add(feature.code)


def _parents_first(features: Sequence[Feature]) -> list[Feature]:
    """Parents before their children, so that both may come in one import."""
    parent_of = {feature.code: feature.parent_code for feature in features}

    def depth(feature: Feature) -> int:
        above, code = 0, feature.parent_code
        while code in parent_of and above <= len(parent_of):
            above, code = above + 1, parent_of[code]
        return above

    return sorted(features, key=depth)


def _redraw_demo_outlines(known: _Versions) -> None:
    """A demo province follows its communes: its outline becomes that of the real ones."""
    above = {versions[-1].parent_id for versions in known.by_code.values()} - {None}
    query = select(Area).where(Area.id.in_(above), Area.source == demo_polygons.SOURCE)
    for parent in db.session.scalars(query).all():
        children = select(Area.boundary).where(
            Area.parent_id == parent.id, Area.valid_to.is_(None), Area.boundary.is_not(None)
        )
        shapes = [shapely.from_wkb(boundary) for boundary in db.session.scalars(children)]
        parent.boundary = shapely.to_wkb(demo_polygons.outline(shapes))
    db.session.flush()
