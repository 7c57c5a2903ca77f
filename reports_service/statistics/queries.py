"""Figures counted from assignments: one pass per group, however many rows and agencies."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, case, func, select
from sqlalchemy.orm import contains_eager, joinedload

from reports_service.agencies.models import Agency
from reports_service.core.db import db
from reports_service.domain.measures import BY_CODE, Day
from reports_service.reports.models import Assignment, Report
from reports_service.statistics.counting import MOMENT, Condition, conditions
from reports_service.statistics.scope import Period, Scope

# The total counts a report once, however many agencies it came to.
EACH_REPORT_ONCE = ("received", "duplicates")


@dataclass(slots=True)
class Lengths:
    """Seconds of those that were done, in working and in plain time, and how many are open."""

    working: list[float] = field(default_factory=list)
    elapsed: list[float] = field(default_factory=list)
    still_open: int = 0

    def add(self, working: float | None, elapsed: float | None, *, still: bool) -> None:
        """Count one assignment: done, open, or neither."""
        if working is not None and elapsed is not None:
            self.working.append(working)
            self.elapsed.append(elapsed)
        elif still:
            self.still_open += 1

    def join(self, other: Lengths) -> None:
        """Count those of ``other`` too."""
        self.working += other.working
        self.elapsed += other.elapsed
        self.still_open += other.still_open


@dataclass(slots=True)
class Tally:
    """What was counted for one agency, or one category."""

    counts: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    stars: int = 0
    acknowledge: Lengths = field(default_factory=Lengths)
    resolve: Lengths = field(default_factory=Lengths)

    def join(self, other: Tally) -> None:
        """Count what ``other`` counted too."""
        for code, number in other.counts.items():
            self.counts[code] += number
        self.stars += other.stars
        self.acknowledge.join(other.acknowledge)
        self.resolve.join(other.resolve)


def tallies(scope: Scope, by: Any) -> dict[Any, Tally]:
    """Every count within ``scope`` by a column of assignments; groups with nothing are missing."""
    found: defaultdict[Any, Tally] = defaultdict(Tally)
    for day, counted in conditions(scope.as_of).items():
        for row in _counts(scope, by, day, counted):
            found[row.by].counts.update(
                {code: row._mapping[code] for code in counted if row._mapping[code]}
            )
    stars = func.sum(Assignment.rating).label("stars")
    for row in db.session.execute(_of(scope, Day.RESOLVED, by, stars)):
        found[row.by].stars = row.stars or 0
    for row in db.session.execute(_lengths(scope, by)):
        tally = found[row.by]
        tally.acknowledge.add(row.ack_working, row.ack_elapsed, still=row.still)
        tally.resolve.add(row.res_working, row.res_elapsed, still=row.still)
    return dict(found)


def each_report_once(scope: Scope) -> dict[str, int]:
    """How many reports, not assignments, were received, and are duplicates now."""
    counted = conditions(scope.as_of)[Day.OPENED]
    columns = [
        func.count(case((counted[code], Assignment.report_id)).distinct())
        for code in EACH_REPORT_ONCE
    ]
    query = select(*columns).where(*within(scope), *in_period(scope.period, Day.OPENED))
    return dict(zip(EACH_REPORT_ONCE, db.session.execute(query).one(), strict=True))


def behind(scope: Scope, code: str) -> Select[Assignment]:
    """The assignments that the count ``code`` counts, with report and agency."""
    day = BY_CODE[code].day
    narrowed = (
        *within(scope),
        *in_period(scope.period, day),
        conditions(scope.as_of)[day][code],
    )
    query = _with_report().where(*narrowed)
    if code in EACH_REPORT_ONCE and scope.agency_id is None:
        first = select(func.min(Assignment.id)).where(*narrowed).group_by(Assignment.report_id)
        query = query.where(Assignment.id.in_(first))
    return query


def last_of(reports: Select[int]) -> Select[Assignment]:
    """The last assignment of each of these reports (ids), with report and agency."""
    last = (
        select(func.max(Assignment.id))
        .where(Assignment.report_id.in_(reports))
        .group_by(Assignment.report_id)
    )
    return _with_report().where(Assignment.id.in_(last))


def size(query: Select[Assignment]) -> tuple[int, int]:
    """How many assignments a list has, and how many of them belong to restricted reports."""
    counted = query.with_only_columns(
        func.count(Assignment.id), func.sum(case((Report.restricted, 1), else_=0))
    )
    number, restricted = db.session.execute(counted).one()
    return number, restricted or 0


def heads(scope: Scope, *, overdue: bool, limit: int) -> list[Assignment]:
    """The open assignments that come first by their deadline: those overdue, or those not yet."""
    is_overdue = Assignment.resolve_by < scope.as_of
    query = (
        _with_report()
        .where(*within(scope), Assignment.outcome.is_(None), Report.restricted.is_(False))
        .where(is_overdue if overdue else Assignment.resolve_by >= scope.as_of)
        .order_by(Assignment.resolve_by, Assignment.id)
        .limit(limit)
    )
    return list(db.session.scalars(query))


def within(scope: Scope) -> Iterator[Condition]:
    """The filters as conditions on assignments."""
    if scope.category_ids is not None:
        yield Assignment.category_id.in_(scope.category_ids)
    if scope.area_ids is not None:
        yield Assignment.area_id.in_(scope.area_ids)
    if scope.channel is not None:
        yield Assignment.channel == scope.channel
    if scope.agency_id is not None:
        yield Assignment.agency_id == scope.agency_id
    if scope.kind is not None:
        yield Assignment.agency_id.in_(select(Agency.id).where(Agency.kind == scope.kind))


def in_period(period: Period, day: Day) -> Iterator[Condition]:
    """That the moment of a measure lies in the period; none for how things stand now."""
    if day is not Day.NOW:
        yield from lies_in(MOMENT[day], period.begins, period.ends)


def lies_in(moment: Any, begins: datetime, ends: datetime) -> tuple[Condition, Condition]:
    """``begins <= moment < ends``."""
    return moment >= begins, moment < ends


def _with_report() -> Select[Assignment]:
    return (
        select(Assignment)
        .join(Assignment.report)
        .options(contains_eager(Assignment.report), joinedload(Assignment.agency))
    )


def _counts(
    scope: Scope, by: Any, day: Day, counted: Mapping[str, Condition]
) -> Iterator[Row[Any]]:
    sums = [func.sum(case((holds, 1), else_=0)).label(code) for code, holds in counted.items()]
    yield from db.session.execute(_of(scope, day, by, *sums))


def _of(scope: Scope, day: Day, by: Any, *sums: ColumnElement[Any]) -> Select[Any]:
    return (
        select(by.label("by"), *sums)
        .where(*within(scope), *in_period(scope.period, day), *_only_open(day))
        .group_by(by)
    )


def _only_open(day: Day) -> Iterator[Condition]:
    """How things stand concerns open assignments alone, for which there is an index."""
    if day is Day.NOW:
        yield Assignment.outcome.is_(None)


def _lengths(scope: Scope, by: Any) -> Select[Any]:
    return select(
        by.label("by"),
        Assignment.acknowledge_working_s.label("ack_working"),
        Assignment.acknowledge_elapsed_s.label("ack_elapsed"),
        Assignment.resolve_working_s.label("res_working"),
        Assignment.resolve_elapsed_s.label("res_elapsed"),
        Assignment.outcome.is_(None).label("still"),
    ).where(*within(scope), *in_period(scope.period, Day.OPENED))
