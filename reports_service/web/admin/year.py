"""A calendar as a year's view: twelve months of days, each worked, off, or not as its week says."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from reports_service.core.words import named
from reports_service.sla import calendars
from reports_service.sla.hours import KeptHours
from reports_service.sla.models import CalendarDay

A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Day:
    """A day: its hours, whether it differs from its week, and what it is called then."""

    day: date
    hours: KeptHours
    differs: bool
    name: str

    @property
    def is_worked(self) -> bool:
        """Whether anybody works."""
        return bool(self.hours)

    @property
    def state(self) -> str:
        """For words and colour: worked or off, as the week says or not."""
        work = "worked" if self.is_worked else "off"
        return f"{work}_unlike_week" if self.differs else work


@dataclass(frozen=True)
class Month:
    """Its weeks from Monday on; None before its first and after its last day."""

    first: date
    weeks: Sequence[Sequence[Day | None]]


@dataclass(frozen=True)
class Year:
    """All months of a year, and how many days are worked."""

    number: int
    months: Sequence[Month]
    worked: int


def year_of(number: int, language: str) -> Year:
    """A year of the calendar that deadlines are counted by now. Raises ``CalendarMissing``."""
    calendar = calendars.in_force()
    special = {one.day: one for one in calendars.days_of(calendar.code, number)}
    months = [_month(number, month, calendar.weekly, special, language) for month in range(1, 13)]
    days = (day for month in months for week in month.weeks for day in week)
    return Year(number, months, sum(day is not None and day.is_worked for day in days))


def _month(
    year: int,
    month: int,
    weekly: Mapping[str, KeptHours],
    special: Mapping[date, CalendarDay],
    language: str,
) -> Month:
    first, length = date(year, month, 1), monthrange(year, month)[1]
    days = [_day(first + n * A_DAY, weekly, special, language) for n in range(length)]
    cells: list[Day | None] = [None] * first.weekday() + [*days]
    cells += [None] * (-len(cells) % 7)
    return Month(first, [cells[start : start + 7] for start in range(0, len(cells), 7)])


def _day(
    day: date, weekly: Mapping[str, KeptHours], special: Mapping[date, CalendarDay], language: str
) -> Day:
    usual = weekly.get(str(day.weekday()), [])
    one = special.get(day)
    if one is None:
        return Day(day, usual, differs=False, name="")
    hours = one.hours or []
    return Day(day, hours, bool(hours) != bool(usual) or hours != usual, named(one.names, language))


def usual_hours() -> str:
    """The hours of the first day that is worked in a week, as the form takes them."""
    worked = [hours for _, hours in sorted(calendars.in_force().weekly.items()) if hours]
    return written(worked[0]) if worked else "07:30-11:30, 13:30-17:00"


def written(hours: KeptHours | None) -> str:
    """07:30-11:30, 13:30-17:00; nothing for a day off."""
    return ", ".join(f"{start}-{end}" for start, end in hours or ())


def read(typed: str) -> list[list[str]]:
    """What ``written`` writes, or something like it; wrong hours are for the schema to refuse."""
    parts = [part.replace("–", "-").split("-") for part in typed.split(",") if part.strip()]
    return [[one.strip() for one in part] for part in parts]
