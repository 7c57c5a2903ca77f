"""A period beside the one before and the same a year before: the headlines, and what changed."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, Final

from reports_service.domain.measures import BY_CODE, HEADLINES, Unit, rate, share
from reports_service.statistics import reading
from reports_service.statistics.beginning import first_filed, is_whole
from reports_service.statistics.reading import Axis
from reports_service.statistics.scope import Period, Scope
from reports_service.statistics.tallies import Tally

MONTHS_OF_YEAR: Final = 12


class Against(StrEnum):
    """What a period is compared with."""

    PREVIOUS = "previous"
    LAST_YEAR = "last_year"


BOTH: Final = "both"


def against(compare: str | None) -> tuple[Against, ...]:
    """The earlier periods that ``compare`` names."""
    if compare is None:
        return ()
    return tuple(Against) if compare == BOTH else (Against(compare),)


@dataclass(frozen=True, slots=True)
class Earlier:
    """What was counted in an earlier period: in all, and by the keys of the rows. ``whole``: the
    first report had been filed when it began.
    """

    against: Against
    period: Period
    total: Tally
    rows: Mapping[Any, Tally]
    whole: bool = True


def before(period: Period) -> Period:
    """As many days just before; for whole months (a quarter, a year) as many whole months."""
    months = whole_months(period)
    if months:
        return _months_earlier(period, months)
    days = period.last - period.first + timedelta(days=1)
    return replace(period, first=period.first - days, last=period.first - timedelta(days=1))


def year_before(period: Period) -> Period:
    """The same dates a year before: whole months stay whole, 29/2 becomes 28/2."""
    if whole_months(period):
        return _months_earlier(period, MONTHS_OF_YEAR)
    return replace(
        period,
        first=_in_month(period.first, _month(period.first) - MONTHS_OF_YEAR),
        last=_in_month(period.last, _month(period.last) - MONTHS_OF_YEAR),
    )


def whole_months(period: Period) -> int:
    """How many whole months a period is; 0 if it is none."""
    whole = period.first.day == 1 and (period.last + timedelta(days=1)).day == 1
    return _month(period.last) - _month(period.first) + 1 if whole else 0


def earlier_period(scope: Scope, against: Against) -> Period:
    """The period to compare with; of one that is not over yet as many of its first days as have
    begun: a month that runs is never held against a whole one.
    """
    then = before(scope.period) if against is Against.PREVIOUS else year_before(scope.period)
    if scope.today >= scope.period.last:
        return then
    elapsed = max(scope.today - scope.period.first, timedelta())
    return replace(then, last=min(then.first + elapsed, then.last))


def earlier(scope: Scope, compare: Sequence[Against], axis: Axis) -> list[Earlier]:
    """What was counted in the periods to compare with, by the keys of an axis."""
    found, first = [], first_filed() if compare else None
    for one in compare:
        period = earlier_period(scope, one)
        then = reading.table(replace(scope, period=period), axis)
        found.append(Earlier(one, period, then.total, then.rows, is_whole(period, first)))
    return found


def partial(found: Sequence[Earlier]) -> set[Against]:
    """Those in which nothing could be filed yet for some of the time."""
    return {one.against for one in found if not one.whole}


def compared(
    now: Tally, then: Mapping[Against, Tally], partly: Collection[Against] = ()
) -> dict[str, Any]:
    """For each earlier period its headlines, and the change since then; how counts grew since one
    that is ``partial`` says nothing, and is not said.
    """
    if not then:
        return {}
    shown = headlines(now)
    found = {}
    for one, tally in then.items():
        old = headlines(tally)
        changes = dict(_changes(shown, old))
        if one in partly:
            changes |= {code: None for code in changes if BY_CODE[code].unit is Unit.COUNT}
        found[str(one)] = {**old, "change": changes}
    return found


def rows_then(found: Sequence[Earlier], key: Any) -> dict[Against, Tally]:
    """What the row with this key had in each of the earlier periods."""
    return {one.against: one.rows.get(key) or Tally() for one in found}


def total_then(found: Sequence[Earlier]) -> dict[Against, Tally]:
    """What there was in all in each of the earlier periods."""
    return {one.against: one.total for one in found}


def headlines(tally: Tally) -> dict[str, Any]:
    """The few figures that are compared. Hours: the median of the elapsed ones."""
    counts = tally.counts
    found: dict[str, float | None] = {
        code: counts[code] for code in HEADLINES if BY_CODE[code].unit is Unit.COUNT
    }
    found |= {code: share(counts, code) for code in HEADLINES if BY_CODE[code].part}
    found["hours_to_resolve"] = tally.hours().resolve.elapsed.median
    found["satisfaction"] = rate(tally.stars, counts["satisfaction_n"])
    return {code: found[code] for code in HEADLINES}


def _changes(now: Mapping[str, Any], then: Mapping[str, Any]) -> Iterator[tuple[str, float | None]]:
    """Shares in percentage points, stars as they differ, counts and hours relative to then."""
    for code in HEADLINES:
        new, old = now[code], then[code]
        if new is None or old is None:
            yield code, None
            continue
        match change_unit(code):
            case "percentage_points":
                yield code, (new - old) * 100
            case "stars":
                yield code, new - old
            case _:
                yield code, (new - old) / old if old else None


def change_unit(code: str) -> str:
    """What the change of a headline is said in; the change of counts and hours is relative."""
    return {Unit.SHARE: "percentage_points", Unit.STARS: "stars"}.get(
        BY_CODE[code].unit, "fraction_of_then"
    )


def _month(day: date) -> int:
    """Months since the year 0."""
    return day.year * MONTHS_OF_YEAR + day.month - 1


def _months_earlier(period: Period, months: int) -> Period:
    """So many months earlier, of whole months."""
    first = _in_month(period.first, _month(period.first) - months)
    last = _in_month(date(period.last.year, period.last.month, 1), _month(period.last) - months)
    return replace(period, first=first, last=last.replace(day=monthrange(last.year, last.month)[1]))


def _in_month(day: date, month: int) -> date:
    """The same day of another month, or the last one that it has."""
    year, place = divmod(month, MONTHS_OF_YEAR)
    return date(year, place + 1, min(day.day, monthrange(year, place + 1)[1]))
