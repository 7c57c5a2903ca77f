"""What the agency that holds a report does with it: acknowledge, hand over, ask, take notes."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from reports_service.accounts import service as accounts
from reports_service.agencies import service as agencies
from reports_service.core.codes import named
from reports_service.domain.errors import Conflict, Invalid
from reports_service.domain.lifecycle import Action, Status
from reports_service.domain.outcomes import Outcome
from reports_service.reports import holding
from reports_service.reports.colleagues import colleagues
from reports_service.reports.models import Assignment, Event
from reports_service.reports.service import Turn

SUSPENDED = frozenset({Outcome.MERGED})


class QuestionsUsedUp(Conflict):
    """The reporter was asked as often as the policy allows."""

    code = "questions_used_up"


class ReasonNeeded(Invalid):
    """Whoever gets a report from another is told why."""

    code = "reason_needed"


class SameAgency(Conflict):
    """The agency holds the report already."""

    code = "same_agency"


class OfficerElsewhere(Invalid):
    """The officer does not belong to the agency."""

    code = "officer_elsewhere"


def acknowledge(turn: Turn, note: str = "") -> Event:
    """Say that the agency has seen the report and works on it."""
    turn.move(Action.ACKNOWLEDGE)
    holding.acknowledge(turn.assignment, turn.at)
    if turn.assignment.officer_id is None and turn.actor.agency_id == turn.report.agency_id:
        turn.assignment.officer_id = turn.actor.account_id
    return turn.record(
        "acknowledged", {**turn.which, **holding.lengths(turn.assignment)}, {"note": note}
    )


def assign(turn: Turn, agency_code: str, reason: str, officer: str | None = None) -> Event:
    """Hand the report to an agency, or, to the one that holds it, to one of its officers.

    From ``new`` this is the operator's triage, else a transfer with fresh clocks.
    Raises ``CodeUnknown``, ``SameAgency``, ``ReasonNeeded``, ``OfficerElsewhere``.
    """
    agency = named(agencies.active, agency_code, field="agency")
    new = turn.report.status == Status.NEW
    if agency.id == turn.report.agency_id and not new:
        if officer is None:
            turn.check(Action.TRANSFER)
            raise SameAgency(agency=agency.code)
        return delegate(turn, officer, reason)
    turn.check(Action.ASSIGN if new else Action.TRANSFER)
    if agency.id == turn.report.agency_id:
        raise SameAgency(agency=agency.code)
    if not reason:
        raise ReasonNeeded(field="reason")
    named_id = _officer_of(agency.id, officer) if officer else None
    turn.move(Action.ASSIGN if new else Action.TRANSFER)
    left = turn.assignment
    holding.end(left, Outcome.TRIAGED if left.triage else Outcome.TRANSFERRED, turn.at)
    opened = holding.open_assignment(
        turn.report, agency.id, turn.at, reason={"why": "by_hand", "by": turn.actor.account_id}
    )
    given = give_to(opened, named_id, turn.at)
    return turn.record(
        "assigned" if new else "transferred",
        {
            "from_agency": left.agency_id,
            "ended": holding.ended(left),
            **given,
            **holding.facts(opened),
        },
        {"reason": reason},
    )


def delegate(turn: Turn, officer: str, reason: str = "") -> Event:
    """Name the officer who works on it, within the agency that holds it."""
    turn.check(Action.DELEGATE)
    named_id = _officer_of(turn.report.agency_id, officer)
    turn.move(Action.DELEGATE)
    given = give_to(turn.assignment, named_id, turn.at)
    return turn.record("delegated", {**turn.which, **given}, {"note": reason}, internal=True)


def hand_back(turn: Turn, reason: str) -> Event:
    """Give the report back to the 1022 centre: it is not this agency's."""
    turn.move(Action.HAND_BACK)
    left = turn.assignment
    holding.end(left, Outcome.HANDED_BACK, turn.at)
    opened = holding.open_assignment(
        turn.report,
        agencies.centre().id,
        turn.at,
        reason={"why": "handed_back", "by": left.agency_id},
        triage=True,
    )
    return turn.record(
        "handed_back",
        {
            "from_agency": left.agency_id,
            "ended": holding.ended(left),
            **holding.facts(opened),
        },
        {"reason": reason},
    )


def ask(turn: Turn, question: str) -> Event:
    """Ask the reporter; the clock stands still until the reply. Raises ``QuestionsUsedUp``."""
    turn.check(Action.ASK)
    policy = holding.policy_of(turn.assignment)
    if turn.report.questions_asked >= policy.questions_max:
        raise QuestionsUsedUp(most=policy.questions_max)
    turn.move(Action.ASK)
    before = holding.deadlines(turn.assignment)
    holding.pause(turn.assignment, turn.at)
    turn.report.questions_asked += 1
    turn.report.closes_at = turn.at + timedelta(days=policy.question_days)
    return turn.record(
        "question_asked",
        {
            **turn.which,
            "question": turn.report.questions_asked,
            "reply_by": turn.report.closes_at.isoformat(),
            "before": before,
            **holding.deadlines(turn.assignment),
        },
        {"question": question},
    )


def take_back_question(turn: Turn, note: str = "") -> Event:
    """Go on without a reply. The question counts as asked all the same."""
    turn.move(Action.TAKE_BACK_QUESTION)
    before = resume(turn)
    return turn.record(
        "question_taken_back",
        {**turn.which, "before": before, **holding.deadlines(turn.assignment)},
        {"note": note},
    )


def resume(turn: Turn) -> dict[str, str | None]:
    """Let the clock go on after a question. Returns the deadlines as they stood."""
    before = holding.deadlines(turn.assignment)
    holding.resume(turn.assignment, turn.at)
    turn.report.closes_at = None
    return before


def note(turn: Turn, text: str) -> Event:
    """Write something for colleagues; the public and the reporter never see it.

    Those whom it names are told of it.
    """
    turn.move(Action.NOTE)
    mentioned = list(colleagues().named_in(text, turn.report))
    facts = {**turn.which, "mentioned": mentioned} if mentioned else turn.which
    return turn.record("noted", facts, {"note": text}, internal=True)


def give_to(assignment: Assignment, officer_id: int | None, at: datetime) -> dict[str, Any]:
    """Let an officer work on it, or the deputy while the officer is away. Returns the facts."""
    if officer_id is None:
        return {"officer": None}
    assignment.officer_id = colleagues().in_place_of(officer_id, at)
    facts = {"officer": assignment.officer_id}
    return facts if assignment.officer_id == officer_id else {**facts, "instead_of": officer_id}


def _officer_of(agency_id: int, email: str) -> int:
    account = accounts.by_email(email)
    if account.agency_id != agency_id:
        raise OfficerElsewhere(field="officer", officer=email)
    return account.id
