"""The five groups agency by agency: whom to look at first in each, and a table of all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from flask import url_for

from reports_service.agencies.models import AgencyKind
from reports_service.core.words import say
from reports_service.domain.measures import BY_CODE, Unit, wilson_lower
from reports_service.web.leader import asked
from reports_service.web.leader.extremes import HELD_UP_FROM
from reports_service.web.leader.numbers import Number, Row

COLUMNS: Final[Mapping[str, Sequence[str]]] = {
    "transparency": ("acknowledged_on_time_rate", "acknowledgements_due", "rejected"),
    "progress": ("on_time_rate", "due", "overdue"),
    "online_services": ("received",),
    "satisfaction": ("satisfaction", "satisfaction_n", "reopened_rate"),
}


@dataclass(frozen=True)
class Place:
    """The agency to look at first: its number, and from how many."""

    name: str
    page: str
    number: Number
    of: Number


@dataclass(frozen=True)
class Agency:
    """A row of the table."""

    name: str
    page: str
    figures: Sequence[Number]


@dataclass(frozen=True)
class Kind:
    """The agencies of a kind."""

    code: str
    name: str
    rows: Sequence[Agency]


def first_to_look_at(
    group: str, measure: str, of: str, answer: Mapping[str, Any], language: str
) -> Place | None:
    """Who stands lowest among those below the number of all together, counted from enough.

    None where nobody does, and for counts: to receive much is neither good nor bad.
    """
    in_all = answer["total"][group][measure]
    if BY_CODE[measure].unit is Unit.COUNT or in_all is None:
        return None
    below = [
        row
        for row in answer["items"]
        if row[group][of] >= HELD_UP_FROM and row[group][measure] < in_all
    ]
    if not below:
        return None
    lowest = min(below, key=lambda row: _bound(row[group][measure], row[group][of], measure))
    row = Row(lowest[group], lowest["assignments"], language)
    return Place(*_named(lowest), row[measure], row[of])


def _bound(value: float, of: int, measure: str) -> float:
    """A share by its lower bound, as ranks are; stars as they are."""
    if BY_CODE[measure].unit is not Unit.SHARE:
        return value
    return wilson_lower(round(value * of), of) or 0.0


def kinds(items: Sequence[Mapping[str, Any]], language: str) -> Iterator[Kind]:
    """The table, kind by kind, of the agencies that had anything to do."""
    for kind in AgencyKind:
        rows = [
            Agency(*_named(row), _figures(row, language))
            for row in items
            if row["agency"]["kind"] == kind and _anything(row)
        ]
        if rows:
            yield Kind(kind.value, say(f"leader_kind_{kind}", language), rows)


def _anything(row: Mapping[str, Any]) -> bool:
    """Whether a count of the row is more than nothing."""
    return any(
        row[group][code]
        for group, codes in COLUMNS.items()
        for code in codes
        if BY_CODE[code].unit is Unit.COUNT
    )


def _figures(row: Mapping[str, Any], language: str) -> list[Number]:
    groups = {group: Row(row[group], row["assignments"], language) for group in COLUMNS}
    return [groups[group][code] for group, codes in COLUMNS.items() for code in codes]


def _named(row: Mapping[str, Any]) -> tuple[str, str]:
    agency = row["agency"]
    filters = asked.filters(kind="")
    return agency["name"], url_for("leader.agency", code=agency["code"], **filters)
