"""Checking everything against the events: chains, rows, daily heads and figures, in one walk."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from reports_service.core import clock
from reports_service.statistics import reading
from reports_service.statistics.scope import Period
from reports_service.statistics.verification import closed, heads, histories, served, witnesses
from reports_service.statistics.verification.chains import breaks
from reports_service.statistics.verification.counted import Counting
from reports_service.statistics.verification.differences import INFORMATION, Difference, Kind
from reports_service.statistics.verification.duplicates import Duplicates
from reports_service.statistics.verification.histories import History
from reports_service.statistics.verification.standing import other_rows, rebuilt

Reached = Callable[[int], None]  # is told the id of the report that was read last


@dataclass
class Walked:
    """What was looked at. ``as_of``: the moment that the figures are of."""

    reports: int = 0
    assignments: int = 0
    events: int = 0
    differences: int = 0
    periods: Sequence[Period] = field(default=())
    as_of: datetime | None = None


def verify(
    zone: ZoneInfo,
    period: Period | None = None,
    *,
    copied: Mapping[date, str] | None = None,
    walked: Walked | None = None,
    reached: Reached | None = None,
) -> Iterator[Difference]:
    """Walk all events and name every difference, as they are met.

    Figures are compared for all time, and for ``period``, else for each month; ``zone`` says when
    days end. All of it is read from the session: let that be one snapshot while others write.
    ``walked`` is filled meanwhile. ``copied``: heads (hexadecimal) as somebody copied them, by day.
    """
    walked = walked if walked is not None else Walked()
    # What lives long is not looked through again for each batch: a fifth of the time.
    gc.freeze()
    try:
        for difference in _differences(zone, period, copied or {}, walked, reached):
            walked.differences += difference.kind not in INFORMATION
            yield difference
    finally:
        gc.unfreeze()


def _differences(
    zone: ZoneInfo,
    period: Period | None,
    copied: Mapping[date, str],
    walked: Walked,
    reached: Reached | None,
) -> Iterator[Difference]:
    walked.as_of = _as_of()
    walked.periods = _periods(period, walked.as_of, zone)
    counting, duplicates = Counting(walked.periods, walked.as_of), Duplicates()
    for history in histories.histories():
        yield from _one(history, counting, duplicates)
        walked.reports += history.report is not None
        walked.assignments += len(history.assignments)
        walked.events += len(history.events)
        if reached is not None:
            reached(history.report_id)
    yield from duplicates.settle(counting)
    yield from witnesses.other_accounts()
    yield from heads.other_days(zone)
    yield from heads.not_as_logged()
    yield from heads.not_as_published(copied)
    yield from _figures(walked.periods, counting)
    yield from closed.other_months(zone)


def _as_of() -> datetime:
    """The moment that the figures are of; where a clock that was ahead dated events later than
    now, that of the last one: figures know no future, and count it as happened.
    """
    ends = histories.ends()
    if ends is not None and ends[1] > clock.now():
        return ends[1].replace(microsecond=0) + timedelta(seconds=1)
    return reading.as_of()


def _figures(periods: Sequence[Period], counting: Counting) -> Iterator[Difference]:
    """What is served otherwise; what cannot be read once, though several periods need it."""
    unreadable = set()
    for period in periods:
        for difference in served.other_figures(period, counting):
            if difference not in unreadable:
                yield difference
            if difference.kind is Kind.FIGURES_UNREADABLE:
                unreadable.add(difference)


def _one(history: History, counting: Counting, duplicates: Duplicates) -> Iterator[Difference]:
    yield from breaks(history)
    if history.report is None:
        return
    report, lacking = rebuilt(history)
    if lacking is not None:
        yield lacking
    else:
        yield from other_rows(history, report)
        yield from duplicates.keep(history.report, report)
    counting.count(report)


def _periods(period: Period | None, as_of: datetime, zone: ZoneInfo) -> list[Period]:
    """All time, and the period or each month of it. Nothing where nothing happened."""
    ends = histories.ends()
    if ends is None:
        return []
    since, today = ends[0].astimezone(zone).date(), as_of.astimezone(zone).date()
    ever = Period(min(since, today), today, zone)
    return [ever, period] if period else [ever, *_months(ever)]


def _months(ever: Period) -> Iterator[Period]:
    begins = ever.first.replace(day=1)
    while begins <= ever.last:
        following = (begins + timedelta(days=31)).replace(day=1)
        yield Period(begins, following - timedelta(days=1), ever.zone)
        begins = following
