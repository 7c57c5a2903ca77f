"""Finding entries of the log, and beside those about reports what the reports' events say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Select, String, cast, func, or_, select

from reports_service.core.audit import AuditEntry
from reports_service.core.db import db
from reports_service.core.pages import Key, Page, page
from reports_service.reports import codes
from reports_service.reports.logged import event_named, events_of
from reports_service.sla import service as sla

NEWEST_FIRST = (Key(AuditEntry.number, lambda entry: entry.number, descending=True),)
BATCH = 500
_SOUGHT_IN = ("actor", "act", "object_kind", "object_key", "address", "request_id", "device")


@dataclass(frozen=True)
class Sought:
    """What is looked for; None and empty: whatever. Days are local, both included."""

    actor: str | None = None
    act: str | None = None
    object_kind: str | None = None
    object_key: str | None = None
    first: date | None = None
    last: date | None = None
    q: str | None = None

    def said(self) -> dict[str, str]:
        """The filters that are set, as the log says them of an export."""
        return {name: str(value) for name, value in vars(self).items() if value}


@dataclass(frozen=True)
class Line:
    """An entry, and what the report's event says where it is one; None where there is none."""

    entry: AuditEntry
    facts: Mapping[str, Any] | None

    @property
    def what(self) -> Mapping[str, Any]:
        """What changed: the event's facts, else the entry's own detail."""
        return self.entry.detail if self.facts is None else self.facts


def listing(sought: Sought) -> Select[AuditEntry]:
    """The entries that are looked for."""
    query = select(AuditEntry)
    for name in ("actor", "act", "object_kind"):
        if value := getattr(sought, name):
            query = query.where(getattr(AuditEntry, name) == value)
    if sought.object_key:
        query = query.where(AuditEntry.object_key.in_(_spellings(sought.object_key)))
    if sought.first:
        query = query.where(AuditEntry.at >= _midnight(sought.first))
    if sought.last:
        query = query.where(AuditEntry.at < _midnight(sought.last + timedelta(days=1)))
    for word in (sought.q or "").split():
        query = query.where(_holds(word))
    return query


def lines(sought: Sought, cursor: str | None, limit: int) -> Page[Line]:
    """A page of the log, the newest first."""
    found = page(listing(sought), NEWEST_FIRST, cursor, limit)
    return Page(_with_facts(found.items), found.next_cursor)


def every_line(sought: Sought) -> Iterator[Line]:
    """All of it, the newest first, some at a time."""
    newest_first = listing(sought).order_by(AuditEntry.number.desc()).limit(BATCH)
    before: int | None = None
    while True:
        later = newest_first if before is None else newest_first.where(AuditEntry.number < before)
        entries = db.session.scalars(later).all()
        if not entries:
            return
        before = entries[-1].number
        yield from _with_facts(entries)
        db.session.expunge_all()  # a long log must not pile up in memory


def count(sought: Sought) -> int:
    """How many entries are looked for."""
    return db.session.scalar(select(func.count()).select_from(listing(sought).subquery())) or 0


def _with_facts(entries: Sequence[AuditEntry]) -> list[Line]:
    there = events_of(entries)
    lines = []
    for entry in entries:
        place = event_named(entry)
        facts = there[place].facts if place in there else None
        lines.append(Line(entry, facts if isinstance(facts, Mapping) else None))
    return lines


def _spellings(key: str) -> set[str]:
    """A report's code is found however it is typed."""
    try:
        return {key, codes.grouped(codes.plain(key))}
    except codes.ReportUnknown:
        return {key}


def _holds(word: str) -> Any:
    columns = [getattr(AuditEntry, name) for name in _SOUGHT_IN]
    sought_in = [*columns, cast(AuditEntry.detail, String)]
    return or_(*(column.icontains(word, autoescape=True) for column in sought_in))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, sla.zone())
