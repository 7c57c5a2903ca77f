"""Agencies holding reports: assignments opened and ended, their clocks started, paused, moved."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from reports_service.core import rows
from reports_service.domain.outcomes import Outcome
from reports_service.domain.sla import Clock
from reports_service.reports.models import Assignment, ClockRow, Report
from reports_service.sla import service as sla
from reports_service.sla.service import PolicyFacts

TRIAGE_RESULTS = frozenset({Outcome.TRIAGED, Outcome.REJECTED})
SECOND = timedelta(seconds=1)


class ClockKind(StrEnum):
    """The two promises of an agency."""

    ACKNOWLEDGE = "acknowledge"
    RESOLVE = "resolve"


def open_assignment(
    report: Report,
    agency_id: int,
    at: datetime,
    *,
    reason: Mapping[str, Any],
    triage: bool = False,
) -> Assignment:
    """Hand the report to an agency from ``at``, with fresh clocks under the policy that applies."""
    policy = sla.policy_for(
        category_id=report.category_id,
        agency_id=agency_id,
        priority=report.priority,
        triage=triage,
    )
    assignment = rows.new(
        Assignment,
        number=report.assignments[-1].number + 1 if report.assignments else 1,
        agency_id=agency_id,
        category_id=report.category_id,
        area_id=report.area_id,
        channel=report.channel,
        triage=triage,
        reason=dict(reason),
        policy=policy.to_dict(),
        opened_at=at,
        extensions_granted=0,
    )
    assignment.clocks, assignment.extensions = [], []
    start_clocks(assignment, policy, at)
    report.assignments.append(assignment)
    report.agency_id = agency_id
    return assignment


def start_clocks(assignment: Assignment, policy: PolicyFacts, at: datetime) -> None:
    """Start the clocks that have not ended afresh under ``policy``."""
    targets = {ClockKind.ACKNOWLEDGE: policy.acknowledge, ClockKind.RESOLVE: policy.resolve}
    for kind, target in targets.items():
        row = clock_row(assignment, kind)
        if row is not None and row.ended_at is not None:
            continue
        if row is None:
            row = ClockRow(kind=kind, escalations=[])
            assignment.clocks.append(row)
        keep(assignment, row, Clock.start(target, at, sla.calendar()), policy)


def facts(assignment: Assignment) -> dict[str, Any]:
    """What an event records of an assignment: figures are rebuilt from events alone."""
    return {
        "assignment": assignment.number,
        "agency": assignment.agency_id,
        "triage": assignment.triage,
        "category_id": assignment.category_id,
        "area_id": assignment.area_id,
        "because": assignment.reason,
        "policy": assignment.policy["code"],
        **deadlines(assignment),
    }


def ended(assignment: Assignment) -> dict[str, Any]:
    """What an event records of an assignment that it ends: its outcome, lengths and dates."""
    return {
        "assignment": assignment.number,
        "outcome": assignment.outcome,
        **lengths(assignment),
        **deadlines(assignment),
    }


def lengths(assignment: Assignment) -> dict[str, Any]:
    """When it was acknowledged, and the working seconds that are known: the calendar of today
    could count others.
    """
    known = {
        "acknowledged_at": _iso(assignment.acknowledged_at),
        "acknowledge_working_s": assignment.acknowledge_working_s,
        "resolve_working_s": assignment.resolve_working_s,
    }
    return {name: value for name, value in known.items() if value is not None}


def deadlines(assignment: Assignment) -> dict[str, str | None]:
    """The dates of an assignment as they stand."""
    return {
        "acknowledge_by": _iso(assignment.acknowledge_by),
        "resolve_by": _iso(assignment.resolve_by),
        "own_resolve_by": _iso(assignment.own_resolve_by),
    }


def current(report: Report) -> Assignment:
    """The assignment that is held now, or was last."""
    return report.assignments[-1]


def clock_row(assignment: Assignment, kind: ClockKind) -> ClockRow | None:
    """The row of one of the two clocks."""
    return next((row for row in assignment.clocks if row.kind == kind), None)


def read_clock(row: ClockRow) -> Clock:
    """The clock of a row."""
    return Clock.from_dict(row.state)


def policy_of(assignment: Assignment) -> PolicyFacts:
    """The policy as it was copied when the assignment was opened or last re-classified."""
    return PolicyFacts.from_dict(assignment.policy)


def keep(assignment: Assignment, row: ClockRow, clock: Clock, policy: PolicyFacts) -> None:
    """Write a clock to its row, to the assignment's deadlines, and find its next step."""
    row.state = clock.to_dict()
    row.due_at, row.ended_at = clock.due_at, clock.ended_at
    if row.kind == ClockKind.ACKNOWLEDGE:
        assignment.acknowledge_by = clock.due_at
    else:
        assignment.resolve_by, assignment.own_resolve_by = clock.due_at, clock.own_due_at
        assignment.paused_at = clock.paused_at
    row.next_step, row.next_step_at = _coming_step(row, clock, policy) or (None, None)


def _coming_step(row: ClockRow, clock: Clock, policy: PolicyFacts) -> tuple[int, datetime] | None:
    """The next step of the ladder; a clock that stands still or has ended climbs none."""
    if policy.ladder is None or clock.paused_at is not None or clock.ended_at is not None:
        return None  # and what was climbed need not be read
    done = {climbed.step for climbed in row.escalations}
    return policy.ladder.next_step(clock, sla.calendar(), done)


def choose_policy_anew(report: Report, assignment: Assignment, at: datetime) -> None:
    """Another priority: the clocks that have not ended start afresh under the policy it picks.

    While a question waits for its reply, the resolution clock starts at once and pauses.
    """
    policy = sla.policy_for(
        category_id=report.category_id,
        agency_id=assignment.agency_id,
        priority=report.priority,
        triage=assignment.triage,
    )
    asking = assignment.paused_at is not None
    assignment.policy = policy.to_dict()
    start_clocks(assignment, policy, at)
    if asking:
        pause(assignment, at)


def acknowledge(assignment: Assignment, at: datetime) -> None:
    """The agency has seen it: its first clock ends. Said again it changes nothing."""
    if assignment.acknowledged_at is not None:
        return
    assignment.acknowledged_at = at
    clock = _end_clock(assignment, ClockKind.ACKNOWLEDGE, at)
    assignment.acknowledge_working_s = _worked(clock, at)
    assignment.acknowledge_elapsed_s = whole_seconds(at - assignment.opened_at)


def resolve(assignment: Assignment, kind: str, at: datetime) -> None:
    """There is a result: both clocks end and the assignment has its outcome."""
    _finish(assignment, at)
    assignment.resolved_at, assignment.resolution_kind = at, kind
    assignment.ended_at, assignment.outcome = at, Outcome.RESOLVED


def end(assignment: Assignment, outcome: Outcome, at: datetime) -> None:
    """The agency holds it no longer, without a resolution.

    Finding the right agency and rejecting are what the centre's triage is for: timed as results.
    """
    if outcome in TRIAGE_RESULTS:
        _finish(assignment, at)
    else:
        for kind in ClockKind:
            _end_clock(assignment, kind, at)
    assignment.ended_at, assignment.outcome = at, outcome


def pause(assignment: Assignment, at: datetime) -> None:
    """A question stands between the agency and its result: the resolution clock stands still."""
    _move_resolve_clock(assignment, lambda clock: clock.pause(at, sla.calendar()))


def resume(assignment: Assignment, at: datetime) -> None:
    """The clock goes on with what was left."""
    _move_resolve_clock(assignment, lambda clock: clock.resume(at, sla.calendar()))


def suspend(assignment: Assignment, at: datetime) -> None:
    """End an assignment by a merge that can be undone: its deadlines stay, its clocks wait."""
    policy = policy_of(assignment)
    deadlines = assignment.acknowledge_by, assignment.resolve_by, assignment.own_resolve_by
    paused_at = assignment.paused_at
    for row in assignment.clocks:
        clock = read_clock(row)
        if clock.ended_at is None and clock.paused_at is None:
            keep(assignment, row, clock.pause(at, sla.calendar()), policy)
        row.next_step = row.next_step_at = None
    assignment.acknowledge_by, assignment.resolve_by, assignment.own_resolve_by = deadlines
    assignment.paused_at = paused_at
    assignment.ended_at, assignment.outcome = at, Outcome.MERGED


def take_up(assignment: Assignment, at: datetime, *, still_asking: bool) -> None:
    """Undo ``suspend``: the agency holds the report again, with the time that it had left.

    ``still_asking``: a question to the reporter was open, so the resolution clock stays paused.
    """
    assignment.ended_at = assignment.outcome = None
    policy = policy_of(assignment)
    for row in assignment.clocks:
        clock = read_clock(row)
        stays = still_asking and row.kind == ClockKind.RESOLVE
        if clock.ended_at is None and clock.paused_at is not None and not stays:
            clock = clock.resume(at, sla.calendar())
        keep(assignment, row, clock, policy)


def _move_resolve_clock(assignment: Assignment, move: Callable[[Clock], Clock]) -> None:
    row = clock_row(assignment, ClockKind.RESOLVE)
    assert row is not None
    keep(assignment, row, move(read_clock(row)), policy_of(assignment))


def _finish(assignment: Assignment, at: datetime) -> None:
    """End both clocks and keep how long it took."""
    acknowledge(assignment, at)
    clock = _end_clock(assignment, ClockKind.RESOLVE, at)
    assignment.resolve_working_s = _worked(clock, at)
    assignment.resolve_elapsed_s = whole_seconds(at - assignment.opened_at)


def _end_clock(assignment: Assignment, kind: ClockKind, at: datetime) -> Clock:
    row = clock_row(assignment, kind)
    assert row is not None
    clock = read_clock(row)
    if clock.ended_at is None:
        clock = clock.end(at, sla.calendar())
        keep(assignment, row, clock, policy_of(assignment))
    return clock


def whole_seconds(length: timedelta) -> int:
    """A length as it is kept and counted: begun seconds do not count, and none is negative,
    though the clocks of two servers may differ.
    """
    return max(0, length // SECOND)


def _worked(clock: Clock, until: datetime) -> int:
    """Working seconds from the clock's start; the time of questions to the reporter is left out."""
    calendar = sla.calendar()
    worked = calendar.between(clock.started_at, until)
    for since, resumed in clock.pauses:
        worked -= calendar.between(since, resumed)
    return whole_seconds(worked)


def _iso(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
