"""The seal of frozen figures: whoever edits a row, hash and all, has no key to seal it with."""

from __future__ import annotations

from datetime import UTC, datetime

import orjson

from reports_service.core import keys
from reports_service.statistics.closing import freezing
from reports_service.statistics.closing.models import ClosedPeriod, Frozen, PeriodCorrection


def stated(month: str, number: int, reason: str | None, frozen: Frozen) -> bytes:
    """What is sealed of the first figures of a month (0), or of a correction by its number and
    reason.
    """
    said = [month, number, reason, frozen.sha256, _written(frozen.as_of)]
    return orjson.dumps([*said, _written(frozen.frozen_at), frozen.frozen_by])


def _written(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="microseconds")


def of_period(period: ClosedPeriod) -> bytes:
    """The seal that the first figures are given."""
    return keys.keyed_hash(keys.CLOSED_MONTHS, _of_period(period))


def of_correction(period: ClosedPeriod, correction: PeriodCorrection) -> bytes:
    """The seal that a correction is given."""
    return keys.keyed_hash(keys.CLOSED_MONTHS, _of_correction(period, correction))


def period_holds(period: ClosedPeriod) -> bool:
    """Whether the first figures are as they were stated, under this key or an earlier one."""
    return _holds(period, _of_period(period))


def correction_holds(correction: PeriodCorrection) -> bool:
    """Whether a correction is as it was stated."""
    return _holds(correction, _of_correction(correction.period, correction))


def _of_period(period: ClosedPeriod) -> bytes:
    return stated(period.month, 0, None, period)


def _of_correction(period: ClosedPeriod, correction: PeriodCorrection) -> bytes:
    return stated(period.month, correction.number, correction.reason, correction)


def _holds(frozen: Frozen, sealed: bytes) -> bool:
    """Whether the kept text still has the published hash too."""
    hashed = freezing.digest(frozen.content.encode()) == frozen.sha256
    return hashed and keys.holds(keys.CLOSED_MONTHS, sealed, frozen.seal)
