"""More time: asked for by the agency before the deadline, granted or refused by its head."""

from __future__ import annotations

from reports_service.domain.errors import Conflict, Invalid
from reports_service.domain.lifecycle import Action
from reports_service.domain.sla import Target
from reports_service.reports import holding
from reports_service.reports.holding import ClockKind
from reports_service.reports.models import Event, Extension
from reports_service.reports.service import Turn
from reports_service.sla import service as sla


class ExtensionsUsedUp(Conflict):
    """More time was granted as often as the policy allows."""

    code = "extensions_used_up"


class ExtensionTooLong(Invalid):
    """More time was asked for than the policy allows at once."""

    code = "extension_too_long"


class ExtensionPending(Conflict):
    """A request waits for its decision."""

    code = "extension_pending"


class NoExtensionPending(Conflict):
    """There is no request to decide on."""

    code = "no_extension_pending"


class DeadlinePassed(Conflict):
    """More time is asked for before the deadline, not after it."""

    code = "deadline_passed"


def request(turn: Turn, length: Target, reason: str) -> Event:
    """Ask the head for more time, before the deadline.

    Raises ``DeadlinePassed``, ``ExtensionsUsedUp``, ``ExtensionTooLong``, ``ExtensionPending``.
    """
    turn.check(Action.REQUEST_EXTENSION)
    assignment, policy = turn.assignment, holding.policy_of(turn.assignment)
    if _pending(turn) is not None:
        raise ExtensionPending()
    if assignment.resolve_by is None or turn.at > assignment.resolve_by:
        raise DeadlinePassed(deadline=assignment.resolve_by)
    if assignment.extensions_granted >= policy.extensions_max:
        raise ExtensionsUsedUp(most=policy.extensions_max)
    calendar = sla.calendar()
    longest = policy.extension_longest.after(assignment.resolve_by, calendar)
    if length.after(assignment.resolve_by, calendar) > longest:
        raise ExtensionTooLong(
            field="amount",
            amount=policy.extension_longest.amount,
            unit=policy.extension_longest.unit,
        )
    turn.move(Action.REQUEST_EXTENSION)
    assert turn.actor.account_id is not None
    assignment.extensions.append(
        Extension(
            length=length.serialise(),
            requested_at=turn.at,
            requested_by_id=turn.actor.account_id,
        )
    )
    return turn.record(
        "extension_requested",
        {**turn.which, "length": length.serialise()},
        {"reason": reason},
        internal=True,
    )


def decide(turn: Turn, approved: bool, note: str = "") -> Event:
    """Grant or refuse the pending request. Raises ``NoExtensionPending``.

    Asked in time counts: the decision may come after the deadline.
    """
    turn.check(Action.DECIDE_EXTENSION)
    extension, assignment = _pending(turn), turn.assignment
    if extension is None:
        raise NoExtensionPending()
    turn.move(Action.DECIDE_EXTENSION)
    extension.decided_at, extension.decided_by_id = turn.at, turn.actor.account_id
    extension.approved = approved
    before = holding.deadlines(assignment)
    if approved:
        row = holding.clock_row(assignment, ClockKind.RESOLVE)
        assert row is not None
        longer = holding.read_clock(row).extend(Target.parse(extension.length), sla.calendar())
        holding.keep(assignment, row, longer, holding.policy_of(assignment))
        assignment.extensions_granted += 1
        turn.report.expected_by = assignment.resolve_by
    return turn.record(
        "extension_approved" if approved else "extension_refused",
        {
            **turn.which,
            "length": extension.length,
            "before": before,
            **holding.deadlines(assignment),
        },
        {"note": note},
        internal=not approved,
    )


def _pending(turn: Turn) -> Extension | None:
    return next((one for one in turn.assignment.extensions if one.decided_at is None), None)
