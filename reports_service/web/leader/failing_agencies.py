"""Whose records need looking at: the agencies that are worse than all together, and all of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from flask import url_for

from reports_service.core.words import named
from reports_service.web.leader import asked, checked
from reports_service.web.leader.checked import Line
from reports_service.web.leader.extremes import HELD_UP_FROM

SHOWN: Final = 5


@dataclass(frozen=True)
class Place:
    """An agency, the page of its records, and the check that it most needs to look at."""

    name: str
    page: str
    line: Line
    in_all: str


@dataclass(frozen=True)
class Agency:
    """A row of the table: an agency and its checks, one in each column."""

    name: str
    page: str
    lines: Sequence[Line]


@dataclass(frozen=True)
class Agencies:
    """Those where a check found something, and the checks that did; how many have none."""

    columns: Sequence[Line]
    rows: Sequence[Agency]
    others: int


def first_to_look_at(answer: Mapping[str, Any], language: str) -> list[Place]:
    """Each agency once, with the check that it fails most surely more often than all together."""
    in_all = {one.code: one for one in checked.lines(answer["total"], language)}
    found = [
        place for row in answer["items"] if (place := _place(row, in_all, language)) is not None
    ]
    found.sort(key=lambda place: checked.least(place.line.figure), reverse=True)
    return found[:SHOWN]


def _place(row: Mapping[str, Any], in_all: Mapping[str, Line], language: str) -> Place | None:
    worse = [
        one
        for one in checked.lines(row["groups"], language)
        if (one.figure.of or 0) >= HELD_UP_FROM
        and checked.least(one.figure) > in_all[one.code].part
    ]
    if not worse:
        return None
    worst = max(worse, key=lambda one: checked.least(one.figure))
    return Place(*_named(row, language), worst, in_all[worst.code].share.text)


def agencies(answer: Mapping[str, Any], language: str) -> Agencies:
    """The table of all: columns and rows without anything found are left out."""
    columns = [one for one in checked.lines(answer["total"], language) if one.failed]
    shown = {one.code for one in columns}
    rows = list(_rows(answer["items"], shown, language))
    rows.sort(key=lambda row: max(one.need for one in row.lines), reverse=True)
    return Agencies(columns, rows, len(answer["items"]) - len(rows))


def _rows(items: Sequence[Mapping[str, Any]], shown: set[str], language: str) -> Iterator[Agency]:
    for row in items:
        lines = [one for one in checked.lines(row["groups"], language) if one.code in shown]
        if any(one.failed for one in lines):
            yield Agency(*_named(row, language), lines)


def _named(row: Mapping[str, Any], language: str) -> tuple[str, str]:
    """The agency's name, and the page of its records."""
    agency = row["agency"]
    page = url_for("leader.quality", **{**asked.period(), asked.AGENCY: agency.code})
    return named(agency.names, language), page
