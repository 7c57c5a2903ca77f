"""Working time: what an agency's hours, days off and make-up days make of a length of time.

The rules are local, the answers UTC. Hours are ``[start, end)``, yet a deadline that falls on an
interval's end stays there. Sums over all stretches of work are made once per span of years, so that
every question is two or three binary searches, exact to the microsecond.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from itertools import pairwise

from reports_service.domain.errors import Invalid
from reports_service.domain.local_days import (
    MICROSECOND,
    Hours,
    Stretch,
    stretches_of_days,
    to_micros,
    to_moment,
    wall_hours,
)
from reports_service.domain.worked_time import WorkedTime

FIRST_YEAR, LAST_YEAR = 1970, 2199
_EARLIEST = to_micros(datetime(FIRST_YEAR, 1, 3, tzinfo=UTC))
_LATEST = to_micros(datetime(LAST_YEAR, 12, 29, tzinfo=UTC))


class OutsideCalendar(Invalid):
    """The moment, or the deadline that was asked for, lies beyond the years a calendar covers."""

    code = "outside_calendar"


class NoWorkingHours(Invalid):
    """The calendar has no working time at all: nothing is ever due by it."""

    code = "no_working_hours"


class HoursRefused(Invalid):
    """Intervals that are empty, overlap, run backwards, or stand on a weekday that is none."""

    code = "hours_refused"


class TimeWithoutZone(Invalid):
    """A moment without a time zone could be any of 26 hours."""

    code = "time_without_zone"


class LengthRefused(Invalid):
    """A length of time below zero."""

    code = "length_refused"


def utc(at: datetime) -> datetime:
    """``at`` in UTC. Raises ``TimeWithoutZone``, where Python would take the machine's zone."""
    if at.utcoffset() is None:
        raise TimeWithoutZone(time=at.isoformat())
    return at.astimezone(UTC)


class WorkingCalendar:
    """Weekly hours, minus days off, plus working days with hours of their own. Never changes.

    ``weekly`` goes from weekday (Monday is 0) to ordered intervals; an end of 00:00 is the end of
    the day. ``working_days`` wins over ``days_off``, and both over ``weekly``: it holds make-up
    days and short days alike. Raises ``HoursRefused`` for intervals that cannot be meant so.

    All moments taken and given are aware; those given are in UTC. Every question raises
    ``OutsideCalendar`` beyond the years 1970 to 2199, and ``TimeWithoutZone``.
    """

    def __init__(
        self,
        weekly: Mapping[int, Hours],
        days_off: Collection[date],
        working_days: Mapping[date, Hours],
        zone: tzinfo,
    ) -> None:
        self._weekly = {_weekday(day): _ordered(hours) for day, hours in weekly.items()}
        self._days_off = frozenset(days_off)
        self._working_days = {day: _ordered(hours) for day, hours in working_days.items()}
        self._zone = zone
        self._walls = {day: wall_hours(hours) for day, hours in self._weekly.items()}
        self._table: WorkedTime | None = None

    @property
    def zone(self) -> tzinfo:
        """The time zone in which the hours are meant."""
        return self._zone

    def hours_of(self, day: date) -> Hours:
        """The working intervals of a local day; empty on a day off."""
        if day in self._working_days:
            return self._working_days[day]
        return () if day in self._days_off else self._weekly.get(day.weekday(), ())

    def is_working(self, at: datetime) -> bool:
        """Whether ``at`` lies in a working interval; its start does, its end does not."""
        moment = self._moment(at)
        table = self._covering(moment)
        index = bisect_right(table.starts, moment) - 1
        return index >= 0 and moment < table.ends[index]

    def next_working_moment(self, at: datetime) -> datetime:
        """``at`` itself in working time, else the start of the next interval."""
        moment = self._moment(at)
        return to_moment(self._look(moment, lambda table: table.next_working(moment)))

    def add(self, start: datetime, duration: timedelta) -> datetime:
        """The earliest moment by which ``duration`` of working time has passed since ``start``.

        A length of zero gives ``start``. Raises ``LengthRefused`` for a negative one and
        ``NoWorkingHours`` when the calendar never works.
        """
        moment, length = self._moment(start), duration // MICROSECOND
        if length < 0:
            raise LengthRefused(length=str(duration))
        if length == 0:
            return to_moment(moment)
        return to_moment(
            self._look(moment, lambda table: table.when_worked(table.worked(moment) + length))
        )

    def between(self, a: datetime, b: datetime) -> timedelta:
        """The working time from ``a`` to ``b``, exact; negative when ``b`` comes first."""
        first, last = self._moment(a), self._moment(b)
        table = self._covering(first, last)
        return timedelta(microseconds=table.worked(last) - table.worked(first))

    def end_of_working_day(self, start: datetime, days: int) -> datetime:
        """Where a target of whole ``days`` from ``start`` is due.

        The end of the last interval of the n-th working day after the one on which ``start``
        counts as filed: its own, unless that is a day off or its last interval has ended, else the
        next. Zero days: the end of that day itself.
        """
        moment = self._moment(start)
        return self._day_end(moment, days, bisect_right)

    def end_of_day_of(self, deadline: datetime, days: int = 0) -> datetime:
        """``deadline`` rounded up to the end of its working day, and ``days`` working days on.

        Unlike a filing, a deadline on its day's last end still belongs to that day.
        """
        moment = self._moment(deadline)
        return self._day_end(moment, days, bisect_left)

    def working_days_between(self, a: datetime, b: datetime) -> int:
        """How many working days ended after ``a`` and by ``b``; negative when ``b`` comes first."""
        first, last = self._moment(a), self._moment(b)
        ends = self._covering(first, last).day_ends
        return bisect_right(ends, last) - bisect_right(ends, first)

    def _day_end(self, moment: int, days: int, bisect: Callable[[list[int], int], int]) -> datetime:
        if days < 0:
            raise LengthRefused(length=str(days))

        def found(table: WorkedTime) -> int | None:
            index = bisect(table.day_ends, moment) + days
            return table.day_ends[index] if index < len(table.day_ends) else None

        return to_moment(self._look(moment, found))

    def _moment(self, at: datetime) -> int:
        if at.utcoffset() is None:
            raise TimeWithoutZone(time=at.isoformat())
        micros = to_micros(at)
        if not _EARLIEST <= micros <= _LATEST:
            raise self._outside()
        return micros

    def _look(self, moment: int, ask: Callable[[WorkedTime], int | None]) -> int:
        """What ``ask`` answers, over more and more years until it does."""
        table = self._covering(moment)
        while (answer := ask(table)) is None:
            if not any(self._weekly.values()) and not any(self._working_days.values()):
                raise NoWorkingHours
            if table.last_year == LAST_YEAR:
                raise self._outside()
            further = 2 * table.last_year - table.first_year + 1
            table = self._grown(table.first_year, min(further, LAST_YEAR))
        return answer

    def _covering(self, *moments: int) -> WorkedTime:
        table = self._table
        if table is not None and all(table.covers(moment) for moment in moments):
            return table
        years = [to_moment(moment).year for moment in moments]
        first, last = min(years) - 1, max(years) + 1
        if table is not None:
            first, last = min(first, table.first_year), max(last, table.last_year)
        return self._grown(max(first, FIRST_YEAR), min(last, LAST_YEAR))

    def _grown(self, first_year: int, last_year: int) -> WorkedTime:
        """A table over these years, kept for the next question. Two threads may make it twice."""
        table = WorkedTime(first_year, last_year, self._stretches(first_year, last_year))
        self._table = table
        return table

    def _stretches(self, first_year: int, last_year: int) -> Iterator[list[Stretch]]:
        first, last = date(first_year, 1, 1).toordinal(), date(last_year, 12, 31).toordinal()
        days = (date.fromordinal(ordinal) for ordinal in range(first, last + 1))
        worked = ((day, hours) for day in days if (hours := self._wall_hours(day)))
        return stretches_of_days(worked, self._zone)

    def _wall_hours(self, day: date) -> list[Stretch]:
        if day in self._working_days:
            return wall_hours(self._working_days[day])
        return [] if day in self._days_off else self._walls.get(day.weekday(), [])

    @staticmethod
    def _outside() -> OutsideCalendar:
        return OutsideCalendar(first=FIRST_YEAR, last=LAST_YEAR)


def _weekday(day: int) -> int:
    if day not in range(7):
        raise HoursRefused(hours=str(day))
    return day


def _ordered(hours: Hours) -> tuple[tuple[time, time], ...]:
    """The intervals, each ending after its start and not before the one before ended."""
    walls = wall_hours(hours)
    backwards = any(start >= end for start, end in walls)
    overlap = any(before[1] > after[0] for before, after in pairwise(walls))
    if backwards or overlap or any(wall.tzinfo for pair in hours for wall in pair):
        said = ", ".join(f"{start:%H:%M}-{end:%H:%M}" for start, end in hours)
        raise HoursRefused(hours=said)
    return tuple((start, end) for start, end in hours)
