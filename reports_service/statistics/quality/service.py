"""The quality of records for leaders: a row per agency, and the assignments behind each number."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import contains_eager, joinedload

from reports_service.agencies.models import Agency
from reports_service.core import clock
from reports_service.core.db import db
from reports_service.core.pages import page
from reports_service.domain.quality import BY_CODE, Basis, Group
from reports_service.reports.models import Assignment, Report
from reports_service.statistics import queries
from reports_service.statistics.lists import NEWEST_FIRST
from reports_service.statistics.quality import checks
from reports_service.statistics.quality.kept import (
    Figure,
    Kept,
    by_agency,
    kept_for,
    together,
    whole,
)
from reports_service.statistics.quality.models import SeenTwice
from reports_service.statistics.scope import Period


@dataclass(frozen=True)
class Other:
    """The report that was filed before, and how far from it. ``code``: None, not to be shown."""

    code: str | None
    metres: float


@dataclass(frozen=True)
class Listed:
    """An assignment that fails a check; for one that may be seen twice, the other report."""

    assignment: Assignment
    other: Other | None


@dataclass(frozen=True)
class Behind:
    """What fails a check now. ``kept``: how many the night found. ``restricted``: not shown."""

    count: int
    kept: int | None
    restricted: int
    items: Sequence[Listed]
    next_cursor: str | None


def table(period: Period, agency: Agency | None) -> dict[str, Any]:
    """Each agency's checks by group (or one agency's), and all of them together."""
    kept = kept_for(period)
    found = by_agency(kept, period, agency)
    total = whole(together(found.values()), kept, period)
    return {
        "kept": kept,
        "total": _groups(total, kept, period, agency),
        "items": [
            _row(one, whole(found.get(one.id, {}), kept, period), kept, period)
            for one in ([agency] if agency else _agencies(found))
        ],
        "next_cursor": None,
    }


def behind(
    period: Period, code: str, agency: Agency | None, *, cursor: str | None, limit: int
) -> dict[str, Any]:
    """The assignments that fail the check ``code``, newest first, of the days that were counted.

    They are as many as the night found, until something is changed after it.
    """
    kept = kept_for(period)
    query = _failing(kept, period, code)
    if agency is not None:
        query = query.where(Assignment.agency_id == agency.id)
    number, restricted = queries.size(query)
    shown = page(query.where(Report.restricted.is_(False)), NEWEST_FIRST, cursor, limit)
    found = together(by_agency(kept, period, agency).values())
    figures = {one.check.code: one for one in whole(found, kept, period)}
    return {
        "kept": kept,
        "check": code,
        "behind": Behind(
            count=number,
            kept=figures[code].count,
            restricted=restricted,
            items=list(_listed(shown.items, code)),
            next_cursor=shown.next_cursor,
        ),
    }


def _row(agency: Agency, figures: Sequence[Figure], kept: Kept, period: Period) -> dict[str, Any]:
    return {
        "agency": agency,
        "groups": _groups(figures, kept, period, agency),
        "last_act": next(one for one in figures if one.check.code == "silent"),
    }


def _groups(
    figures: Sequence[Figure], kept: Kept, period: Period, agency: Agency | None
) -> list[dict[str, Any]]:
    """The figures by group, each with what asks for the assignments behind it."""
    return [
        {
            "group": group,
            "checks": [
                {"figure": one, "asked": _asked(one, kept, period, agency)}
                for one in figures
                if one.check.group is group
            ],
        }
        for group in Group
    ]


def _asked(
    figure: Figure, kept: Kept, period: Period, agency: Agency | None
) -> tuple[tuple[str, str], ...] | None:
    """None where there is no list: nothing was counted, or it tells of a night before the last."""
    of_the_past = figure.check.basis is Basis.NOW and not kept.newest
    if figure.count is None or of_the_past:
        return None
    return (
        ("check", figure.check.code),
        ("from", period.first.isoformat()),
        ("to", period.last.isoformat()),
        *((("agency", agency.code),) if agency else ()),
    )


def _agencies(found: Collection[int]) -> list[Agency]:
    """Those that have not ended, and those that have where there is something to show."""
    every = db.session.scalars(select(Agency).order_by(Agency.kind, Agency.code))
    now = clock.now()
    return [one for one in every if one.id in found or one.ended_at is None or one.ended_at > now]


def _failing(kept: Kept, period: Period, code: str) -> Select[Assignment]:
    """The assignments that fail a check, with report and agency."""
    query = (
        select(Assignment)
        .join(Assignment.report)
        .options(contains_eager(Assignment.report), joinedload(Assignment.agency))
    )
    as_of = kept.night_at or clock.now()
    if BY_CODE[code].basis is Basis.OPENED:
        days = kept.part_of(period) or period
        return query.where(
            Assignment.opened_at >= days.begins,
            Assignment.opened_at < days.ends,
            checks.of_opened(as_of)[code].found,
        )
    before = Period(kept.night, kept.night, period.zone).ends if kept.night else as_of
    if code == "silent":
        return query.where(checks.awaited(before), checks.silent(as_of))
    seen = select(SeenTwice.assignment_id).where(SeenTwice.day == kept.night)
    return query.where(checks.held(before), Assignment.id.in_(seen))


def _listed(items: Sequence[Assignment], code: str) -> Iterator[Listed]:
    """The assignments, each with the report that was filed before it: one query for all."""
    others = {}
    if code == "possible_duplicate":
        query = (
            select(SeenTwice.assignment_id, SeenTwice.metres, Report.code, Report.restricted)
            .join(Report, Report.id == SeenTwice.other_report_id)
            .where(SeenTwice.assignment_id.in_([one.id for one in items]))
        )
        others = {
            row.assignment_id: Other(None if row.restricted else row.code, row.metres)
            for row in db.session.execute(query)
        }
    for one in items:
        yield Listed(one, others.get(one.id))
