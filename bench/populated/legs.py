"""One agency's holding of many reports at once: when it acted, by which deadlines, how it ended."""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import IntEnum
from typing import Any

import numpy as np

from bench.populated.hours import NONE, WORKING_DAY_S, Hours, Moments
from reports_service.domain.outcomes import Outcome, ResolutionKind

Numbers = np.ndarray[Any, Any]
OUTCOMES = tuple(Outcome)
KINDS = tuple(ResolutionKind)
KIND_SHARES = (0.62, 0.27, 0.06, 0.05)  # fixed, answered, planned, not found
TRIAGE_WORKING_S = 8 * 3600
ACKNOWLEDGE_WORKING_S = 8 * 3600
QUESTION_S = 10 * 86_400
EXTENSION_DAYS = 5
LONGEST_S = 20 * 250 * WORKING_DAY_S  # beyond every table's end nothing can be asked


class Stage(IntEnum):
    """The holdings of a report in the order in which they come, where they come at all."""

    TRIAGE = 0
    FIRST = 1
    BACK_AT_CENTRE = 2
    SECOND = 3
    REOPENED = 4


def code(outcome: Outcome) -> int:
    """The place of an outcome in ``OUTCOMES``."""
    return OUTCOMES.index(outcome)


# Those that end both clocks with the time they took (reports.holding).
TIMED = tuple(code(one) for one in (Outcome.RESOLVED, Outcome.TRIAGED, Outcome.REJECTED))


@dataclass
class Legs:
    """Holdings as columns. Moments in seconds, ``NONE`` for null; codes are -1 for null.

    ``row`` is the place of the report in its chunk. ``replied_at``: a question was asked at
    ``asked_at`` and answered then; ``granted_at``: more time was approved.
    """

    row: Numbers
    stage: Numbers
    agency: Numbers
    triage: Numbers
    opened_at: Moments
    acknowledge_by: Moments
    resolve_by: Moments
    own_resolve_by: Moments
    acknowledged_at: Moments
    ended_at: Moments
    outcome: Numbers
    kind: Numbers
    paused_at: Moments
    asked_at: Moments
    replied_at: Moments
    granted_at: Moments
    before_pause: Moments
    acknowledge_working_s: Moments
    acknowledge_elapsed_s: Moments
    resolve_working_s: Moments
    resolve_elapsed_s: Moments

    @classmethod
    def join(cls, parts: list[Legs]) -> Legs:
        """All of them, by report and stage."""
        whole = {
            one.name: np.concatenate([getattr(part, one.name) for part in parts])
            for one in fields(cls)
        }
        order = np.lexsort((whole["stage"], whole["row"]))
        return cls(**{name: values[order] for name, values in whole.items()})

    def __len__(self) -> int:
        return len(self.row)


@dataclass
class Plan:
    """How holdings will go if they get there before the end: lengths in working seconds."""

    row: Numbers
    stage: Stage
    agency: Numbers
    opened_at: Moments
    target_days: Numbers
    acknowledging: Moments
    working: Moments
    outcome: Numbers
    asks: Numbers
    reply_after: Moments
    extends: Numbers

    @property
    def triage(self) -> bool:
        """Whether the centre holds them, to find who answers."""
        return self.stage in (Stage.TRIAGE, Stage.BACK_AT_CENTRE)


def live(plan: Plan, hours: Hours, until: int, chance: np.random.Generator) -> Legs:
    """What comes of the plans by ``until``."""
    started = hours.worked(plan.opened_at)
    working = np.clip(plan.working, 60, LONGEST_S)
    acknowledging = np.clip(plan.acknowledging, 30, LONGEST_S)
    asks = plan.asks & (acknowledging < working)
    ended = hours.when_worked(started + working)
    acknowledged = hours.when_worked(started + acknowledging)
    due = _due(plan, hours, started)

    asked = hours.when_worked(started + acknowledging + (working - acknowledging) * 3 // 10)
    never = plan.outcome == code(Outcome.NO_REPLY)
    replied = np.where(never, asked + QUESTION_S, asked + plan.reply_after)
    left = working - acknowledging - (working - acknowledging) * 3 // 10
    after = np.where(never, replied, hours.when_worked(hours.worked(replied) + left))
    ended = np.where(asks, after, ended)
    outcome = np.where(never & ~asks, code(Outcome.RESOLVED), plan.outcome)

    over = ended <= until
    timed = over & np.isin(outcome, TIMED)
    acknowledged = np.where(timed, np.minimum(acknowledged, ended), acknowledged)
    seen = (acknowledged <= until) & ((acknowledged < ended) | timed)

    asks &= (asked <= until) & (asked < ended)
    answered = asks & (replied <= until)
    shifted = answered & (due > asked)
    own = np.where(shifted, _resumed(hours, due, asked, replied), due)
    asking = asks & ~answered
    stands = asking & (due > asked)

    granted, resolve_by = _extended(plan, hours, started, due)
    extended = plan.extends & ~asks & (granted < ended) & (granted <= until)
    extended &= granted > acknowledged
    resolve_by = np.where(extended, resolve_by, own)

    paused_s = np.where(answered, hours.worked(replied) - hours.worked(asked), 0)
    return Legs(
        row=plan.row,
        stage=np.full(len(plan.row), plan.stage),
        agency=plan.agency,
        triage=np.full(len(plan.row), plan.triage),
        opened_at=plan.opened_at,
        acknowledge_by=hours.when_worked(started + ACKNOWLEDGE_WORKING_S),
        resolve_by=np.where(stands, NONE, resolve_by),
        own_resolve_by=np.where(stands, NONE, own),
        acknowledged_at=np.where(seen, acknowledged, NONE),
        ended_at=np.where(over, ended, NONE),
        outcome=np.where(over, outcome, -1),
        kind=np.where(
            over & (outcome == code(Outcome.RESOLVED)),
            chance.choice(len(KINDS), len(plan.row), p=KIND_SHARES),
            -1,
        ),
        paused_at=np.where(asking, asked, NONE),
        asked_at=np.where(asks, asked, NONE),
        replied_at=np.where(answered, replied, NONE),
        granted_at=np.where(extended, granted, NONE),
        before_pause=due,
        acknowledge_working_s=np.where(seen, hours.worked(acknowledged) - started, NONE),
        acknowledge_elapsed_s=np.where(seen, acknowledged - plan.opened_at, NONE),
        resolve_working_s=np.where(timed, hours.worked(ended) - started - paused_s, NONE),
        resolve_elapsed_s=np.where(timed, ended - plan.opened_at, NONE),
    )


def _due(plan: Plan, hours: Hours, started: Moments) -> Moments:
    if plan.triage:
        return hours.when_worked(started + TRIAGE_WORKING_S)
    return hours.due(plan.opened_at, plan.target_days)


def _resumed(hours: Hours, due: Moments, asked: Moments, replied: Moments) -> Moments:
    """What was left of the working time again from the reply, rounded up to the end of the day."""
    left = hours.worked(due) - hours.worked(asked)
    return hours.later(hours.when_worked(hours.worked(replied) + left))


def _extended(plan: Plan, hours: Hours, started: Moments, due: Moments) -> tuple[Moments, Moments]:
    """When more time is asked for, before the deadline, and the deadline with it."""
    granted = hours.when_worked(started + (hours.worked(due) - started) * 6 // 10)
    return granted, hours.later(due, EXTENSION_DAYS)
