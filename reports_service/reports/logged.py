"""Acts of staff on reports in the audit log: each entry names its event, and holds its hash."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple, Protocol

from sqlalchemy import select, tuple_

from reports_service.core import audit
from reports_service.core.as_kept import as_kept
from reports_service.core.auth import Actor
from reports_service.core.db import db
from reports_service.reports import codes
from reports_service.reports.models import Event, Report

REPORT: Final = "report"  # the kind of object that entries about reports name


class Entry(Protocol):
    """What is read of an entry of the log."""

    @property
    def object_kind(self) -> Any: ...
    @property
    def object_key(self) -> Any: ...
    @property
    def detail(self) -> Any: ...


class Place(NamedTuple):
    """An event by its report's code, without groups, and its number there."""

    code: str
    seq: int


class Kept(NamedTuple):
    """What an event holds; as it is kept where it does not decode."""

    hash: Any
    facts: Any


def log_act(actor: Actor, event: Event) -> None:
    """Let the audit log say who of the staff did this and from where; what it was, the event says.

    The log holds the event's hash, so that a history cannot lose its end unnoticed either.
    """
    if actor.account_id is not None:
        code = codes.grouped(event.report.code)
        audit.record(actor, event.kind, REPORT, code, event=event.seq, hash=event.hash.hex())


def event_named(entry: Entry) -> Place | None:
    """Which event an entry is about; None where it is about none."""
    seq = entry.detail.get("event") if isinstance(entry.detail, Mapping) else None
    if entry.object_kind != REPORT or not isinstance(seq, int):
        return None
    return Place(codes.plain(entry.object_key), seq)


def events_of(entries: Iterable[Entry]) -> dict[Place, Kept]:
    """The events that entries are about. What is not there is missing."""
    named = [event_named(entry) for entry in entries]
    places = [one for one in named if one is not None]
    found = db.session.execute(
        select(Report.code, Event.seq, as_kept(Event.hash), as_kept(Event.facts))
        .join(Event, Event.report_id == Report.id)
        .where(tuple_(Report.code, Event.seq).in_(places))
    )
    return {Place(row[0], row[1]): Kept(row[2], row[3]) for row in found} if places else {}


def is_as_logged(entry: Entry, kept: Kept) -> bool:
    """Whether an event is the one that the entry was written with."""
    return isinstance(kept.hash, bytes) and kept.hash.hex() == entry.detail.get("hash")
