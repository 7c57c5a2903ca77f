"""Promises of an agency: a target is a length of time, a clock is that target running.

A clock keeps two deadlines: ``due_at`` with the extensions that the agency granted itself, and
``own_due_at`` without them, which the headline figure uses. A pause moves both.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from fractions import Fraction
from math import ceil
from typing import Any, Self

from reports_service.domain.errors import Conflict
from reports_service.domain.local_days import MICROSECOND
from reports_service.domain.targets import Target, TargetRefused, Unit
from reports_service.domain.working_hours import WorkingCalendar, utc

__all__ = [
    "Clock",
    "ClockEnded",
    "ClockPaused",
    "ClockPhase",
    "ClockRunning",
    "ClockState",
    "ExtensionTooLate",
    "Target",
    "TargetRefused",
    "Unit",
]


class ClockPaused(Conflict):
    """The clock stands still already; it goes on when the reporter has replied."""

    code = "clock_paused"


class ClockRunning(Conflict):
    """The clock is not paused, so it cannot be resumed."""

    code = "clock_running"


class ClockEnded(Conflict):
    """The clock has ended; nothing moves it any more."""

    code = "clock_ended"


class ExtensionTooLate(Conflict):
    """An extension is asked for before the deadline, not after it."""

    code = "extension_too_late"


class ClockPhase(StrEnum):
    """How a clock stands at a moment. A deadline is kept when the end comes by it, not after."""

    RUNNING = "running"
    OVERDUE = "overdue"
    PAUSED = "paused"
    MET = "met"
    MISSED = "missed"


@dataclass(frozen=True, slots=True)
class Clock:
    """A target on an assignment. Every act gives a new clock; this one stays as it is.

    ``due_at`` and ``own_due_at`` are None while paused, and ``remaining`` and ``own_remaining``
    hold what was left: plain time for plain hours, else working time. A deadline that had passed
    when the pause began stays where it is for good: a question asked too late mends nothing.
    """

    target: Target
    started_at: datetime
    due_at: datetime | None
    own_due_at: datetime | None
    paused_at: datetime | None = None
    remaining: timedelta | None = None
    own_remaining: timedelta | None = None
    ended_at: datetime | None = None
    pauses: tuple[tuple[datetime, datetime], ...] = ()

    @classmethod
    def start(cls, target: Target, at: datetime, calendar: WorkingCalendar) -> Self:
        """A clock running from ``at``."""
        due = target.due(at, calendar)
        return cls(target, utc(at), due, due)

    def pause(self, at: datetime, calendar: WorkingCalendar) -> Self:
        """Stand still from ``at``. Raises ``ClockPaused`` or ``ClockEnded``."""
        self._require_running()
        at = self._not_before(at)
        due_at, remaining = self._set_aside(self.due_at, at, calendar)
        own_due_at, own_remaining = self._set_aside(self.own_due_at, at, calendar)
        return replace(
            self,
            paused_at=at,
            due_at=due_at,
            remaining=remaining,
            own_due_at=own_due_at,
            own_remaining=own_remaining,
        )

    def resume(self, at: datetime, calendar: WorkingCalendar) -> Self:
        """Go on from ``at`` with what was left; whole days round up to the end of the day.

        Raises ``ClockRunning`` when it does not stand still, or ``ClockEnded``.
        """
        self._require_not_ended()
        if self.paused_at is None:
            raise ClockRunning
        at = self._not_before(at)
        return replace(
            self,
            paused_at=None,
            due_at=self._taken_up(self.due_at, self.remaining, at, calendar),
            own_due_at=self._taken_up(self.own_due_at, self.own_remaining, at, calendar),
            remaining=None,
            own_remaining=None,
            pauses=(*self.pauses, (self.paused_at, at)),
        )

    def extend(
        self, by: Target, calendar: WorkingCalendar, asked_at: datetime | None = None
    ) -> Self:
        """Move ``due_at`` on by ``by``; ``own_due_at`` stays.

        Raises ``ClockPaused`` or ``ClockEnded``, and ``ExtensionTooLate`` when ``asked_at`` is
        given and lies after the deadline. How often it is allowed, the policy knows.
        """
        due_at = self._require_running()
        if asked_at is not None and asked_at > due_at:
            raise ExtensionTooLate(due_at=due_at.isoformat())
        return replace(self, due_at=by.after(due_at, calendar))

    def end(self, at: datetime, calendar: WorkingCalendar | None = None) -> Self:
        """Stop for good. Raises ``ClockEnded``.

        A paused clock is resumed at the same moment, so that it has a deadline to be counted by.
        That needs the calendar; without it the deadline is the earliest it can be, ``at``.
        """
        self._require_not_ended()
        at = self._not_before(at)
        if self.paused_at is None:
            return replace(self, ended_at=at)
        if calendar is not None:
            return replace(self.resume(at, calendar), ended_at=at)
        return replace(
            self,
            paused_at=None,
            due_at=self.due_at or at,
            own_due_at=self.own_due_at or at,
            remaining=None,
            own_remaining=None,
            ended_at=at,
            pauses=(*self.pauses, (self.paused_at, at)),
        )

    def state_at(self, now: datetime) -> ClockPhase:
        """How it stands at ``now``, by the deadline with extensions."""
        return self._phase(self.due_at, now)

    def own_state_at(self, now: datetime) -> ClockPhase:
        """How it stands at ``now``, by the deadline without extensions."""
        return self._phase(self.own_due_at, now)

    def fraction_used(self, now: datetime, calendar: WorkingCalendar) -> float:
        """The part of the time that is used at ``now``: 1 at the deadline, more when overdue.

        Whole days are measured by the working time between start and deadline.
        """
        budget = self._budget(calendar)
        moment = min(now, self.ended_at or self.paused_at or now)
        used = self._used(moment, calendar)
        return used / budget if budget else float(moment >= self.started_at)

    def moment_when_used(self, fraction: Fraction, calendar: WorkingCalendar) -> datetime | None:
        """The earliest moment at which ``fraction`` (up to 1) of the time is used; None if paused.

        All of it is the deadline itself. Pauses passed by use nothing.
        """
        if fraction >= 1 or self.due_at is None:
            return self.due_at
        need = timedelta(microseconds=ceil(fraction * (self._budget(calendar) // MICROSECOND)))
        start = self.started_at
        for paused_at, resumed_at in self.pauses:
            used = self.target.unit.between(start, paused_at, calendar)
            if need <= used:
                break
            need, start = need - used, resumed_at
        return min(self.target.unit.forward(start, need, calendar), self.due_at)

    def to_dict(self) -> dict[str, Any]:
        """All of it for JSON: ISO moments in UTC, what was left in seconds."""
        moments = ("started_at", "due_at", "own_due_at", "paused_at", "ended_at")
        return {
            "target": self.target.serialise(),
            **{name: _iso(getattr(self, name)) for name in moments},
            "remaining": _seconds(self.remaining),
            "own_remaining": _seconds(self.own_remaining),
            "pauses": [[_iso(since), _iso(until)] for since, until in self.pauses],
        }

    @classmethod
    def from_dict(cls, kept: Mapping[str, Any]) -> Self:
        """The clock that ``to_dict`` wrote."""
        return cls(
            target=Target.parse(kept["target"]),
            started_at=datetime.fromisoformat(kept["started_at"]),
            due_at=_moment(kept["due_at"]),
            own_due_at=_moment(kept["own_due_at"]),
            paused_at=_moment(kept["paused_at"]),
            remaining=_length(kept["remaining"]),
            own_remaining=_length(kept["own_remaining"]),
            ended_at=_moment(kept["ended_at"]),
            pauses=tuple(
                (datetime.fromisoformat(since), datetime.fromisoformat(until))
                for since, until in kept["pauses"]
            ),
        )

    def _require_not_ended(self) -> None:
        if self.ended_at is not None:
            raise ClockEnded

    def _require_running(self) -> datetime:
        self._require_not_ended()
        if self.paused_at is not None or self.due_at is None:
            raise ClockPaused
        return self.due_at

    def _not_before(self, at: datetime) -> datetime:
        """``at``, but never before the clock's last act: two servers differ by milliseconds."""
        last = self.paused_at or (self.pauses[-1][1] if self.pauses else self.started_at)
        return max(utc(at), last)

    def _set_aside(
        self, due: datetime | None, at: datetime, calendar: WorkingCalendar
    ) -> tuple[datetime | None, timedelta | None]:
        if due is None or due < at:
            return due, None
        return None, self.target.unit.between(at, due, calendar)

    def _taken_up(
        self,
        due: datetime | None,
        left: timedelta | None,
        at: datetime,
        calendar: WorkingCalendar,
    ) -> datetime | None:
        if left is None:
            return due
        due = self.target.unit.forward(at, left, calendar)
        return calendar.end_of_day_of(due) if self.target.unit is Unit.WORKING_DAYS else due

    def _phase(self, due: datetime | None, now: datetime) -> ClockPhase:
        if self.ended_at is not None and self.ended_at <= now:
            return ClockPhase.MISSED if due is None or self.ended_at > due else ClockPhase.MET
        if due is None or self.paused_at is not None:
            return ClockPhase.PAUSED
        return ClockPhase.OVERDUE if now > due else ClockPhase.RUNNING

    def _used(self, until: datetime, calendar: WorkingCalendar) -> timedelta:
        """What counted from the start to ``until``: all but the pauses."""
        used = self.target.unit.between(self.started_at, until, calendar)
        for since, resumed_at in self._pauses_before(until):
            used -= self.target.unit.between(since, min(resumed_at, until), calendar)
        return max(used, timedelta())

    def _budget(self, calendar: WorkingCalendar) -> timedelta:
        """All the time the clock has, pauses left out and extensions included."""
        if self.due_at is not None:
            return self._used(self.due_at, calendar)
        return self._used(self.paused_at or self.started_at, calendar) + (
            self.remaining or timedelta()
        )

    def _pauses_before(self, until: datetime) -> Iterator[tuple[datetime, datetime]]:
        return ((since, resumed) for since, resumed in self.pauses if since < until)


ClockState = Clock


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _seconds(length: timedelta | None) -> int | float | None:
    if length is None:
        return None
    seconds = length.total_seconds()
    return int(seconds) if seconds.is_integer() else seconds


def _length(seconds: float | None) -> timedelta | None:
    return None if seconds is None else timedelta(seconds=seconds)
