"""Hours of a day and of a week: as people write them, as they are kept, as the rules take them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, time, tzinfo

from reports_service.domain.errors import Invalid
from reports_service.domain.local_days import Hours
from reports_service.domain.working_hours import HoursRefused, NoWorkingHours, WorkingCalendar

# The position of a day is its key in the database: "0" is Monday.
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
WALL_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
END_OF_DAY = "24:00"
YEARS = (2000, 2100)

KeptHours = list[list[str]]
KeptWeek = dict[str, KeptHours]


class HoursMissing(HoursRefused):
    """A day of no hours is a day off, which is written otherwise."""

    code = "hours_missing"


class DayRefused(Invalid):
    """Not a day of the calendar, or one of a year that nobody can mean."""

    code = "day_refused"


def parse_hours(kept: Sequence[Sequence[str]]) -> Hours:
    """[["07:30", "11:30"], ...] as intervals. Raises ``HoursRefused`` for what is no time."""
    said = ", ".join("-".join(map(str, interval)) for interval in kept)
    if any(len(interval) != 2 for interval in kept):
        raise HoursRefused(hours=said)
    return tuple((_wall(start, said), _wall(end, said)) for start, end in kept)


def checked_hours(kept: Sequence[Sequence[str]]) -> KeptHours:
    """The intervals of one day, as they are kept.

    Raises ``HoursRefused`` where they overlap or run backwards, ``HoursMissing`` for none at all.
    """
    if not kept:
        raise HoursMissing(field="hours")
    hours = parse_hours(kept)
    WorkingCalendar({0: hours}, (), {}, UTC)
    return [list(interval) for interval in kept]


def checked_week(week: Mapping[str, Sequence[Sequence[str]]]) -> KeptWeek:
    """Weekday name -> intervals, as the week is kept; a day that is not named is off.

    Raises ``HoursRefused``, and ``NoWorkingHours`` for a week without any hours.
    """
    unknown = [day for day in week if day not in WEEKDAYS]
    if unknown:
        raise HoursRefused(hours=", ".join(unknown))
    kept = {
        str(number): checked_hours(week[day]) if week.get(day) else []
        for number, day in enumerate(WEEKDAYS)
    }
    if not any(kept.values()):
        raise NoWorkingHours()
    return kept


def named_week(kept: Mapping[str, KeptHours]) -> KeptWeek:
    """A kept week by names of its days, Monday first."""
    return {day: kept.get(str(number), []) for number, day in enumerate(WEEKDAYS)}


def read_day(text: str) -> date:
    """A day written 2026-12-31. Raises ``DayRefused``."""
    try:
        day = date.fromisoformat(text)
    except ValueError as wrong:
        raise DayRefused(day=text[:40]) from wrong
    return require_year(day)


def require_year(day: date) -> date:
    """The day itself. Raises ``DayRefused`` for one outside the years 2000 to 2100."""
    if not YEARS[0] <= day.year <= YEARS[1]:
        raise DayRefused(day=day.isoformat())
    return day


def working_calendar(
    week: Mapping[str, KeptHours], days: Mapping[date, KeptHours | None], zone: tzinfo
) -> WorkingCalendar:
    """The calendar of the rules, from a kept week and the days that differ from it."""
    return WorkingCalendar(
        {int(number): parse_hours(hours) for number, hours in week.items()},
        {day for day, hours in days.items() if hours is None},
        {day: parse_hours(hours) for day, hours in days.items() if hours is not None},
        zone,
    )


def _wall(text: str, said: str) -> time:
    if text == END_OF_DAY:
        return time(0)  # which the rules take, as an end, for the end of the day
    if not WALL_TIME.fullmatch(text):
        raise HoursRefused(hours=said)
    return time.fromisoformat(text)
