"""All reports with their events and assignments, read in batches as plain rows.

However many there are, no more than a batch is in memory; nothing of the session's objects.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Row, Select, select
from sqlalchemy.orm import aliased

from reports_service.core.as_kept import as_kept
from reports_service.core.db import db
from reports_service.reports.chain import SEALED
from reports_service.reports.models import Assignment, Event, EventText, Report

AT_ONCE = 500  # reports
AnyRow = Row[*tuple[Any, ...]]
AnySelect = Select[*tuple[Any, ...]]


_recurs, _into, _master = aliased(Report), aliased(Report), aliased(Report)

# The columns that events can be compared with; the names are those of ``replay``.
OF_REPORT = (
    Report.status,
    Report.is_open,
    Report.priority,
    Report.channel,
    Report.restricted,
    Report.category_id,
    Report.area_id,
    Report.agency_id,
    Report.promised_by,
    Report.created_at,
    Report.resolved_at,
    Report.resolution_kind,
    Report.closed_at,
    Report.recurrence_number,
)
OF_ASSIGNMENT = (
    Assignment.number,
    Assignment.agency_id,
    Assignment.category_id,
    Assignment.area_id,
    Assignment.channel,
    Assignment.triage,
    Assignment.opened_at,
    Assignment.acknowledge_by,
    Assignment.resolve_by,
    Assignment.own_resolve_by,
    Assignment.acknowledged_at,
    Assignment.resolved_at,
    Assignment.resolution_kind,
    Assignment.ended_at,
    Assignment.outcome,
    Assignment.acknowledge_working_s,
    Assignment.acknowledge_elapsed_s,
    Assignment.resolve_working_s,
    Assignment.resolve_elapsed_s,
    Assignment.extensions_granted,
    Assignment.reopened_at,
    Assignment.rating,
    Assignment.rated_at,
)
REPORT_FIELDS = (*(one.key for one in OF_REPORT), "recurrence_of", "merged_into")
ASSIGNMENT_FIELDS = tuple(one.key for one in OF_ASSIGNMENT)

# Each row of a report begins so, before what is compared.
_NAMED = (
    Report.id,
    Report.code,
    Report.event_seq,
    as_kept(Report.event_head),
    _master.code.label("master"),
)
REPORT_COMPARED_FROM, ASSIGNMENT_COMPARED_FROM = len(_NAMED), 1

_REPORTS = (
    select(
        *_NAMED,
        *(as_kept(column) for column in OF_REPORT),
        _recurs.code.label("recurrence_of"),
        _into.code.label("merged_into"),
    )
    .outerjoin(_recurs, Report.recurrence_of_id == _recurs.id)
    .outerjoin(_into, Report.merged_into_id == _into.id)
    .outerjoin(_master, Report.master_id == _master.id)
    .order_by(Report.id)
)
# Behind the id of its report an event has what is sealed by its hash.
EVENT_SEALED = slice(1, 1 + len(SEALED))
_EVENTS = (
    select(
        Event.report_id,
        *(as_kept(getattr(Event, name)) for name in SEALED),
        as_kept(Event.hash),
        as_kept(EventText.salt),
        EventText.text,
    )
    .outerjoin(EventText, EventText.event_id == Event.id)
    .order_by(Event.report_id, Event.seq)
)
_ASSIGNMENTS = select(
    Assignment.report_id, *(as_kept(column) for column in OF_ASSIGNMENT)
).order_by(Assignment.report_id, Assignment.number)


class History(NamedTuple):
    """One report: its row (None where only events of it are left), events and assignments."""

    report_id: int
    report: AnyRow | None
    events: Sequence[AnyRow]
    assignments: Sequence[AnyRow]


def histories() -> Iterator[History]:
    """Every report by its id, and what is left of reports that have no row any more."""
    last, more = -1, True
    while more:
        reports = _rows(_REPORTS.where(Report.id > last).limit(AT_ONCE))
        more = len(reports) == AT_ONCE
        upto = reports[-1].id if more else None
        yield from _gathered(reports, _between(Event, last, upto), _between(Assignment, last, upto))
        last = upto if upto is not None else last


def histories_of(codes: Collection[str]) -> Iterator[History]:
    """The reports with these codes."""
    reports = _rows(_REPORTS.where(Report.code.in_(codes)))
    ids = [report.id for report in reports]
    yield from _gathered(reports, [Event.report_id.in_(ids)], [Assignment.report_id.in_(ids)])


def last_id() -> int:
    """The id of the report that comes last; 0 where there is none."""
    return db.session.scalar(select(Report.id).order_by(Report.id.desc()).limit(1)) or 0


def ends() -> tuple[datetime, datetime] | None:
    """The moments of the first event and of the last one; None where there are none."""
    first, last = (_outermost(order) for order in (Event.at.asc(), Event.at.desc()))
    return (first, last) if first and last else None


def _outermost(order: Any) -> datetime | None:
    """The first moment in this order that is one."""
    query = select(as_kept(Event.at)).order_by(order).execution_options(yield_per=1)
    with db.session.connection().execute(query) as moments:
        return next((at for at in moments.scalars() if isinstance(at, datetime)), None)


def _between(model: Any, after: int, upto: int | None) -> list[ColumnElement[bool]]:
    limits = [model.report_id > after]
    return limits if upto is None else [*limits, model.report_id <= upto]


def _gathered(
    reports: Sequence[AnyRow],
    events: Sequence[ColumnElement[bool]],
    assignments: Sequence[ColumnElement[bool]],
) -> Iterator[History]:
    by_id = {report.id: report for report in reports}
    happened = _by_report(_EVENTS.where(*events))
    held = _by_report(_ASSIGNMENTS.where(*assignments))
    for report_id in sorted(by_id.keys() | happened.keys() | held.keys()):
        yield History(
            report_id,
            by_id.get(report_id),
            happened.get(report_id, ()),
            held.get(report_id, ()),
        )


def _by_report(query: AnySelect) -> dict[int, list[AnyRow]]:
    found: defaultdict[int, list[AnyRow]] = defaultdict(list)
    for row in _rows(query):
        found[row[0]].append(row)
    return found


def _rows(query: AnySelect) -> Sequence[AnyRow]:
    """Past the session, which would look at each row once more."""
    return db.session.connection().execute(query).all()
