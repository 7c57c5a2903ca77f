"""What else tells of events: the audit log, of those by staff, and the places among the changes.

A report's own row says how long its history is, and whoever cuts off the end may put the row right.
These still tell of what is gone.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import func, select

from reports_service.core.as_kept import as_kept
from reports_service.core.audit import AuditEntry
from reports_service.core.db import db
from reports_service.reports.codes import grouped, plain
from reports_service.reports.models import Change, Event, Report
from reports_service.statistics.verification.differences import Difference, Kind

AT_ONCE: Final = 1000

_OF_REPORTS: Final = (
    select(AuditEntry.object_key, as_kept(AuditEntry.detail))
    .where(AuditEntry.object_kind == "report")
    .order_by(AuditEntry.number)
)
_HISTORIES: Final = select(Report.code, Event.seq, as_kept(Event.hash)).join(
    Event, Event.report_id == Report.id
)
_WITHOUT_EVENT: Final = (
    select(Change.number)
    .outerjoin(Event, Event.id == Change.event_id)
    .where(Event.id.is_(None))
    .order_by(Change.number)
)


def other_accounts() -> Iterator[Difference]:
    """The events that the audit log or the changes tell of and that are not there, or not so."""
    yield from _not_as_logged()
    yield from _changes_without_event()
    yield from _places_left_out()


def _not_as_logged() -> Iterator[Difference]:
    told = db.session.connection().execute(_OF_REPORTS.execution_options(yield_per=AT_ONCE))
    for batch in told.partitions(AT_ONCE):
        yield from _compared([one for row in batch if (one := _told(*row))])


def _told(code: str, detail: Any) -> tuple[str, int, str] | None:
    """(code, seq, hash) of an event; None where the entry is of something else, or is damaged."""
    match detail:
        case {"event": int() as seq, "hash": str() as sealed}:
            return plain(code), seq, sealed
    return None


def _compared(told: Sequence[tuple[str, int, str]]) -> Iterator[Difference]:
    codes, numbers = {code for code, _, _ in told}, {seq for _, seq, _ in told}
    those = _HISTORIES.where(Report.code.in_(codes), Event.seq.in_(numbers))
    there = {(code, seq): sealed for code, seq, sealed in db.session.connection().execute(those)}
    for code, seq, sealed in told:
        found = there.get((code, seq))
        if found is None:
            yield Difference(Kind.EVENT_LOST, grouped(code), seq, expected=sealed)
        elif not isinstance(found, bytes) or found.hex() != sealed:
            yield Difference(
                Kind.EVENT_NOT_AS_LOGGED, grouped(code), seq, expected=sealed, found=found
            )


def _changes_without_event() -> Iterator[Difference]:
    for number in db.session.scalars(_WITHOUT_EVENT).all():
        yield Difference(Kind.CHANGE_WITHOUT_EVENT, change=number, found=_moment_before(number))


def _places_left_out() -> Iterator[Difference]:
    """Places are given one after the other, without a gap."""
    before = func.lag(Change.number, 1, 0).over(order_by=Change.number).label("before")
    places = select(Change.number, before).subquery()
    gaps = select(places).where(places.c.number != places.c.before + 1).order_by(places.c.number)
    for number, last in db.session.execute(gaps).all():
        missing, moment = number - last - 1, _moment_before(number)
        yield Difference(Kind.CHANGES_MISSING, change=last + 1, expected=missing, found=moment)


def _moment_before(number: int) -> datetime | None:
    """When the last event happened that has an earlier place."""
    earlier = (
        select(as_kept(Event.at))
        .join(Change, Change.event_id == Event.id)
        .where(Change.number < number)
        .order_by(Change.number.desc())
        .limit(1)
    )
    moment = db.session.scalar(earlier)
    return moment if isinstance(moment, datetime) else None
