"""Is it the same thing again? Distances come in metres; they are measured above (geopy)."""

from __future__ import annotations

from datetime import datetime, timedelta

RECURS_WITHIN = timedelta(days=365)


def is_possible_duplicate(*, same_category: bool, metres: float, radius_m: float) -> bool:
    """Whether an open report may be about the same thing: same category, near.

    A radius of 0 says that reports of this category are never the same.
    """
    return same_category and radius_m > 0 and metres <= radius_m


def is_recurrence(
    *, closed_at: datetime | None, now: datetime, metres: float, radius_m: float
) -> bool:
    """Whether what was closed before has come back: same category (by the caller), near, a year."""
    if closed_at is None or radius_m <= 0:
        return False
    return metres <= radius_m and timedelta() <= now - closed_at <= RECURS_WITHIN
