"""The seal of frozen figures: whoever edits a row, hash and all, has no key to seal it with."""

from __future__ import annotations

import hmac
from datetime import UTC, datetime

import orjson

from reports_service.core import keys
from reports_service.statistics.closing import freezing
from reports_service.statistics.closing.models import ClosedPeriod, Frozen, PeriodCorrection


def seal(month: str, number: int, reason: str | None, frozen: Frozen) -> bytes:
    """Of the first figures of a month (0), or of a correction by its number and reason."""
    stated = [month, number, reason, frozen.sha256, _written(frozen.as_of)]
    stated += [_written(frozen.frozen_at), frozen.frozen_by]
    return keys.keyed_hash(keys.CLOSED_MONTHS, orjson.dumps(stated))


def _written(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def of_period(period: ClosedPeriod) -> bytes:
    """The seal that the first figures must have."""
    return seal(period.month, 0, None, period)


def of_correction(period: ClosedPeriod, correction: PeriodCorrection) -> bytes:
    """The seal that a correction must have."""
    return seal(period.month, correction.number, correction.reason, correction)


def holds(frozen: Frozen, expected: bytes) -> bool:
    """Whether the kept text still has the published hash, and all of it is as it was stated."""
    hashed = freezing.digest(frozen.content.encode()) == frozen.sha256
    return hashed and hmac.compare_digest(frozen.seal, expected)
