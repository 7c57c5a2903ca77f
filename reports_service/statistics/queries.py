"""Figures counted from assignments: one pass per group, however many rows and agencies."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, case, func, or_, select
from sqlalchemy.orm import aliased, contains_eager, joinedload

from reports_service.agencies.models import Agency
from reports_service.core.db import db
from reports_service.domain.measures import BY_CODE, FIRST_SIGN, Day, Spread
from reports_service.reports.holding import whole_seconds
from reports_service.reports.models import Assignment, Report
from reports_service.statistics import ages
from reports_service.statistics.counting import (
    FIRST_SIGN_AT,
    MOMENT,
    Condition,
    conditions,
    of_filed,
)
from reports_service.statistics.scope import Period, Scope
from reports_service.statistics.tallies import Hours, Tally, Waits

# The total counts a report once, on the day it was filed, however many agencies it came to.
OF_REPORTS = ("received", "duplicates", "recurring")
_later = aliased(Assignment)


@dataclass(slots=True)
class Sample:
    """Seconds of those that were done, in working and in plain time, and how many are open."""

    working: list[float] = field(default_factory=list)
    elapsed: list[float] = field(default_factory=list)
    still_open: int = 0

    def add(self, working: float | None, elapsed: float | None, *, still: bool) -> None:
        """Count one assignment: done, open, or neither. Done before it began, by a clock that was
        put back, took no time; that it is impossible is said by the checks of data quality.
        """
        if working is not None and elapsed is not None:
            self.working.append(max(working, 0))
            self.elapsed.append(max(elapsed, 0))
        elif still:
            self.still_open += 1

    def wait(self, elapsed: float | None) -> None:
        """Count one citizen, who waits in plain time; None: the waiting goes on."""
        if elapsed is None:
            self.still_open += 1
        else:
            self.elapsed.append(elapsed)

    @classmethod
    def hours(cls, samples: Sequence[Sample], *, of_citizens: bool = False) -> Hours:
        """Of all of them together."""
        still_open = sum(one.still_open for one in samples)
        elapsed = [length for one in samples for length in one.elapsed]
        working = [length for one in samples for length in one.working]
        return Hours(
            working=None if of_citizens else Spread.of(working, still_open),
            elapsed=Spread.of(elapsed, still_open),
            n=len(elapsed) + still_open,
            still_open=still_open,
        )


@dataclass(slots=True)
class Samples:
    """The lengths of one group, as read from its rows."""

    acknowledge: Sample = field(default_factory=Sample)
    resolve: Sample = field(default_factory=Sample)
    first_sign: Sample = field(default_factory=Sample)

    def hours(self, others: Sequence[Samples]) -> Waits:
        """Of this group and of others together."""
        groups = [self, *others]
        return Waits(
            Sample.hours([one.acknowledge for one in groups]),
            Sample.hours([one.resolve for one in groups]),
            Sample.hours([one.first_sign for one in groups], of_citizens=True),
        )


def tallies(scope: Scope, by: Any) -> dict[Any, Tally]:
    """Every count within ``scope`` by a column of assignments; groups with nothing are missing."""
    found: defaultdict[Any, Tally] = defaultdict(Tally)
    for day, counted in conditions(scope.as_of, scope.asked_at).items():
        for row in _counts(scope, by, day, counted):
            found[row.by].counts.update(
                {code: row._mapping[code] for code in counted if row._mapping[code]}
            )
    stars = func.sum(Assignment.rating).label("stars")
    for row in db.session.execute(_of(scope, Day.RESOLVED, by, stars)):
        found[row.by].stars = row.stars or 0
    samples: defaultdict[Any, Samples] = defaultdict(Samples)
    for row in db.session.execute(_lengths(scope, by)):
        sample = samples[row.by]
        sample.acknowledge.add(row.ack_working, row.ack_elapsed, still=row.still)
        sample.resolve.add(row.res_working, row.res_elapsed, still=row.still)
    for row in db.session.execute(_first_signs(scope, by)):
        waited = None if row.sign is None else whole_seconds(row.sign - row.created_at)
        samples[row.by].first_sign.wait(waited)
    for group, sample in samples.items():
        found[group].lengths = (sample,)
    return dict(found)


def total(scope: Scope) -> Tally:
    """Every count within ``scope`` as a whole; each report is received once."""
    whole = Tally()
    for tally in tallies(scope, Assignment.agency_id).values():
        whole.join(tally)
    whole.counts.update(reports_filed(scope))
    return whole


def standing(scope: Scope, by: Any) -> dict[Any, dict[str, int]]:
    """How things stand at the second of asking, by a column of assignments.

    ``counting.standing``, from the index of what is open alone: naming the outcome, which is in
    none, would have every row looked up.
    """
    columns = {
        "open": func.count(),
        "overdue": func.count().filter(Assignment.resolve_by < scope.asked_at),
        "with_deadline": func.count(Assignment.resolve_by),
    }
    query = select(by.label("by"), *columns.values()).where(*within(scope), *_only_open(Day.NOW))
    return {
        group: {"open": number, "overdue": late, "paused": number - with_deadline}
        for group, number, late, with_deadline in db.session.execute(query.group_by(by))
    }


def reports_filed(scope: Scope) -> dict[str, int]:
    """How many reports were filed in the period, and are duplicates or recurrences now."""
    counted = {code: holds for code, holds in of_filed().items() if code in OF_REPORTS}
    columns = [func.count(case((holds, Report.id))) for holds in counted.values()]
    row = db.session.execute(select(*columns).where(*filed_within(scope))).one()
    return dict(zip(counted, row, strict=True))


def filed_within(scope: Scope) -> Iterator[Condition]:
    """That a report was filed in the period, and is of the scope as it stands now."""
    yield from lies_in(Report.created_at, scope.period.begins, scope.period.ends)
    yield from reports_within(scope)


def reports_within(scope: Scope) -> Iterator[Condition]:
    """The filters as conditions on reports: what is known of them now, and who has them now."""
    yield from _within(scope, Report)


def _within(scope: Scope, model: type[Assignment | Report]) -> Iterator[Condition]:
    if scope.category_ids is not None:
        yield one_of(model.category_id, scope.category_ids)
    if scope.area_ids is not None:
        yield one_of(model.area_id, scope.area_ids)
    if scope.channel is not None:
        yield model.channel == scope.channel
    if scope.kind is not None:
        yield model.agency_id.in_(select(Agency.id).where(Agency.kind == scope.kind))


def one_of(column: Any, ids: Collection[int | None]) -> Condition:
    """That a column has one of these values, of which None stands for none."""
    known = column.in_([one for one in ids if one is not None])
    return or_(known, column.is_(None)) if None in ids else known


def behind(scope: Scope, code: str) -> Select[Assignment]:
    """The assignments that the count ``code`` counts, with report and agency; where it counts
    reports, the last assignment of each.
    """
    if code == FIRST_SIGN or (code in OF_REPORTS and scope.agency_id is None):
        return last_of(select(Report.id).where(*filed_within(scope), of_filed()[code]))
    day = BY_CODE[code].day
    narrowed = (
        *within(scope),
        *in_period(scope.period, day),
        conditions(scope.as_of, scope.asked_at)[day][code],
    )
    return _with_report().where(*narrowed)


def last_of(reports: Select[int]) -> Select[Assignment]:
    """The last assignment of each of these reports (ids), with report and agency."""
    later = select(_later.id).where(
        _later.report_id == Assignment.report_id, _later.number > Assignment.number
    )
    return _with_report().where(Assignment.report_id.in_(reports), ~later.exists())


def size(query: Select[Assignment]) -> tuple[int, int]:
    """How many assignments a list has, and how many of them belong to restricted reports."""
    counted = query.with_only_columns(
        func.count(Assignment.id), func.sum(case((Report.restricted, 1), else_=0))
    )
    number, restricted = db.session.execute(counted).one()
    return number, restricted or 0


def heads(scope: Scope, *, overdue: bool, limit: int) -> list[Assignment]:
    """The open assignments that come first by their deadline: those overdue, or those not yet."""
    is_overdue = Assignment.resolve_by < scope.asked_at
    query = (
        _with_report()
        .where(*within(scope), Assignment.outcome.is_(None), Report.restricted.is_(False))
        .where(is_overdue if overdue else Assignment.resolve_by >= scope.asked_at)
        .order_by(Assignment.resolve_by, Assignment.id)
        .limit(limit)
    )
    return list(db.session.scalars(query))


def within(scope: Scope) -> Iterator[Condition]:
    """The filters as conditions on assignments."""
    yield from _within(scope, Assignment)
    if scope.agency_id is not None:
        yield Assignment.agency_id == scope.agency_id
    yield from ages.conditions(scope)


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


def _first_signs(scope: Scope, by: Any) -> Select[Any]:
    """Of reports: when filed, and when the first sign of life came; None while it is waited for."""
    query = select(
        getattr(Report, by.key).label("by"),
        Report.created_at,
        FIRST_SIGN_AT.label("sign"),
    ).where(*filed_within(scope), of_filed()[FIRST_SIGN])
    return query if scope.agency_id is None else query.where(Report.agency_id == scope.agency_id)
