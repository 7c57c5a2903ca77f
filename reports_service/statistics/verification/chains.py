"""Whether a report's chain of events is whole: each place where it is not, by name."""

from __future__ import annotations

import hmac
from collections.abc import Iterator, Sequence
from hashlib import sha256

from reports_service.core import keys
from reports_service.core.as_kept import Unreadable
from reports_service.reports import chain
from reports_service.reports.codes import grouped
from reports_service.statistics.verification.differences import Difference, Kind
from reports_service.statistics.verification.histories import EVENT_SEALED, AnyRow, History


def breaks(history: History) -> Iterator[Difference]:
    """Where the chain of events does not hold, and where the report's row does not fit its end."""
    report, events = history.report, history.events
    if report is None:
        yield Difference(
            Kind.REPORT_MISSING, expected=len(events) or None, found=f"id {history.report_id}"
        )
        return
    key = keys.key(keys.EVENTS)
    known = _known(events, report.event_seq)
    previous, number, code = chain.GENESIS, 0, grouped(report.code)
    for event in known:
        if event.seq != number + 1:
            yield Difference(
                Kind.EVENT_MISSING, code, number + 1, expected=number + 1, found=event.seq
            )
        elif event.previous_hash != previous:
            yield Difference(
                Kind.EVENT_DETACHED, code, event.seq, expected=previous, found=event.previous_hash
            )
        if not _as_written(key, report.code, event):
            yield from _forged(key, report.code, event)
        previous, number = event.hash, event.seq
    yield from _end(code, report, previous, number)
    for event in events[len(known) :]:
        yield Difference(
            Kind.EVENT_ADDED, code, event.seq, expected=report.event_seq, found=event.seq
        )


def _known(events: Sequence[AnyRow], last: int) -> Sequence[AnyRow]:
    """The events up to the one that the report names as its last."""
    if not events or events[-1].seq <= last:
        return events
    return [event for event in events if event.seq <= last]


def _as_written(key: bytes, report_code: str, event: AnyRow) -> bool:
    """Whether the event and its words are what it was written with: nearly all are."""
    try:
        sealed = chain.canonical(report_code, *event[EVENT_SEALED])
    except (AttributeError, TypeError):  # what cannot be decoded has been touched
        return False
    if event.hash != hmac.digest(key, sealed, sha256):
        return False
    return event.salt is None or event.text_digest == chain.digest(event.salt, event.text)


def _forged(key: bytes, report_code: str, event: AnyRow) -> Iterator[Difference]:
    """What in this event is not what it was written with."""
    sealed = _sealed(report_code, event)
    expected = hmac.digest(key, sealed, sha256) if sealed else None
    if event.hash != expected and not (sealed and keys.holds(keys.EVENTS, sealed, event.hash)):
        yield Difference(
            Kind.EVENT_EDITED,
            grouped(report_code),
            event.seq,
            field=event.kind,
            expected=expected,
            found=event.hash,
        )
    if event.salt is not None:
        digest = chain.digest(event.salt, event.text)
        if event.text_digest != digest:
            yield Difference(
                Kind.WORDS_EDITED,
                grouped(report_code),
                event.seq,
                field=event.kind,
                expected=event.text_digest,
                found=digest,
            )


def _sealed(report_code: str, event: AnyRow) -> bytes | None:
    """What the event's hash should be of; None where nothing can have been sealed like this."""
    sealed = event[EVENT_SEALED]
    if any(isinstance(part, Unreadable) for part in sealed):
        return None
    return chain.canonical(report_code, *sealed)


def _end(code: str, report: AnyRow, last_hash: bytes, last: int) -> Iterator[Difference]:
    if last < report.event_seq:
        yield Difference(
            Kind.EVENTS_MISSING_AT_END, code, last + 1, expected=report.event_seq, found=last
        )
    elif report.event_head != last_hash:
        yield Difference(Kind.HEAD_DIFFERS, code, last, expected=last_hash, found=report.event_head)
