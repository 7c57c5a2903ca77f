"""What else tells of events: the audit log, of those by staff, and the places among the changes.

A report's own row says how long its history is, and whoever cuts off the end may put the row right.
These still tell of what is gone.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from sqlalchemy import func, select

from reports_service.core.as_kept import as_kept
from reports_service.core.audit import AuditEntry
from reports_service.core.db import db
from reports_service.reports.codes import grouped
from reports_service.reports.logged import (
    REPORT,
    Entry,
    Kept,
    Place,
    event_named,
    events_of,
    is_as_logged,
)
from reports_service.reports.models import Change, Event
from reports_service.statistics.verification.differences import Difference, Kind

AT_ONCE: Final = 1000

_OF_REPORTS: Final = (
    select(AuditEntry.object_kind, AuditEntry.object_key, as_kept(AuditEntry.detail))
    .where(AuditEntry.object_kind == REPORT)
    .order_by(AuditEntry.number)
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
    for entries in told.partitions(AT_ONCE):
        there = events_of(entries)
        for entry in entries:
            place = event_named(entry)
            if place is not None:
                yield from _compared(entry, place, there.get(place))


def _compared(entry: Entry, place: Place, kept: Kept | None) -> Iterator[Difference]:
    code, seq, told = grouped(place.code), place.seq, entry.detail.get("hash")
    if kept is None:
        yield Difference(Kind.EVENT_LOST, code, seq, expected=told)
    elif not is_as_logged(entry, kept):
        yield Difference(Kind.EVENT_NOT_AS_LOGGED, code, seq, expected=told, found=kept.hash)


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
