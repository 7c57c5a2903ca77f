"""Periods as people name them, and those that are one tap away."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from reports_service.core.words import say
from reports_service.statistics.closing.months import Month
from reports_service.statistics.comparison import whole_months
from reports_service.statistics.scope import DAYS_BY_DEFAULT, Period
from reports_service.web.leader import asked

QUARTER: Final = 3
YEAR: Final = 12


@dataclass(frozen=True)
class Quick:
    """A period one tap away; ``here``: the one that is shown."""

    name: str
    address: str
    here: bool


def name(period: Period, language: str, today: date | None = None) -> str:
    """quý 3/2026, tháng 10/2026, năm 2026, or the days themselves; fits behind “in”.

    With ``today`` a period that is not over says so.
    """
    said = _name(period, language)
    if today is None or period.last <= today:
        return said
    return say("leader_period_so_far", language, period=said)


def _name(period: Period, language: str) -> str:
    first, months = period.first, whole_months(period)
    if months == 1:
        return say("leader_period_month", language, month=Month.of(first).written)
    if months == QUARTER and first.month % QUARTER == 1:
        number = first.month // QUARTER + 1
        return say("leader_period_quarter", language, number=number, year=first.year)
    if months == YEAR and first.month == 1:
        return say("leader_period_year", language, year=first.year)
    if period.first == period.last:
        return say("leader_period_day", language, day=day(first))
    days = (period.last - first).days + 1
    return say("leader_period_days", language, days=days, first=day(first), last=day(period.last))


def day(of: date) -> str:
    """22/11/2026."""
    return f"{of:%d/%m/%Y}"


def quick(shown: Period | None, today: date, language: str) -> list[Quick]:
    """The periods one tap away, on this page, with the filters that are set."""
    found: list[Quick] = []
    for word, first, last in _usual(today):
        here = shown is not None and (shown.first, shown.last) == (first, last)
        here = here and not any(one.here for one in found)  # on the 30th, 30 days are this month
        address = asked.here(**{"from": first.isoformat(), "to": last.isoformat()})
        found.append(Quick(say(f"leader_quick_{word}", language), address, here))
    return found


def _usual(today: date) -> Iterator[tuple[str, date, date]]:
    """The word, the first and the last day of each; those that run are named whole."""
    month = Month.of(today)
    quarter = Month(today.year, (today.month - 1) // QUARTER * QUARTER + 1)
    year = Month(today.year, 1)
    yield "days", today - timedelta(days=DAYS_BY_DEFAULT - 1), today
    for word, begin, months in (("month", month, 1), ("quarter", quarter, 3), ("year", year, 12)):
        yield f"this_{word}", begin.first, begin.before(1 - months).last
        yield f"last_{word}", begin.before(months).first, begin.before(1).last
