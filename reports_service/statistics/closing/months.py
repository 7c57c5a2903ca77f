"""A calendar month in local days: read from 2026-10, walked through, turned into a period."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from reports_service.domain.errors import Invalid
from reports_service.statistics.interface.days import FIRST_YEAR, LAST_YEAR
from reports_service.statistics.scope import Period

_WRITTEN = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")


class MonthRefused(Invalid):
    """Not a month that anybody writes so."""

    code = "month_refused"


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A month of a year; months are ordered by time."""

    year: int
    number: int

    @classmethod
    def parse(cls, text: str) -> Month:
        """Read 2026-10. Raises ``MonthRefused``."""
        written = _WRITTEN.fullmatch(text)
        if written is None or not FIRST_YEAR < int(written[1]) < LAST_YEAR:
            raise MonthRefused(
                field="month", month=text[:20], first=FIRST_YEAR + 1, last=LAST_YEAR - 1
            )
        return cls(int(written[1]), int(written[2]))

    @classmethod
    def of(cls, day: date) -> Month:
        """The month that this day lies in."""
        return cls(day.year, day.month)

    def __str__(self) -> str:
        return f"{self.year:04}-{self.number:02}"

    def before(self, months: int) -> Month:
        """The month so many months earlier; later for a negative number."""
        year, number = divmod(self.year * 12 + self.number - 1 - months, 12)
        return Month(year, number + 1)

    def until(self, last: Month) -> Iterator[Month]:
        """This month and those after it, up to ``last``."""
        month = self
        while month <= last:
            yield month
            month = month.before(-1)

    def period(self, zone: ZoneInfo) -> Period:
        """Its local days."""
        return Period(self.first, self.last, zone)

    @property
    def written(self) -> str:
        """10/2026, as people write it."""
        return f"{self.number:02}/{self.year:04}"

    @property
    def first(self) -> date:
        """Its first day."""
        return date(self.year, self.number, 1)

    @property
    def last(self) -> date:
        """Its last day."""
        return self.before(-1).first - timedelta(days=1)


def month_of(moment: datetime, zone: ZoneInfo) -> Month:
    """The local month of a moment."""
    return Month.of(moment.astimezone(zone).date())
