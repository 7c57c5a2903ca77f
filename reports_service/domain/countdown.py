"""How long is left, or how late it is, as people say it: in working days, hours or minutes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from reports_service.domain.targets import Unit
from reports_service.domain.working_hours import WorkingCalendar

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
PLAIN_DAY = timedelta(days=1)


class Urgency(StrEnum):
    """How pressing a deadline is."""

    OVERDUE = "overdue"
    SOON = "soon"  # by the end of the next working day
    CALM = "calm"
    PAUSED = "paused"
    ENDED = "ended"


class Measure(StrEnum):
    """What is counted. Plain hours and days run on by night; the others only in working time."""

    DAYS = "days"
    HOURS = "hours"
    MINUTES = "minutes"
    PLAIN_DAYS = "plain_days"
    PLAIN_HOURS = "plain_hours"
    PLAIN_MINUTES = "plain_minutes"


@dataclass(frozen=True, slots=True)
class Left:
    """So much is left, or late. ``amount`` is whole, rounded down; None while the clock rests."""

    urgency: Urgency
    amount: int | None = None
    measure: Measure = Measure.DAYS


RESTS, OVER = Left(Urgency.PAUSED), Left(Urgency.ENDED)


def left(due: datetime | None, now: datetime, unit: Unit, calendar: WorkingCalendar) -> Left:
    """What stands between ``now`` and ``due``, by the unit that its target counts.

    Whole days are those of targets: a day is left where the deadline would be that of a target of
    one working day which begins now. No deadline: the clock rests.
    """
    if due is None:
        return RESTS
    urgency = _urgency(due, now, calendar)
    first, last = sorted((now, due))
    if unit is Unit.HOURS:
        return Left(urgency, *_plain(last - first))
    days = calendar.working_days_between(_day_end(first, now, calendar), last)
    if days > 0:
        return Left(urgency, days, Measure.DAYS)
    return Left(urgency, *_short(calendar.between(first, last)))


def _urgency(due: datetime, now: datetime, calendar: WorkingCalendar) -> Urgency:
    if due < now:
        return Urgency.OVERDUE
    soon = calendar.end_of_working_day(now, 1)
    return Urgency.SOON if due <= soon else Urgency.CALM


def _day_end(first: datetime, now: datetime, calendar: WorkingCalendar) -> datetime:
    """From where days count: what is left, from the end of today; what is late, from the deadline,
    since a deadline at the end of Monday is a day late at the end of Tuesday.
    """
    return calendar.end_of_working_day(first, 0) if first == now else first


def _short(length: timedelta) -> tuple[int, Measure]:
    if length >= HOUR:
        return length // HOUR, Measure.HOURS
    return length // MINUTE, Measure.MINUTES


def _plain(length: timedelta) -> tuple[int, Measure]:
    if length >= 2 * PLAIN_DAY:
        return length // PLAIN_DAY, Measure.PLAIN_DAYS
    if length >= HOUR:
        return length // HOUR, Measure.PLAIN_HOURS
    return length // MINUTE, Measure.PLAIN_MINUTES
