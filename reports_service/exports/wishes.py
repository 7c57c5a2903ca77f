"""What is asked for, the months that it is cut into, and what became of each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from reports_service.core.db import db
from reports_service.domain.errors import Invalid
from reports_service.exports.tables import TABLES, What
from reports_service.statistics.scope import Period


class PeriodNotBegun(Invalid):
    """The period lies in the future: there is nothing of it yet."""

    code = "export_period_not_begun"


@dataclass(frozen=True)
class Wish:
    """What is to be exported: ``what`` was opened on the local days of ``period``, and how."""

    what: str
    form: str
    period: Period

    @classmethod
    def of(
        cls, what: str, form: str, first: date, last: date, now: datetime, zone: ZoneInfo
    ) -> Wish:
        """Raises ``PeriodBackwards``, ``PeriodTooLong``, ``PeriodNotBegun``."""
        period = Period.of(first, last, now, zone)
        if period.begins > now:
            raise PeriodNotBegun(field="from", first=first.isoformat())
        return cls(what, form, period)


@dataclass(frozen=True)
class Part:
    """One file to be: a month, or what of it the period has."""

    number: int
    name: str
    period: Period


@dataclass(frozen=True)
class Built:
    """What became of a part. ``left_out``: rows of restricted reports, which are not in it;
    ``sha256``: hexadecimal.
    """

    rows: int
    left_out: int
    byte_size: int
    sha256: str


def parts(wish: Wish, province: str, now: datetime) -> list[Part]:
    """The parts of an export, in order: the months from the first row that there is until now.

    The month that it is now has its whole name already: asked for later, it is the same file.
    """
    oldest = db.session.scalar(select(func.min(TABLES[What(wish.what)].moment)))
    if oldest is None:
        return []
    begun = (month for month in _months(wish.period) if month.ends > oldest and month.begins <= now)
    return [
        Part(number, f"{province}-{wish.what}-{_days(month)}.{wish.form}", month)
        for number, month in enumerate(begun, 1)
    ]


def _months(period: Period) -> Iterator[Period]:
    first = period.first
    while first <= period.last:
        next_month = (first.replace(day=1) + timedelta(days=32)).replace(day=1)
        last = min(next_month - timedelta(days=1), period.last)
        yield Period(first, last, period.zone)
        first = next_month


def _days(period: Period) -> str:
    """2026-01, or 2026-01-05_2026-01-31 where the month is not whole."""
    whole = period.first.day == 1 and (period.last + timedelta(days=1)).day == 1
    return period.first.isoformat()[:7] if whole else f"{period.first}_{period.last}"
