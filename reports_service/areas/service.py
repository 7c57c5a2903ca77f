"""Areas: found by point, code and name; renamed; ended with a date. The index of this process."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import joinedload

from reports_service.agencies import service as agencies
from reports_service.areas import deployment
from reports_service.areas.geojson import CODE
from reports_service.areas.index import AreaIndex, Located, Place
from reports_service.areas.models import Area
from reports_service.core import audit, reference
from reports_service.core.auth import Actor
from reports_service.core.codes import named
from reports_service.core.db import db
from reports_service.domain.errors import Invalid, NotFound

REFERENCE = "areas"


class AreaUnknown(NotFound):
    """No area has this code now."""

    code = "area_unknown"


class AreaEndsTooEarly(Invalid):
    """An area cannot end before, or on the day, it began."""

    code = "area_ends_too_early"


class Timeline:
    """All versions of all areas, and an index for each stretch of days in which none changes."""

    def __init__(self, places: Iterable[Place]) -> None:
        self._places = list(places)
        starts = {place.valid_from for place in self._places}
        ends = {place.valid_to for place in self._places if place.valid_to}
        self._turns = sorted(starts | ends)
        self.versions = {place.id: place for place in self._places}
        self._built: dict[int, AreaIndex] = {}

    def on(self, day: date) -> AreaIndex:
        """The areas of one day. Built at the first use; two threads may both build, harmlessly."""
        stretch = bisect_right(self._turns, day)
        if stretch not in self._built:
            self._built[stretch] = AreaIndex.build(self._places, day)
        return self._built[stretch]


def present() -> AreaIndex:
    """The areas of today, as they were at most two seconds ago."""
    return TIMELINE.current().on(deployment.today())


def locate(lat: float, lon: float) -> Located:
    """Where a point (degrees) lies today; reads memory, never a boundary from the database.

    Raises ``CoordinatesInvalid``, ``PointOutside`` and ``PointSwapped`` (areas/index.py).
    """
    return present().locate(lat, lon, deployment.limits())


def areas_at(lat: float, lon: float) -> tuple[Place, ...]:
    """The areas that hold a point, smallest first; none for a point outside.

    Raises ``CoordinatesInvalid``, ``PointSwapped``, which blame ``lat``: it is asked in queries.
    """
    return present().areas_at(lat, lon, deployment.limits(), field="lat")


def place(code: str) -> Place:
    """The area with this code today, from memory. Raises ``AreaUnknown``."""
    found = present().places.get(code)
    if found is None:
        raise AreaUnknown(field="area", area=code)
    return found


def version(area_id: int) -> Place | Area:
    """One version of an area, ended or not, from memory; one added this second from its row."""
    return TIMELINE.current().versions.get(area_id) or db.session.get_one(Area, area_id)


def is_present(code: str) -> bool:
    """Whether an area has this code today."""
    return code in present().places


def path_of(code: str) -> tuple[Place, ...]:
    """An area and those that it is part of, smallest first. Raises ``AreaUnknown``."""
    return present().paths[place(code).code]


def path_of_id(area_id: int) -> tuple[Place, ...]:
    """The path of the area that a row (any version, also an ended one) is or was; () if it ended.

    Rules and reports name a version by its id: compare them with the path by code.
    """
    return present().path_of_id(area_id)


def with_children(code: str) -> list[int]:
    """The ids of an area and of all below it, in all their versions. Raises ``AreaUnknown``."""
    tree = select(Area.id).where(Area.code == code).cte("tree", recursive=True)
    tree = tree.union(select(Area.id).where(Area.parent_id == tree.c.id))
    found = list(db.session.scalars(select(tree.c.id)))
    if not found:
        raise AreaUnknown(field="area", area=code)
    return found


def listing(level: str | None = None, parent: str | None = None) -> Select[Area]:
    """The areas valid today, of a level, below a parent."""
    day = deployment.today()
    query = select(Area).where(Area.valid_from <= day, _still(day))
    if level:
        query = query.where(Area.level == level)
    if parent:
        query = query.where(Area.parent_id.in_(select(Area.id).where(Area.code == parent)))
    return query


def versions(code: str | None = None) -> Select[Area]:
    """All versions of all areas, ended ones too, or of one code."""
    query = select(Area).options(joinedload(Area.parent), joinedload(Area.committee))
    return query.where(Area.code == code) if code else query


def by_code(code: str) -> Area:
    """The latest version of an area, ended or not. Raises ``AreaUnknown``."""
    latest = versions(code).order_by(Area.valid_from.desc()).limit(1)
    area = db.session.scalar(latest) if CODE.fullmatch(code) else None
    if area is None:
        raise AreaUnknown(field="area", area=code)
    return area


def change(actor: Actor, code: str, values: Mapping[str, Any]) -> Area:
    """New names, or another committee (agency code, or None).

    Raises ``AreaUnknown``, ``CodeUnknown``.
    """
    area = by_code(code)
    before = {"names": area.names, "committee": area.committee.code if area.committee else None}
    if "names" in values:
        area.names = dict(values["names"])
    if "committee" in values:
        chosen = values["committee"]
        area.committee = named(agencies.active, chosen, field="committee") if chosen else None
    changed = {name: before[name] for name in values}
    audit.record(actor, "changed", "area", code, before=changed, after=dict(values))
    _changed()
    return area


def end(actor: Actor, code: str, day: date | None = None) -> Area:
    """End an area: ``day`` (default today) is the first on which it is not valid any more.

    Raises ``AreaUnknown``, ``AreaEndsTooEarly``.
    """
    area = by_code(code)
    last = day or deployment.today()
    if last <= area.valid_from:
        raise AreaEndsTooEarly(field="date", area=code, valid_from=area.valid_from.isoformat())
    area.valid_to = last
    audit.record(actor, "ended", "area", code, date=last.isoformat())
    _changed()
    return area


def _still(day: date) -> Any:
    return or_(Area.valid_to.is_(None), Area.valid_to > day)


def _changed() -> None:
    db.session.flush()
    reference.changed(REFERENCE)


def _load() -> Timeline:
    columns = [getattr(Area, name) for name in Place.__dataclass_fields__]
    timeline = Timeline(Place(*row) for row in db.session.execute(select(*columns)))
    today = deployment.today()
    for day in (today, today + timedelta(days=1)):  # midnight must not wait for a load either
        timeline.on(day)
    return timeline


TIMELINE = reference.Snapshot(REFERENCE, load=_load)
