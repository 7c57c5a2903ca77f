"""Local months and days of many moments at once, over changes of the clock too."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

FIRST = date(1970, 1, 2)  # seconds since 1970 stay positive in every zone
LAST = date(2106, 1, 1)  # what 32 bits hold
Seconds = NDArray[np.uint32]


class LocalMonths:
    """The days of a time zone, as seconds since 1970 at which they begin."""

    def __init__(self, zone: ZoneInfo) -> None:
        days = [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days)]
        self._begins = np.array([begins(day, zone) for day in days])
        self._month = np.array([month_of(day) for day in days], dtype=np.int64)
        self._day = np.array([day.day for day in days], dtype=np.int64)

    def months(self, at: Seconds) -> NDArray[np.int64]:
        """202611 for a moment of November 2026."""
        return self._month[self._places(at)]

    def days(self, at: Seconds) -> NDArray[np.int64]:
        """The day of the month."""
        return self._day[self._places(at)]

    def _places(self, at: Seconds) -> NDArray[Any]:
        return np.searchsorted(self._begins, at, side="right") - 1


@cache
def local_months(zone: ZoneInfo) -> LocalMonths:
    """Made once for a zone."""
    return LocalMonths(zone)


def begins(day: date, zone: ZoneInfo) -> int:
    """The first second of a local day."""
    return int(datetime.combine(day, time.min, zone).timestamp())


def month_of(day: date) -> int:
    """202611 for a day of November 2026."""
    return day.year * 100 + day.month


def month_before(month: int, months: int = 1) -> int:
    """The month so many months before."""
    year, place = divmod(month // 100 * 12 + month % 100 - 1 - months, 12)
    return year * 100 + place + 1


def first_of(month: int) -> date:
    """The first day of a month."""
    return date(month // 100, month % 100, 1)
