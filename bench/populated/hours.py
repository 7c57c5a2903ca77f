"""Working time of many moments at once, over the service's own table of it."""

from __future__ import annotations

from datetime import date, time
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from reports_service.domain.local_days import stretches_of_days, wall_hours
from reports_service.domain.worked_time import WorkedTime

Moments = np.ndarray[Any, np.dtype[np.int64]]  # whole seconds since 1970
NONE = np.iinfo(np.int64).min  # where a moment or number is null

SECOND = 1_000_000
WEEKLY = {str(day): [["07:30", "11:30"], ["13:30", "17:00"]] for day in range(5)}
HOURS = [(time(7, 30), time(11, 30)), (time(13, 30), time(17))]
WORKING_DAY_S = 27_000


class Hours:
    """The demo's weekly hours without holidays. Takes and gives whole seconds since 1970."""

    def __init__(self, first_year: int, last_year: int, zone: ZoneInfo) -> None:
        first, last = date(first_year, 1, 1).toordinal(), date(last_year, 12, 31).toordinal()
        days = (date.fromordinal(ordinal) for ordinal in range(first, last + 1))
        walls = wall_hours(HOURS)
        worked = ((day, walls) for day in days if day.weekday() < 5)
        table = WorkedTime(first_year, last_year, stretches_of_days(worked, zone))
        self._starts = np.array(table.starts) // SECOND
        self._ends = np.array(table.ends) // SECOND
        self._done = np.array(table.done) // SECOND
        self._day_ends = np.array(table.day_ends) // SECOND

    def worked(self, at: Moments) -> Moments:
        """Working seconds from the table's beginning."""
        index = np.searchsorted(self._starts, at, side="right") - 1
        return self._done[index] - np.maximum(self._ends[index] - at, 0)

    def when_worked(self, total: Moments) -> Moments:
        """The earliest moment at which ``worked`` is ``total``."""
        index = np.searchsorted(self._done, total, side="left")
        return self._ends[index] - (self._done[index] - total)

    def due(self, at: Moments, days: Moments) -> Moments:
        """Where a target of whole working days from ``at`` is due."""
        return self._day_ends[np.searchsorted(self._day_ends, at, side="right") + days]

    def later(self, deadline: Moments, days: int = 0) -> Moments:
        """A deadline rounded up to the end of its working day, and so many working days on."""
        return self._day_ends[np.searchsorted(self._day_ends, deadline, side="left") + days]
