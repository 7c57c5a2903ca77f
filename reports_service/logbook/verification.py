"""The log checked: every entry against its seal, the one before it, the heads and the events."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import func, select

from reports_service.core import audit
from reports_service.core.as_kept import Unreadable, as_kept
from reports_service.core.audit import GENESIS, AuditEntry, is_sealed
from reports_service.core.db import db
from reports_service.core.words import say
from reports_service.reports.logged import Kept, Place, event_named, events_of, is_as_logged
from reports_service.reports.models import DailyHead

BATCH = 1000
AnyEntry = Any  # a row with the columns of ``AuditEntry``


class Kind(StrEnum):
    """What was done to the log past the database's refusal."""

    EDITED = "edited"  # the content is not what was sealed
    REMOVED = "removed"  # a number, or several, are missing
    ADDED = "added"  # sealed by nobody who has the key, with a number of another or with none (0)
    MOVED = "moved"  # sealed, but after another entry than the one that stands before it
    HEAD = "head"  # the row of the head does not name the last entry
    DAY = "day"  # what was kept, and could be published, on a day is not in the log
    EVENT = "event"  # the report's history has not the event that the log names


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong: numbers of entries (of several the last too), a day, a report."""

    kind: Kind
    number: int
    last: int | None = None
    day: date | None = None
    report: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """As a JSON document."""
        return {name: value for name, value in asdict(self).items() if value is not None}

    def sentence(self, language: str) -> str:
        """In words."""
        several = "s" if self.last and self.last != self.number else ""
        return say(f"audit_found_{self.kind}{several}", language, **asdict(self))


@dataclass
class Walk:
    """How far the walk came: the entries seen, and the last of them that keeps its place."""

    entries: int = 0
    number: int = 0
    hash: bytes = GENESIS
    broken: bool = False  # the entry that stands before is none that was sealed


def verify(walk: Walk | None = None) -> Iterator[Finding]:
    """What is wrong, in the order of the entries; nothing where the log is whole.

    Run it in a ``snapshot``. ``walk`` tells afterwards how many entries were looked at.
    """
    walk = walk or Walk()
    head, days = audit.head(), _days()
    for entries in _batches():
        there = events_of(entries)
        for entry in entries:
            walk.entries += 1
            yield from _judged(entry, walk, head.number)
            yield from _event_lacking(entry, there)
            if (day := days.get(entry.number)) and day.audit_head == entry.hash:
                del days[entry.number]
    if walk.number < head.number:
        yield Finding(Kind.REMOVED, walk.number + 1, last=head.number)
    elif (walk.number, walk.hash) != (head.number, head.hash):
        yield Finding(Kind.HEAD, head.number)
    yield from (Finding(Kind.ADDED, 0) for _ in range(_without_number()))
    yield from (Finding(Kind.DAY, number, day=kept.day) for number, kept in days.items())


def _judged(entry: AnyEntry, walk: Walk, known: int) -> Iterator[Finding]:
    """What is wrong with one entry; where it keeps its place, the walk goes on from it."""
    sealed = _is_sealed(entry)
    if entry.number <= walk.number or (entry.number > known and not sealed):
        yield Finding(Kind.ADDED, entry.number)
        return
    if entry.number > walk.number + 1:
        yield Finding(Kind.REMOVED, walk.number + 1, last=entry.number - 1)
    elif sealed and not walk.broken and entry.previous_hash != walk.hash:
        yield Finding(Kind.MOVED, entry.number)
    if not sealed:
        yield Finding(Kind.EDITED, entry.number)
    walk.number, walk.hash, walk.broken = entry.number, entry.hash, not sealed


def _is_sealed(entry: AnyEntry) -> bool:
    """Whether it is as it was sealed; what does not decode any more is not."""
    damaged = any(isinstance(part, Unreadable) for part in entry)
    return not damaged and is_sealed(entry)


def _event_lacking(entry: AnyEntry, there: Mapping[Place, Kept]) -> Iterator[Finding]:
    place = event_named(entry)
    if place is None:
        return
    found = there.get(place)
    if found is None or not is_as_logged(entry, found):
        yield Finding(Kind.EVENT, entry.number, report=entry.object_key)


def _batches() -> Iterator[Sequence[AnyEntry]]:
    """All entries by number; of two with one number, the one that was there first."""
    after: tuple[int, int] | None = None
    columns = [as_kept(column) for column in AuditEntry.__table__.columns]
    numbered = select(*columns).where(AuditEntry.number.is_not(None))
    query = numbered.order_by(AuditEntry.number, AuditEntry.id).limit(BATCH)
    while True:
        later = query if after is None else query.where(_beyond(*after))
        entries = db.session.connection().execute(later).all()
        if not entries:
            return
        yield entries
        after = entries[-1].number, entries[-1].id


def _without_number() -> int:
    nameless = select(func.count(AuditEntry.id)).where(AuditEntry.number.is_(None))
    return db.session.scalar(nameless) or 0


def _beyond(number: int, entry_id: int) -> Any:
    same = (AuditEntry.number == number) & (AuditEntry.id > entry_id)
    return (AuditEntry.number > number) | same


def _days() -> dict[int, DailyHead]:
    """Number of an entry -> the day on which its hash was kept; of several days the last."""
    kept = select(DailyHead).where(DailyHead.audit_number > 0).order_by(DailyHead.day)
    return {day.audit_number: day for day in db.session.scalars(kept) if day.audit_number}
