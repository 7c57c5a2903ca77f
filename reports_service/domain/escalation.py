"""The ladder of escalation: who is told, and at which moment of a clock.

A step stands at a part of the time (at 0.75 of it the officer is reminded) or some time after the
deadline (one working day later the leader's list). Its moment follows from the clock as it is, so a
pause or an extension moves it. Which steps are done, the caller keeps: each happens once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from fractions import Fraction
from typing import Any, Self

from reports_service.domain.errors import Invalid
from reports_service.domain.sla import Clock
from reports_service.domain.targets import Target
from reports_service.domain.working_hours import WorkingCalendar


class StepRefused(Invalid):
    """A step that stands at no part of the time between 0 and 1, or tells nobody known."""

    code = "step_refused"


class Tell(StrEnum):
    """Who hears of a step."""

    OFFICER = "officer"
    HEAD = "head"
    LEADER = "leader"


@dataclass(frozen=True, slots=True)
class Step:
    """One rung. ``at`` is a part of the time in (0, 1], or a target counted from the deadline."""

    name: str
    at: Decimal | Target
    tell: Tell

    def __post_init__(self) -> None:
        if isinstance(self.at, Target):
            return
        if not Decimal(self.at).is_finite() or not 0 < self.at <= 1:
            raise StepRefused(step=self.name)

    @classmethod
    def parse(cls, given: Mapping[str, Any]) -> Self:
        """From ``{"name", "tell", "at": 0.75}`` or ``{"name", "tell", "after": {target}}``."""
        name = str(given.get("name", ""))
        try:
            after = given.get("after")
            at = Target.parse(after) if after is not None else Decimal(str(given.get("at")))
            return cls(name, at, Tell(str(given.get("tell"))))
        except (InvalidOperation, ValueError) as error:
            raise StepRefused(step=name) from error

    def serialise(self) -> dict[str, Any]:
        """The shape ``parse`` takes."""
        when = (
            {"after": self.at.serialise()}
            if isinstance(self.at, Target)
            else {"at": float(self.at)}
        )
        return {"name": self.name, "tell": self.tell.value, **when}

    def moment(self, clock: Clock, calendar: WorkingCalendar) -> datetime | None:
        """When the step is due; None while the clock is paused or once it has ended."""
        if clock.due_at is None or clock.paused_at is not None or clock.ended_at is not None:
            return None
        if isinstance(self.at, Target):
            return self.at.after(clock.due_at, calendar)
        return clock.moment_when_used(Fraction(self.at), calendar)


@dataclass(frozen=True, slots=True)
class Ladder:
    """Steps in the order of the policy; a step is known by its index."""

    steps: Sequence[Step]

    @classmethod
    def parse(cls, given: Iterable[Mapping[str, Any]]) -> Self:
        """From a list of what ``Step.parse`` takes."""
        return cls(tuple(Step.parse(step) for step in given))

    def serialise(self) -> list[dict[str, Any]]:
        """The shape ``parse`` takes."""
        return [step.serialise() for step in self.steps]

    def due_steps(
        self,
        clock: Clock,
        calendar: WorkingCalendar,
        done: Collection[int],
        now: datetime | None = None,
    ) -> list[tuple[int, datetime]]:
        """(index, moment due) of the steps not done, earliest first; only those due by ``now``.

        Without ``now`` all that are to come. A step that is long due keeps its own moment, so that
        late is seen to be late.
        """
        moments = (
            (index, step.moment(clock, calendar))
            for index, step in enumerate(self.steps)
            if index not in done
        )
        due = [(index, at) for index, at in moments if at and (now is None or at <= now)]
        return sorted(due, key=lambda step: (step[1], step[0]))

    def next_step(
        self, clock: Clock, calendar: WorkingCalendar, done: Collection[int]
    ) -> tuple[int, datetime] | None:
        """(index, moment due) of the step that comes first of those not done; None if none does."""
        coming = self.due_steps(clock, calendar, done)
        return coming[0] if coming else None
