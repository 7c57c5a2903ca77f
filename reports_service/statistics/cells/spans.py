"""Which spans make up a period: the fewest that cells are kept for, and the parts of months left.

What happened (opened, resolved, filed) counts up to now whatever span it is in, for nothing happens
later. A deadline counts once it has passed, so a span that is not over does not tell: of the month
that runs the deadlines are counted by their seconds (``marks``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from reports_service.statistics.cells import making
from reports_service.statistics.cells.local_months import first_of, month_of
from reports_service.statistics.scope import Period

NO_PAST = 1  # a year before all others


class Days(NamedTuple):
    """Some days of a month, the first and the last counted."""

    month: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Cover:
    """Whole spans, and days of months that are cut, or that there are no cells of."""

    spans: frozenset[int] = frozenset()
    days: frozenset[Days] = frozenset()


class Until(NamedTuple):
    """The deadlines of a month from a first second on, before another.

    ``itself``: at the very beginning of that second counts as well.
    """

    month: int
    since: int
    before: int
    itself: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """What is read: for what happened, and for deadlines.

    ``running``: the deadlines of the month that runs, up to a second. ``ahead``: that month and the
    later ones lie in a year that is counted whole; what had not passed is taken off again.
    """

    happened: Cover
    passed: Cover
    running: Until | None
    ahead: frozenset[int] | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """For which spans there are cells: from ``earliest`` (a month) on; the years before
    ``past_before``, and with ``years_to_date`` later ones too; ``months``; and the past.
    """

    earliest: int | None
    past_before: int
    years_to_date: bool = False
    months: bool = True


def plan(period: Period, as_of: datetime, kept: Kept) -> Plan:
    """What makes up a period as it stood at ``as_of``."""
    today = as_of.astimezone(period.zone).date()
    this_month = date(today.year, today.month, 1)
    last = date(today.year, 12, 31) if period.last >= today else period.last
    happened, running = cover(period.first, last, kept), _running(period, as_of, this_month)
    if running is not None and today.year in happened.spans:
        ahead = range(month_of(this_month) + 1, today.year * 100 + 13)
        return Plan(happened, happened, running, frozenset(ahead))
    passed = min(period.last, this_month - timedelta(days=1))
    return Plan(happened, cover(period.first, passed, kept), running)


def _running(period: Period, as_of: datetime, this_month: date) -> Until | None:
    since = max(period.begins, _starts(this_month, period))
    ends = min(as_of, period.ends)
    if ends < since:
        return None
    month, itself = month_of(this_month), as_of < period.ends
    return Until(month, int(since.timestamp()), int(ends.timestamp()), itself)


def _starts(day: date, period: Period) -> datetime:
    return Period(day, day, period.zone).begins


def cover(first: date, last: date, kept: Kept) -> Cover:
    """The fewest spans that are the days from ``first`` to ``last``, and what they leave over."""
    if kept.earliest is None:
        return Cover()
    spans: set[int] = set()
    days: set[Days] = set()
    day = max(first, first_of(kept.earliest))
    present = date(max(kept.past_before, NO_PAST), 1, 1)
    if first <= first_of(kept.earliest) and day < present <= last + timedelta(days=1):
        spans.add(making.past(kept.past_before))
        day = present
    while day <= last:
        ends = _year_ends(day, last, kept) or _month_ends(day)
        if ends.year * 12 + ends.month > day.year * 12 + day.month:
            spans.add(day.year)
        elif day.day == 1 and ends <= last and kept.months:
            spans.add(month_of(day))
        else:
            days.add(Days(month_of(day), day.day, min(ends, last).day))
        day = ends + timedelta(days=1)
    return Cover(frozenset(spans), frozenset(days))


def _year_ends(day: date, last: date, kept: Kept) -> date | None:
    """The last day of a year that begins on ``day``, if there is a cell of it; else None."""
    ends = date(day.year, 12, 31)
    has_cell = kept.years_to_date or day.year < kept.past_before
    return ends if (day.month, day.day) == (1, 1) and ends <= last and has_cell else None


def _month_ends(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1) - timedelta(days=1)


def joined(plans: Sequence[Plan]) -> Plan:
    """The plans of periods that follow each other without a gap, as one; of more than one period
    without years that are counted whole.
    """
    if len(plans) == 1:
        return plans[0]
    running = [plan.running for plan in plans if plan.running is not None]
    return Plan(
        happened=_joined([plan.happened for plan in plans]),
        passed=_joined([plan.passed for plan in plans]),
        running=running[-1]._replace(since=running[0].since) if running else None,
    )


def _joined(covers: Sequence[Cover]) -> Cover:
    """All of them; days of one month that several have a part of become one stretch."""
    days: dict[int, Days] = {}
    for part in sorted(part for cover in covers for part in cover.days):
        first = days.get(part.month, part).first
        days[part.month] = part._replace(first=first)
    return Cover(frozenset().union(*(cover.spans for cover in covers)), frozenset(days.values()))
