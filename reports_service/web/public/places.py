"""Pages of communes and agencies: what each is, what it promised and kept, and how things stand."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from babel.numbers import format_decimal, format_percent
from flask import url_for

from reports_service.agencies import service as agencies
from reports_service.agencies.models import Agency, AgencyKind
from reports_service.areas import boundaries
from reports_service.areas import service as areas
from reports_service.areas.index import Place
from reports_service.areas.models import Level
from reports_service.core.db import db
from reports_service.core.words import named, say
from reports_service.domain.measures import RANKED_FROM
from reports_service.domain.text import fold
from reports_service.reports import published
from reports_service.reports.models import Report
from reports_service.statistics import reading as figures
from reports_service.statistics.cells.turns import FiguresNotReady
from reports_service.statistics.interface.asking import zone
from reports_service.statistics.reading import Axis
from reports_service.statistics.scope import Period, Scope, scope_of
from reports_service.web.moments import Moments

A_YEAR: Final = timedelta(days=365)
KINDS_BEFORE: Final = ("Xã", "Phường", "Thị trấn", "Đặc khu")  # in Vietnamese, before the name


@dataclass(frozen=True)
class Kept:
    """Promises to citizens that came due in a year, and how many were kept; None: not counted."""

    period: Period
    kept: int | None
    due: int | None

    @property
    def share(self) -> float | None:
        """Kept of due; None where so few were due that a share would mislead."""
        enough = self.kept is not None and self.due is not None and self.due >= RANKED_FROM
        return self.kept / self.due if enough and self.due and self.kept is not None else None

    def percent(self, language: str) -> str | None:
        """The share as people read it."""
        if self.share is None:
            return None
        return format_percent(self.share, "#,##0.#\u00a0%", locale=language)


def commune_or_above(code: str) -> Place:
    """The area of today with this code. Raises ``AreaUnknown``."""
    return areas.place(code)


def area_page(place: Place, reading: Moments) -> dict[str, Any]:
    """The values of an area's page."""
    committee = agencies.known(place.committee_id) if place.committee_id else None
    above = areas.path_of(place.code)[1:]
    return {
        "code": place.code,
        "title": named(place.names, reading.language),
        "above": ", ".join(named(one.names, reading.language) for one in above),
        "size": _size(place.area_km2, reading.language),
        "committee": committee,
        "bounds": boundaries.bounds(place),
        "counts": _counts({"area": place.code}, reading),
        "kept": _kept(scope_filters(reading, area=place.code), None),
    }


def agency_page(agency: Agency, reading: Moments) -> dict[str, Any]:
    """The values of an agency's page."""
    return {
        "code": agency.code,
        "title": named(agency.names, reading.language),
        "kind": say(f"public_kind_{agency.kind}", reading.language),
        "phone": agency.phone,
        "ended": agency.ended_at if agency.ended_at and agency.ended_at <= reading.now else None,
        "counts": _counts({"agency": agency.code}, reading),
        "kept": _kept(scope_filters(reading), agency.id),
    }


def scope_filters(reading: Moments, **more: str) -> dict[str, Any]:
    """The last year up to today, by local days."""
    last = reading.now.astimezone(zone()).date()
    return {"first": last - A_YEAR + timedelta(days=1), "last": last, **more}


def _counts(filters: Mapping[str, Any], reading: Moments) -> dict[str, int]:
    """How the published reports of the last year stand."""
    within = {**filters, "created_from": reading.now - A_YEAR}
    return {str(state): n for state, n in published.counts(within, reading.now).items()}


def _kept(filters: Mapping[str, Any], agency_id: int | None) -> Kept:
    """Of all reports of the scope, or of those that this agency has now."""
    scope = scope_of(filters, figures.as_of(), zone())
    try:
        found = _promised(scope, agency_id)
    except FiguresNotReady:  # counted anew just now; the rest of the page stands
        return Kept(scope.period, None, None)
    return Kept(scope.period, found.get("promises_kept", 0), found.get("promises_due", 0))


def _promised(scope: Scope, agency_id: int | None) -> Mapping[str, int]:
    if agency_id is None:
        return figures.promised(scope)[None]
    return figures.promised(scope, Axis.AGENCY).get(agency_id, {})


def areas_by_initial(
    sought: str, reading: Moments
) -> list[tuple[str | None, list[dict[str, Any]]]]:
    """Communes, and what is open in each, by the first letter of their own name: each letter with
    the first and the last of its names. Where one looks for something, all that are named so.
    """
    rows = _area_rows(sought, reading)
    if sought:
        return [(None, rows)]
    letters: dict[str, list[dict[str, Any]]] = {}
    for row in sorted(rows, key=lambda row: fold(row["own"])):
        letters.setdefault(_initial(row["own"]), []).append(row)
    in_order = sorted(letters.items(), key=lambda pair: (fold(pair[0]), pair[0]))
    return [(_span(letter, held), held) for letter, held in in_order]


def _span(letter: str, rows: list[dict[str, Any]]) -> str:
    """A letter, and from which name to which it goes."""
    names = dict.fromkeys(row["own"] for row in (rows[0], rows[-1]))
    return f"{letter}: {' – '.join(names)}"


def _initial(name: str) -> str:
    """The letter that a name is looked up under: Ấ under A, but Đ is a letter of its own."""
    return unicodedata.normalize("NFD", name)[0].upper()


def _own_name(title: str) -> str:
    """A commune's name without what kind of unit it is, where that stands before it."""
    kind = next((kind for kind in KINDS_BEFORE if title.startswith(f"{kind} ")), "")
    return title.removeprefix(kind).strip()


def _area_rows(sought: str, reading: Moments) -> list[dict[str, Any]]:
    """Communes whose name holds what is sought, by name, and what is open there."""
    places = [one for one in areas.present().places.values() if one.level == Level.COMMUNE]
    standing = _by_code(published.standing(Report.area_id, reading.now))
    rows = [
        {
            "address": url_for("public.area", code=one.code),
            "title": named(one.names, reading.language),
            "own": _own_name(named(one.names, reading.language)),
            **standing.get(one.code, {"open": 0, "late": 0}),
        }
        for one in places
        if _holds(one.names, sought)
    ]
    return sorted(rows, key=lambda row: fold(row["title"]))


def agencies_by_kind(sought: str, reading: Moments) -> list[tuple[str, list[dict[str, Any]]]]:
    """Agencies whose name holds what is sought: each kind in words, its agencies by name, and what
    they have open.
    """
    standing = published.standing(Report.agency_id, reading.now)
    kinds: dict[str, list[dict[str, Any]]] = {kind: [] for kind in AgencyKind}
    for one in db.session.scalars(agencies.listing()):
        if _holds(one.names, sought):
            row = {
                "address": url_for("public.agency", code=one.code),
                "title": named(one.names, reading.language),
                **standing.get(one.id, {"open": 0, "late": 0}),
            }
            kinds[one.kind].append(row)
    return [
        (
            say(f"public_kind_{kind}", reading.language),
            sorted(rows, key=lambda row: fold(row["title"])),
        )
        for kind, rows in kinds.items()
    ]


def _by_code(standing: Mapping[int | None, dict[str, int]]) -> dict[str, dict[str, int]]:
    """Versions of one area together."""
    found: dict[str, dict[str, int]] = {}
    for area_id, counts in standing.items():
        if area_id is not None:
            row = found.setdefault(areas.version(area_id).code, {"open": 0, "late": 0})
            for name, number in counts.items():
                row[name] += number
    return found


def _size(km2: float | None, language: str) -> str | None:
    return f"{format_decimal(km2, '#,##0.#', language)}\u00a0km²" if km2 else None


def _holds(names: Mapping[str, str], sought: str) -> bool:
    return any(fold(sought) in fold(name) for name in names.values())
