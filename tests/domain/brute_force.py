"""Working time counted as a person would on a wall calendar: minute by minute, nothing clever.

It shares no code with the rules it judges: it asks what the clock on the wall shows.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo

MINUTE = timedelta(minutes=1)
Hours = Sequence[tuple[time, time]]


class MinuteCount:
    """Hours, days off and make-up days, counted in whole minutes."""

    def __init__(
        self,
        weekly: Mapping[int, Hours],
        days_off: Collection[date],
        working_days: Mapping[date, Hours],
        zone: tzinfo,
    ) -> None:
        self.weekly, self.days_off, self.working_days = weekly, days_off, working_days
        self.zone = zone

    def hours_of(self, day: date) -> Hours:
        if day in self.working_days:
            return self.working_days[day]
        return () if day in self.days_off else self.weekly.get(day.weekday(), ())

    def works(self, minute: datetime) -> bool:
        local = minute.astimezone(self.zone)
        wall = local.time()
        return any(
            start <= wall and (wall < end or end == time(0))
            for start, end in self.hours_of(local.date())
        )

    def add(self, start: datetime, minutes: int) -> datetime:
        at = start
        while minutes:
            minutes -= self.works(at)
            at += MINUTE
        return at.astimezone(UTC)

    def between(self, a: datetime, b: datetime) -> int:
        count, at = 0, a
        while at < b:
            count += self.works(at)
            at += MINUTE
        return count

    def last_end(self, day: date) -> datetime | None:
        """The minute after the last working one of a local day.

        None on a day off, and when all its hours are skipped as the clock is put forward.
        """
        if not self.hours_of(day):
            return None
        after = datetime.combine(day, time(0), UTC) + timedelta(hours=38)
        for minute in (after - MINUTE * count for count in range(52 * 60)):
            if minute.astimezone(self.zone).date() == day and self.works(minute):
                return minute + MINUTE
        return None

    def end_of_working_day(self, start: datetime, days: int) -> datetime:
        """Ends of days are crossed out one by one until the n-th after the first remains."""
        day = start.astimezone(self.zone).date()
        while True:
            end = self.last_end(day)
            if end is not None and end > start:
                if not days:
                    return end
                days -= 1
            day += timedelta(days=1)
