"""The assignments behind a number, as a list that is as long as the number says."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Select, select
from sqlalchemy.orm import contains_eager, defer, joinedload

from reports_service.agencies.models import Agency
from reports_service.core.db import db
from reports_service.core.pages import Key, page
from reports_service.domain import measures
from reports_service.domain.errors import Invalid
from reports_service.domain.measures import BY_CODE, Day
from reports_service.domain.outcomes import Outcome
from reports_service.reports.models import Assignment, Report
from reports_service.statistics import promises, queries
from reports_service.statistics.scope import Scope

HEADS = 10
BATCH = 1000
NEWEST_FIRST = (
    Key(Assignment.opened_at, lambda listed: listed.opened_at, descending=True),
    Key(Assignment.id, lambda listed: listed.id, descending=True),
)
_BY_AGE = tuple(key.column.desc() for key in NEWEST_FIRST)


class PromiseOfNoAgency(Invalid):
    """The promise to the citizen is the province's, whoever held the report."""

    code = "promise_of_no_agency"


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
    the citizen lists the last assignment of each report. Raises ``PromiseOfNoAgency``.
    """
    query = _behind(scope, code, agency)
    number, restricted = queries.size(query)
    shown = page(_shown(query), NEWEST_FIRST, cursor, limit)
    return Behind(
        count=number,
        restricted=restricted,
        items=_judged(scope, code, shown.items),
        next_cursor=shown.next_cursor,
    )


def size_behind(scope: Scope, code: str, agency: Agency | None) -> tuple[int, int]:
    """How many assignments are behind a number, and how many of them are not shown.

    Raises ``PromiseOfNoAgency``.
    """
    return queries.size(_behind(scope, code, agency))


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
        .options(
            contains_eager(Assignment.report).load_only(Report.code),
            joinedload(Assignment.agency),
            defer(Assignment.policy),
            defer(Assignment.reason),
        )
        .where(Assignment.id.in_(ids))
    )


def _judged(scope: Scope, code: str, shown: Iterable[Assignment]) -> list[Listed]:
    return [Listed(one, _met(one, BY_CODE[code].day, scope)) for one in shown]


def _behind(scope: Scope, code: str, agency: Agency | None) -> Select[Assignment]:
    listed = BY_CODE[code].listed
    if BY_CODE[listed].day is not Day.PROMISED:
        return queries.behind(replace(scope, agency_id=agency.id if agency else None), listed)
    if agency is not None:
        raise PromiseOfNoAgency(field="agency")
    return queries.last_of(promises.behind(scope, listed))


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
