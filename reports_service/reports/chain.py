"""The history of a report: events as facts, each holding the hash of the one before.

The words of people stand apart in ``event_texts`` with a salt; the event keeps only their digest.
Erasing deletes words and salt, and the chain stays whole.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import orjson

from reports_service.core import keys, outbox, rows, together
from reports_service.core.db import db
from reports_service.core.outbox import Effect
from reports_service.domain.roles import Party
from reports_service.reports.models import Event, EventText, Report

VERSION = 2  # of what an event's facts look like
GENESIS = bytes(32)
NOTIFY = "notify"
FIGURES = "figures"
SEALED = (
    "seq", "version", "kind", "at", "by", "account_id", "agency_id", "internal", "facts",
    "text_digest", "previous_hash",
)  # fmt: skip


def record(
    report: Report,
    kind: str,
    *,
    at: datetime,
    by: Party,
    account_id: int | None = None,
    agency_id: int | None = None,
    facts: Mapping[str, Any] | None = None,
    words: Mapping[str, str] | None = None,
    internal: bool = False,
) -> Event:
    """Append an event to the report's history, in the caller's unit of work, with its effects.

    ``facts``: codes, ids, numbers, ISO times. ``words``: what people said, by name.
    """
    event = compose(
        report,
        kind,
        at=at,
        by=by,
        account_id=account_id,
        agency_id=agency_id,
        facts=facts,
        words=words,
        internal=internal,
    )
    db.session.add(event)
    db.session.flush()
    outbox.put(NOTIFY, {"event_id": event.id})
    together.put(FIGURES, {"report_id": report.id})
    return event


def announcement() -> Effect:
    """The effect that tells those whom an event concerns, for who writes both himself.

    Its payload is to be ``{"event_id"}``, when that is known.
    """
    return outbox.made(NOTIFY, {})


def counting() -> Effect:
    """The effect that counts a report in the figures, for who writes both himself.

    Its payload is to be ``{"report_id"}``, when that is known.
    """
    return outbox.made(FIGURES, {}, together=True)


def compose(
    report: Report,
    kind: str,
    *,
    at: datetime,
    by: Party,
    account_id: int | None = None,
    agency_id: int | None = None,
    facts: Mapping[str, Any] | None = None,
    words: Mapping[str, str] | None = None,
    internal: bool = False,
) -> Event:
    """The next event of the report's history, not written yet; the report's head names it."""
    event = rows.new(
        Event,
        seq=report.event_seq + 1,
        version=VERSION,
        kind=kind,
        at=at,
        by=by,
        account_id=account_id,
        agency_id=agency_id,
        internal=internal,
        facts={**(facts or {}), "status": report.status},
        previous_hash=report.event_head,
    )
    event.words = None
    said = {name: text for name, text in (words or {}).items() if text}
    if said:
        event.words = EventText(salt=os.urandom(16), text=orjson.dumps(said).decode())
        event.text_digest = digest(event.words.salt, event.words.text)
        report.anonymised_at = None  # there are words again: the schedule comes for them too
    event.hash = event_hash(report.code, event)
    report.event_seq, report.event_head = event.seq, event.hash
    report.updated_at = event.at
    event.report = report
    return event


def digest(salt: bytes, text: str) -> bytes:
    """SHA-256 of salt and words."""
    return hashlib.sha256(salt + text.encode()).digest()


def event_hash(report_code: str, event: Event) -> bytes:
    """HMAC-SHA-256 over the canonical facts of an event and the hash before it."""
    return keys.keyed_hash(keys.EVENTS, _sealed(report_code, event))


def _sealed(report_code: str, event: Event) -> bytes:
    return canonical(report_code, *(getattr(event, name) for name in SEALED))


def canonical(
    report_code: str,
    seq: int,
    version: int,
    kind: str,
    at: datetime,
    by: str,
    account_id: int | None,
    agency_id: int | None,
    internal: bool,
    facts: Mapping[str, Any],
    text_digest: bytes | None,
    previous_hash: bytes,
) -> bytes:
    """What an event's hash is made of: the columns ``SEALED`` in their order, as one text."""
    content = {
        "report": report_code,
        "seq": seq,
        "version": version,
        "kind": kind,
        "at": at.astimezone(UTC).isoformat(timespec="microseconds"),
        "by": str(by),
        "account": account_id,
        "agency": agency_id,
        "internal": internal,
        "facts": facts,
        "text": text_digest.hex() if text_digest else None,
        "previous": previous_hash.hex(),
    }
    return orjson.dumps(content, option=orjson.OPT_SORT_KEYS)


def said(event: Event) -> dict[str, str]:
    """The words of an event by name; empty where there are none or they were erased."""
    words: dict[str, str] = orjson.loads(event.words.text) if event.words else {}
    return words


def holds(report: Report, events: list[Event]) -> bool:
    """Whether these events, in order, are the unbroken history that the report's head names."""
    previous = GENESIS
    for number, event in enumerate(events, start=1):
        words_hold = event.words is None or event.text_digest == digest(
            event.words.salt, event.words.text
        )
        if (
            event.seq != number
            or event.previous_hash != previous
            or not keys.holds(keys.EVENTS, _sealed(report.code, event), event.hash)
            or not words_hold
        ):
            return False
        previous = event.hash
    return report.event_seq == len(events) and report.event_head == previous
