"""The assignments behind a number, as a list that is as long as the number says."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from sqlalchemy import Select, func, select, true
from sqlalchemy.orm import contains_eager, defer, joinedload

from reports_service.agencies.models import Agency
from reports_service.core.db import db
from reports_service.core.pages import Key, page
from reports_service.domain import measures
from reports_service.domain.errors import Invalid
from reports_service.domain.measures import BY_CODE, CITIZENS_VIEW, Day
from reports_service.domain.outcomes import Outcome
from reports_service.reports.models import Assignment, Report
from reports_service.statistics import list_cursors, promises, queries, reading
from reports_service.statistics.cells.turns import FiguresNotReady
from reports_service.statistics.list_cursors import Carried
from reports_service.statistics.scope import Scope

HEADS = 10
BATCH = 1000
NEWEST_FIRST = (
    Key(Assignment.opened_at, lambda listed: listed.opened_at, descending=True),
    Key(Assignment.id, lambda listed: listed.id, descending=True),
)
# Of each list of lengths: the counts that make up how many lengths there are.
_LENGTHS: Final = {
    "hours_to_acknowledge": ("acknowledge_known", "acknowledge_open"),
    "hours_to_resolve": ("resolve_known", "resolve_open"),
    measures.FIRST_SIGN: ("first_sign_known", "first_sign_open"),
}
_AT_ONCE: Final = timedelta(seconds=1)  # a scope is as of the second; no more lies between
# What of a row is read: to sort thousands with all that a report holds takes twice as long.
_LISTED: Final = (
    contains_eager(Assignment.report).load_only(Report.code),
    defer(Assignment.policy),
    defer(Assignment.reason),
)
_BY_AGE = tuple(key.column.desc() for key in NEWEST_FIRST)


class MeasureOfNoAgency(Invalid):
    """The citizen's view is of the province, whoever held the report."""

    code = "measure_of_no_agency"


@dataclass(frozen=True)
class Listed:
    """An assignment behind a number; ``met``: its deadline, None where that is not judged."""

    assignment: Assignment
    met: bool | None


@dataclass(frozen=True)
class Behind:
    """What is behind a number. ``restricted`` ones are counted and not shown."""

    count: int
    restricted: int
    items: Sequence[Listed]
    next_cursor: str | None


def behind(
    scope: Scope, code: str, agency: Agency | None, *, cursor: str | None, limit: int
) -> Behind:
    """The assignments that the measure ``code`` counts, newest first.

    A share lists what stands below its line, and says of each whether it was met; a promise to
    the citizen lists the last assignment of each report. They are counted for the first page;
    cursors carry the numbers on. Raises ``MeasureOfNoAgency``, ``CursorInvalid``.
    """
    query, asked = _behind(scope, code, agency), list_cursors.asked(scope, code, agency)
    if cursor:
        count, restricted, begin = list_cursors.read(cursor, asked)
    else:
        (count, restricted), begin = _size(query, scope, code, agency), None
    shown = page(_shown(query).options(*_LISTED), NEWEST_FIRST, begin, limit)
    onward = None
    if shown.next_cursor:
        carried = Carried(count, restricted, shown.next_cursor)
        onward = list_cursors.written(carried, asked)
    return Behind(count, restricted, _judged(scope, code, shown.items), onward)


def size_behind(scope: Scope, code: str, agency: Agency | None) -> tuple[int, int]:
    """How many assignments are behind a number, and how many of them are not shown.

    Raises ``MeasureOfNoAgency``.
    """
    return _size(_behind(scope, code, agency), scope, code, agency)


def _size(
    query: Select[Assignment], scope: Scope, code: str, agency: Agency | None
) -> tuple[int, int]:
    """How long a list is, and how much of it is not shown; few reports are restricted."""
    listed, counted = query.whereclause, select(func.count(Assignment.id))
    assert listed is not None  # every list is of a period, or of what is open
    hidden = counted.join(Assignment.report).where(listed, Report.restricted == true())
    number = _counted(scope, BY_CODE[code].listed, agency)
    if number is None:
        number = db.session.scalar(counted.where(listed)) or 0
    return number, db.session.scalar(hidden) or 0


def _counted(scope: Scope, listed: str, agency: Agency | None) -> int | None:
    """What the figures say at the moment of the list; None where they are of another moment."""
    day = BY_CODE[listed].day
    if day is Day.NOW or scope.asked_at - scope.as_of >= _AT_ONCE:
        return None
    part = replace(scope, agency_id=agency.id if agency else None)
    try:
        if day is Day.PROMISED:
            return reading.promised(part)[None][listed]
        counts = reading.total(part).counts
    except FiguresNotReady:
        return None
    return sum(counts[one] for one in _LENGTHS.get(listed, (listed,)))


def all_behind(scope: Scope, code: str, agency: Agency | None) -> Iterator[Listed]:
    """All that is shown behind a number, newest first, read while it is used.

    Which ones they are is asked once (8 bytes of memory for each), what they are in batches.
    """
    query = _shown(_behind(scope, code, agency))
    newest = query.with_only_columns(Assignment.id).order_by(*_BY_AGE)
    ids = array("q", db.session.scalars(newest.execution_options(yield_per=BATCH)))
    for begin in range(0, len(ids), BATCH):
        batch = _with_report(ids[begin : begin + BATCH]).order_by(*_BY_AGE)
        yield from _judged(scope, code, db.session.scalars(batch).all())


def heads(scope: Scope, *, overdue: bool) -> list[Listed]:
    """The open assignments that come first by their deadline: those overdue, or those not yet."""
    found = queries.heads(scope, overdue=overdue, limit=HEADS)
    return [Listed(one, _met(one, Day.NOW, scope)) for one in found]


def _shown(query: Select[Assignment]) -> Select[Assignment]:
    return query.where(Report.restricted.is_(False))


def _with_report(ids: Iterable[int]) -> Select[Assignment]:
    return (
        select(Assignment)
        .join(Assignment.report)
        .options(*_LISTED, joinedload(Assignment.agency))
        .where(Assignment.id.in_(ids))
    )


def _judged(scope: Scope, code: str, shown: Iterable[Assignment]) -> list[Listed]:
    return [Listed(one, _met(one, BY_CODE[code].day, scope)) for one in shown]


def _behind(scope: Scope, code: str, agency: Agency | None) -> Select[Assignment]:
    listed = BY_CODE[code].listed
    day = BY_CODE[listed].day
    if agency is not None and day in CITIZENS_VIEW:
        raise MeasureOfNoAgency(field="agency")
    if day is Day.PROMISED:
        return queries.last_of(promises.behind(scope, listed))
    return queries.behind(replace(scope, agency_id=agency.id if agency else None), listed)


def _met(one: Assignment, day: Day, scope: Scope) -> bool | None:
    """Whether the deadline that the measure is about was met: the headline's, if about none."""
    outcome = Outcome(one.outcome) if one.outcome else None
    done_at = measures.result_at(outcome, one.resolved_at, one.ended_at)
    deadline = one.own_resolve_by
    if day is Day.DUE_WITH_EXTENSIONS:
        deadline = one.resolve_by
    if day is Day.ACKNOWLEDGEMENT_DUE:
        deadline, done_at = one.acknowledge_by, one.acknowledged_at or done_at
    return measures.kept(
        outcome,
        done_at=done_at,
        ended_at=one.ended_at,
        acknowledge_by=one.acknowledge_by,
        deadline=deadline,
        as_of=scope.as_of,
    )
