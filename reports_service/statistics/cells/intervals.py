"""Stretches of seconds that rows are chosen by: days of cut months, deadlines up to a second."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from reports_service.statistics.cells.layout import FRACTION
from reports_service.statistics.cells.local_months import begins
from reports_service.statistics.cells.spans import Days, Until

Array = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Intervals:
    """Stretches of seconds, ascending, first and last counted, and the months they lie in."""

    months: Collection[int]
    first: Array
    last: Array

    @classmethod
    def until(cls, running: Until) -> Intervals:
        """From the first second to the one before which deadlines count, and that one."""
        return cls([running.month], np.array([running.since]), np.array([running.before]))

    def hold(self, seconds: Array) -> Array:
        """Which of these lie in one of the stretches."""
        place = np.searchsorted(self.first, seconds, side="right") - 1
        held: Array = (place >= 0) & (seconds <= self.last[place])
        return held


def of_days(days: Collection[Days], zone: ZoneInfo) -> Intervals:
    """Days as stretches of seconds, by the clock of their zone."""
    parts = sorted(days)
    dates = [date(part.month // 100, part.month % 100, part.first) for part in parts]
    ends = [
        first.replace(day=part.last) + timedelta(days=1)
        for first, part in zip(dates, parts, strict=True)
    ]
    return Intervals(
        sorted({part.month for part in parts}),
        np.array([begins(day, zone) for day in dates], dtype=np.int64),
        np.array([begins(day, zone) - 1 for day in ends], dtype=np.int64),
    )


def passed(rows: Array, until: Until) -> Array:
    """The deadlines from a second on that had come by another."""
    at = np.ascontiguousarray(rows["at"])
    held: Array = (at >= until.since) & (at < until.before)
    if until.itself:
        held |= (at == until.before) & ~((rows["flags"] & FRACTION) > 0)
    return held
