"""What happens by itself: ladders are climbed, silence closes. Deadlines are data, not jobs.

Each report is swept in a unit of work of its own; swept twice, nothing happens twice.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select

from reports_service.core import clock
from reports_service.core.auth import SYSTEM
from reports_service.core.db import db, unit_of_work
from reports_service.domain.errors import Refusal
from reports_service.domain.escalation import Ladder, Step
from reports_service.domain.lifecycle import Action, Status
from reports_service.domain.outcomes import Outcome
from reports_service.reports import holding
from reports_service.reports.models import Assignment, ClockRow, Escalation, Report
from reports_service.reports.service import Turn, take
from reports_service.sla import service as sla

AT_ONCE = 500
log = logging.getLogger(__name__)


def run() -> int:
    """Do what is due now. Returns how many reports were touched."""
    now = clock.now()
    return (
        _each(_with_due_steps(now), _climb)
        + _each(_silent(now, Status.RESOLVED), _close_after_silence)
        + _each(_silent(now, Status.AWAITING_REPORTER), _close_without_reply)
    )


def _each(codes: Sequence[str], act: Callable[[Turn], None]) -> int:
    for code in codes:
        try:
            with unit_of_work():
                act(take(code, SYSTEM))
        except Refusal as refusal:
            # Somebody was quicker: the report is no longer where the sweep saw it.
            log.info("not swept", extra={"report": code, "why": refusal.code})
    return len(codes)


def _with_due_steps(now: datetime) -> Sequence[str]:
    found = db.session.scalars(
        select(Report.code)
        .join(Assignment, Assignment.report_id == Report.id)
        .join(ClockRow, ClockRow.assignment_id == Assignment.id)
        .where(ClockRow.next_step_at <= now)
        .order_by(ClockRow.next_step_at)
        .limit(AT_ONCE)
    )
    return list(dict.fromkeys(found))  # both clocks of a report may be due


def _silent(now: datetime, status: Status) -> Sequence[str]:
    return db.session.scalars(
        select(Report.code)
        .where(Report.closes_at <= now, Report.status == status)
        .order_by(Report.closes_at)
        .limit(AT_ONCE)
    ).all()


def _climb(turn: Turn) -> None:
    """Climb every step that is due on the clocks of the assignment that is held."""
    assignment = turn.assignment
    policy = holding.policy_of(assignment)
    for row in assignment.clocks:
        running = holding.read_clock(row)
        done = {climbed.step for climbed in row.escalations}
        ladder = policy.ladder or Ladder(())
        for step, due_at in ladder.due_steps(running, sla.calendar(), done, turn.at):
            _take_step(turn, row, ladder.steps[step], step, due_at)
        holding.keep(assignment, row, running, policy)


def _take_step(turn: Turn, row: ClockRow, rung: Step, step: int, due_at: datetime) -> None:
    """Late is late: the step is written with the moment it was due and the moment it was done."""
    turn.move(Action.ESCALATE)
    row.escalations.append(Escalation(step=step, tell=rung.tell, due_at=due_at, done_at=turn.at))
    turn.record(
        "escalated",
        {
            "assignment": turn.assignment.number,
            "agency": turn.assignment.agency_id,
            "clock": row.kind,
            "step": step,
            "tell": str(rung.tell),
            "due_at": due_at.isoformat(),
            "deadline": row.due_at.isoformat() if row.due_at else None,
        },
        internal=True,
    )


def _is_over(turn: Turn) -> bool:
    """Whether the silence still lasts now that the report's row is ours."""
    closes_at = turn.report.closes_at
    return closes_at is not None and closes_at <= turn.at


def _close_after_silence(turn: Turn) -> None:
    if not _is_over(turn):
        return
    turn.move(Action.CLOSE_AFTER_SILENCE)
    turn.report.closed_at, turn.report.closes_at = turn.at, None
    turn.record("closed", {"assignment": turn.assignment.number, "reason": "silence"})


def _close_without_reply(turn: Turn) -> None:
    if not _is_over(turn):
        return
    turn.move(Action.CLOSE_WITHOUT_REPLY)
    policy = holding.policy_of(turn.assignment)
    holding.end(turn.assignment, Outcome.NO_REPLY, turn.at)
    turn.report.closed_at, turn.report.closes_at = turn.at, None
    turn.report.reopens_until = turn.at + timedelta(days=policy.reopen_days)
    turn.record(
        "closed",
        {**turn.which, "reason": "no_reply", "ended": holding.ended(turn.assignment)},
    )
