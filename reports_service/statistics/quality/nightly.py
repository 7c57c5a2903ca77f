"""Counting the quality of records once a night: a week of days at a time, each kept by itself.

What was opened is counted by one query for a week of days, so a night reads two months and never
the whole table; what is open is walked once. Reading is over before the turn to write is taken, and
that turn is short. A night that broke off is counted again; one that is counted twice is kept once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

from sqlalchemy import case, delete, func, insert, select

from reports_service.core import clock
from reports_service.core.db import db, transact
from reports_service.domain.errors import Invalid
from reports_service.domain.measures import percentile
from reports_service.domain.quality import SILENT_AFTER, Basis, days_to_count, on
from reports_service.reports.models import Assignment
from reports_service.statistics.quality import checks, seen_twice
from reports_service.statistics.quality.models import QualityCount, QualityDay, SeenTwice
from reports_service.statistics.quality.seen_twice import Twice
from reports_service.statistics.scope import Period

AT_ONCE = 5000
DAYS_AT_ONCE = 7
Reached = Callable[[int, str], None]


def _unseen(_done: int, _where: str) -> None:
    """Nobody watches the progress."""


class DayNotOver(Invalid):
    """Only days that have ended can be counted."""

    code = "quality_day_not_over"


@dataclass(frozen=True, slots=True)
class Found:
    """What a check found at one agency; the ages of the last act, in seconds, where it has them."""

    day: date
    agency_id: int
    check_code: str
    found: int
    out_of: int
    median_s: float | None = None
    p90_s: float | None = None


def last_ended_day(zone: ZoneInfo) -> date:
    """The local day that ended last."""
    return clock.now().astimezone(zone).date() - timedelta(days=1)


def count_once(zone: ZoneInfo) -> bool:
    """Count last night, unless that was done. Returns whether it was counted now."""
    kept = db.session.get(QualityDay, last_ended_day(zone), populate_existing=True)
    if kept is not None and kept.night_at is not None:
        return False
    count(zone)
    return True


def count(zone: ZoneInfo, since: date | None = None, reached: Reached = _unseen) -> list[date]:
    """Count last night anew, with the days that it recounts. Returns these days.

    ``since``: from this day on, or from the first day that has assignments. ``reached`` is told
    how many days are done, and which was the last. Raises ``DayNotOver``.
    """
    days, as_of = days_of_night(zone, since), clock.now()
    for start in range(0, len(days), DAYS_AT_ONCE):
        some = days[start : start + DAYS_AT_ONCE]
        _count_opened(some, zone, as_of)
        reached(start + len(some), some[-1].isoformat())
    _count_night(Period(days[-1], days[-1], zone), as_of)
    return days


def days_of_night(zone: ZoneInfo, since: date | None = None) -> list[date]:
    """The days that ``count`` counts, oldest first. Raises ``DayNotOver``."""
    last = last_ended_day(zone)
    if since is not None and since > last:
        raise DayNotOver(day=since.isoformat(), last=last.isoformat())
    from_first = since and max(since, _first_day(zone, last))
    return list(days_to_count(last, _counted_up_to(last), from_first))


def _counted_up_to(last: date) -> date | None:
    """The last day that is counted up to ``last``."""
    return db.session.scalar(select(func.max(QualityDay.day)).where(QualityDay.day <= last))


def _first_day(zone: ZoneInfo, otherwise: date) -> date:
    """The local day of the first assignment."""
    first = db.session.scalar(select(func.min(Assignment.opened_at)))
    return first.astimezone(zone).date() if first else otherwise


def _count_opened(days: Sequence[date], zone: ZoneInfo, as_of: datetime) -> None:
    """Count those opened on a few days that follow each other."""
    found = list(_of_opened(days, zone, as_of))

    def keep() -> None:
        _hold(days, as_of)
        _keep(days, found, on(Basis.OPENED))

    _in_turn(keep)


def _of_opened(days: Sequence[date], zone: ZoneInfo, as_of: datetime) -> Iterator[Found]:
    """What each check finds at each agency among those opened on each day: one query."""
    counted = checks.of_opened(as_of)
    sums = [
        func.sum(case((condition, 1), else_=0))
        for one in counted.values()
        for condition in (one.found, one.concerns)
    ]
    ends = [Period(day, day, zone).ends for day in days]
    which = case(*((Assignment.opened_at < end, place) for place, end in enumerate(ends)))
    query = (
        select(which.label("which"), Assignment.agency_id, *sums)
        .join(Assignment.report)
        .where(
            Assignment.opened_at >= Period(days[0], days[-1], zone).begins,
            Assignment.opened_at < ends[-1],
        )
        .group_by("which", Assignment.agency_id)
    )
    for place, agency_id, *numbers in db.session.execute(query):
        for code, found, out_of in zip(counted, numbers[::2], numbers[1::2], strict=True):
            yield Found(days[place], agency_id, code, found, out_of)


def _count_night(night: Period, as_of: datetime) -> None:
    """Count what is open, and say that the night was counted."""
    twice = list(seen_twice.find(night.ends))
    found = [*_possible_duplicates(twice, night), *_of_silent(night, as_of)]

    def keep() -> None:
        (kept,) = _hold([night.first], as_of)
        kept.night_at = as_of
        _keep([night.first], found, on(Basis.NOW))
        _keep_seen_twice(night.first, twice)

    _in_turn(keep)


def _possible_duplicates(twice: Iterable[Twice], night: Period) -> Iterator[Found]:
    found = Counter(one.open.agency_id for one in twice)
    held = (
        select(Assignment.agency_id, func.count(Assignment.id))
        .where(checks.held(night.ends))
        .group_by(Assignment.agency_id)
    )
    for agency_id, number in db.session.execute(held):
        yield Found(night.first, agency_id, "possible_duplicate", found[agency_id], number)


def _of_silent(night: Period, as_of: datetime) -> Iterator[Found]:
    """How long ago something was last done, agency by agency: one agency's ages in memory."""
    query = (
        select(Assignment.agency_id, checks.last_act(as_of))
        .where(checks.awaited(night.ends))
        .order_by(Assignment.agency_id)
        .execution_options(yield_per=AT_ONCE)
    )
    for agency_id, rows in groupby(db.session.execute(query), key=lambda row: row[0]):
        ages = sorted((as_of - row[1]).total_seconds() for row in rows)
        yield Found(
            night.first,
            agency_id,
            "silent",
            found=sum(age > SILENT_AFTER.total_seconds() for age in ages),
            out_of=len(ages),
            median_s=percentile(ages, 0, 50),
            p90_s=percentile(ages, 0, 90),
        )


def _keep_seen_twice(night: date, twice: Sequence[Twice]) -> None:
    """The pairs of this night instead of those of any night before."""
    db.session.execute(delete(SeenTwice))
    rows = [
        {
            "day": night,
            "assignment_id": one.open.assignment_id,
            "other_report_id": one.other_report_id,
            "metres": one.metres,
        }
        for one in twice
    ]
    if rows:
        db.session.execute(insert(SeenTwice), rows)


def _in_turn(work: Callable[[], None]) -> None:
    """Write as one unit of work; where another worker made the same day's row first, again."""
    transact(work, again=work)


def _hold(days: Sequence[date], as_of: datetime) -> list[QualityDay]:
    """The rows of these days, locked: two workers write their counts one after the other."""
    query = select(QualityDay).where(QualityDay.day.in_(days)).order_by(QualityDay.day)
    locked = query.with_for_update().execution_options(populate_existing=True)
    known = {kept.day: kept for kept in db.session.scalars(locked)}
    held = [known.get(day) or QualityDay(day=day) for day in days]
    for kept in held:
        kept.counted_at = as_of
    db.session.add_all(held)
    db.session.flush()
    return held


def _keep(days: Sequence[date], found: Iterable[Found], codes: Sequence[str]) -> None:
    """These counts instead of those that the days had of the same checks."""
    db.session.execute(
        delete(QualityCount).where(QualityCount.day.in_(days), QualityCount.check_code.in_(codes))
    )
    rows = [asdict(one) for one in found if one.out_of]
    if rows:
        db.session.execute(insert(QualityCount), rows)
