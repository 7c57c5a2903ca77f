"""When people report: rush hours, weekends, the quiet of Tết, a week of floods, slow growth."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from itertools import accumulate
from random import Random

from reports_service.domain.working_hours import WorkingCalendar

HOUR = timedelta(hours=1)
# Before work, in the lunch break and after work; from midnight on, one figure an hour.
OF_THE_DAY = (
    *(0.15, 0.08, 0.05, 0.05, 0.1, 0.4, 1.1, 2.0, 1.8, 1.4, 1.2, 1.2),
    *(1.0, 0.8, 0.9, 1.0, 1.3, 2.0, 2.2, 1.9, 1.5, 1.0, 0.6, 0.3),
)
DAY_OFF = 0.6
LONG_HOLIDAY = 0.2
LONG_HOLIDAY_DAYS = 6  # so many days off in a row are Tết
FLOOD = 2.6
FLOOD_DAYS = 7
FLOOD_MONTHS = ((9, 10), (6, 7, 8, 11), (5, 12, 1, 2, 3, 4))  # the likeliest first
GROWTH = (0.5, 1.5)  # the number becomes known: the first day and the last, against the mean


@dataclass(frozen=True, slots=True)
class Seasons:
    """The span of time that is lived through, and its week of floods, if it is long enough."""

    start: datetime
    end: datetime
    calendar: WorkingCalendar
    flood: tuple[date, date] | None

    @classmethod
    def of(
        cls, start: datetime, end: datetime, calendar: WorkingCalendar, chance: Random
    ) -> Seasons:
        """The seasons between two moments; ``chance`` chooses the week of floods."""
        first, last = (at.astimezone(calendar.zone).date() for at in (start, end))
        return cls(start, end, calendar, _flood(first, last, chance))

    def flooded(self, at: datetime) -> bool:
        """Whether the water stands high."""
        return self._flooded_on(at.astimezone(self.calendar.zone).date())

    def moments(self, count: int, chance: Random) -> Iterator[datetime]:
        """``count`` moments of filing in ascending order, drawn one by one."""
        sums = list(accumulate(self._weights()))
        for part in _ascending(count, chance):
            wanted = part * sums[-1]
            hour = min(bisect_right(sums, wanted), len(sums) - 1)
            before = sums[hour - 1] if hour else 0.0
            rest = (wanted - before) / (sums[hour] - before)
            yield min(self.start + HOUR * (hour + rest), self.end)

    def _weights(self) -> Iterator[float]:
        """How busy each hour from the start on is."""
        hours = max(1, math.ceil((self.end - self.start) / HOUR))
        low, high = GROWTH
        days: dict[date, float] = {}
        for number in range(hours):
            local = (self.start + HOUR * number).astimezone(self.calendar.zone)
            day = local.date()
            if day not in days:
                days[day] = self._of_day(day)
            part = min(1.0, (self.end - self.start - HOUR * number) / HOUR)  # the last is cut off
            grown = low + (high - low) * number / hours
            yield OF_THE_DAY[local.hour] * days[day] * grown * part

    def _of_day(self, day: date) -> float:
        weight = FLOOD if self._flooded_on(day) else 1.0
        if self.calendar.hours_of(day):
            return weight
        return weight * (LONG_HOLIDAY if self._days_off_around(day) else DAY_OFF)

    def _days_off_around(self, day: date) -> bool:
        """Whether the day lies in a long row of days off."""
        row = 1
        for step in (-1, 1):
            other = day + timedelta(days=step)
            while not self.calendar.hours_of(other) and row < LONG_HOLIDAY_DAYS:
                row, other = row + 1, other + timedelta(days=step)
        return row >= LONG_HOLIDAY_DAYS

    def _flooded_on(self, day: date) -> bool:
        return self.flood is not None and self.flood[0] <= day < self.flood[1]


def _flood(first: date, last: date, chance: Random) -> tuple[date, date] | None:
    """A week in the rains, well inside the span."""
    week, wait = timedelta(days=FLOOD_DAYS), chance.random()
    days = [first + timedelta(days=n) for n in range(7, (last - first).days - FLOOD_DAYS - 6)]
    for months in FLOOD_MONTHS:
        likely = [day for day in days if day.month in months and day.weekday() == 0]
        if likely:
            begins = likely[int(wait * len(likely))]
            return begins, begins + week
    return None


def _ascending(count: int, chance: Random) -> Iterator[float]:
    """``count`` uniform numbers of [0, 1) in order, without keeping them.

    Bentley and Saxe, Generating sorted lists of random numbers, ACM TOMS 6 (1980), 359-364.
    """
    left = 1.0
    for still in range(count, 0, -1):
        left *= chance.random() ** (1 / still)
        yield min(1.0 - left, 1.0 - 1e-12)


def months_before(end: datetime, months: int) -> datetime:
    """The same day so many months earlier (the month's last where there is no such day), in UTC."""
    number = end.year * 12 + end.month - 1 - months
    year, month = divmod(number, 12)
    first_after = date(year + (month == 11), (month + 1) % 12 + 1, 1)
    day = min(end.day, (first_after - timedelta(days=1)).day)
    return end.replace(year=year, month=month + 1, day=day).astimezone(UTC)
