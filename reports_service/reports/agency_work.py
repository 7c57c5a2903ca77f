"""What the agency that holds a report does: acknowledge, ask, extend, hand over, resolve."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from reports_service.accounts import service as accounts
from reports_service.agencies import service as agencies
from reports_service.attachments.service import TakenIn
from reports_service.categories import service as categories
from reports_service.core.db import db
from reports_service.domain.errors import Conflict, Invalid
from reports_service.domain.lifecycle import Action, Status
from reports_service.domain.outcomes import Outcome, ResolutionKind
from reports_service.domain.sla import Target
from reports_service.reports import filing, holding
from reports_service.reports.holding import ClockKind
from reports_service.reports.models import Event, Extension
from reports_service.reports.service import Turn
from reports_service.sla import service as sla

SUSPENDED = frozenset({Outcome.MERGED})


class QuestionsUsedUp(Conflict):
    """The reporter was asked as often as the policy allows."""

    code = "questions_used_up"


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


class AfterPhotoNeeded(Invalid):
    """This category takes "fixed" only with a picture of the work done."""

    code = "after_photo_needed"


class PlannedDateNeeded(Invalid):
    """A plan has a date, and the date lies ahead."""

    code = "planned_date_needed"


class SameAgency(Conflict):
    """The agency holds the report already."""

    code = "same_agency"


class OfficerElsewhere(Invalid):
    """The officer does not belong to the agency."""

    code = "officer_elsewhere"


@dataclass(frozen=True)
class Resolution:
    """A result: its kind, what was done in words, a date when planned, pictures of the work."""

    kind: str
    note: str
    planned_for: date | None = None
    pictures: Sequence[TakenIn] = ()


def acknowledge(turn: Turn, note: str = "") -> Event:
    """Say that the agency has seen the report and works on it."""
    turn.move(Action.ACKNOWLEDGE)
    holding.acknowledge(turn.assignment, turn.at)
    if turn.assignment.officer_id is None and turn.actor.agency_id == turn.report.agency_id:
        turn.assignment.officer_id = turn.actor.account_id
    return turn.record("acknowledged", _number(turn), {"note": note})


def assign(turn: Turn, agency_code: str, reason: str, officer: str | None = None) -> Event:
    """Hand the report to an agency, or, to the one that holds it, to one of its officers.

    From ``new`` this is the operator's triage, else a transfer with fresh clocks.
    Raises ``AgencyUnknown``, ``SameAgency``, ``OfficerElsewhere``.
    """
    agency = agencies.active(agency_code)
    new = turn.report.status == Status.NEW
    if agency.id == turn.report.agency_id and not new:
        if officer is None:
            turn.check(Action.TRANSFER)
            raise SameAgency(agency=agency.code)
        return delegate(turn, officer, reason)
    turn.check(Action.ASSIGN if new else Action.TRANSFER)
    if agency.id == turn.report.agency_id:
        raise SameAgency(agency=agency.code)
    officer_id = _officer_of(agency.id, officer) if officer else None
    turn.move(Action.ASSIGN if new else Action.TRANSFER)
    left = turn.assignment
    holding.end(left, Outcome.TRIAGED if left.triage else Outcome.TRANSFERRED, turn.at)
    opened = holding.open_assignment(
        turn.report, agency.id, turn.at, reason={"why": "by_hand", "by": turn.actor.account_id}
    )
    opened.officer_id = officer_id
    return turn.record(
        "assigned" if new else "transferred",
        {"from_agency": left.agency_id, "officer": officer_id, **holding.facts(opened)},
        {"reason": reason},
    )


def delegate(turn: Turn, officer: str, reason: str = "") -> Event:
    """Name the officer who works on it, within the agency that holds it."""
    turn.check(Action.DELEGATE)
    officer_id = _officer_of(turn.report.agency_id, officer)
    turn.move(Action.DELEGATE)
    turn.assignment.officer_id = officer_id
    return turn.record(
        "delegated", {**_number(turn), "officer": officer_id}, {"note": reason}, internal=True
    )


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
        {"from_agency": left.agency_id, **holding.facts(opened)},
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
            **_number(turn),
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
        {**_number(turn), "before": before, **holding.deadlines(turn.assignment)},
        {"note": note},
    )


def resume(turn: Turn) -> dict[str, str | None]:
    """Let the clock go on after a question. Returns the deadlines as they stood."""
    before = holding.deadlines(turn.assignment)
    holding.resume(turn.assignment, turn.at)
    turn.report.closes_at = None
    return before


def request_extension(turn: Turn, length: Target, reason: str) -> Event:
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
            field="length",
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
        {**_number(turn), "length": length.serialise()},
        {"reason": reason},
        internal=True,
    )


def decide_extension(turn: Turn, approved: bool, note: str = "") -> Event:
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
            **_number(turn),
            "length": extension.length,
            "before": before,
            **holding.deadlines(assignment),
        },
        {"note": note},
        internal=not approved,
    )


def resolve(turn: Turn, result: Resolution) -> Event:
    """Give a result. Raises ``AfterPhotoNeeded``, ``PlannedDateNeeded``."""
    turn.check(Action.RESOLVE)
    _require_proof(turn, result)
    report, assignment = turn.report, turn.assignment
    policy = holding.policy_of(assignment)
    turn.move(Action.RESOLVE)
    holding.resolve(assignment, result.kind, turn.at)
    report.resolved_at, report.resolution_kind = turn.at, result.kind
    report.planned_for = result.planned_for
    report.closes_at = turn.at + timedelta(days=policy.silence_days)
    report.reopens_until = report.closes_at + timedelta(days=policy.reopen_days)
    for picture in result.pictures:
        filing.attach(
            report,
            picture,
            role="after",
            position=len(report.photos),
            event_seq=report.event_seq + 1,
        )
    db.session.flush()
    return turn.record(
        "resolved",
        {
            **_number(turn),
            "kind": result.kind,
            "planned_for": result.planned_for.isoformat() if result.planned_for else None,
            "acknowledged_at": _iso(assignment.acknowledged_at),
            "pictures": len(result.pictures),
            "closes_at": report.closes_at.isoformat(),
            **holding.deadlines(assignment),
        },
        {"note": result.note},
    )


def note(turn: Turn, text: str) -> Event:
    """Write something for colleagues; the public and the reporter never see it."""
    turn.move(Action.NOTE)
    return turn.record("noted", _number(turn), {"note": text}, internal=True)


def _require_proof(turn: Turn, result: Resolution) -> None:
    category = categories.book().by_id(turn.report.category_id) if turn.report.category_id else None
    good = [picture for picture in result.pictures if picture.refusal is None]
    if result.kind == ResolutionKind.FIXED and category and category.after_photo and not good:
        raise AfterPhotoNeeded(field="photos")
    if result.kind == ResolutionKind.PLANNED and (
        result.planned_for is None or result.planned_for < turn.at.date()
    ):
        raise PlannedDateNeeded(field="planned_for")


def _pending(turn: Turn) -> Extension | None:
    return next((one for one in turn.assignment.extensions if one.decided_at is None), None)


def _officer_of(agency_id: int, email: str) -> int:
    account = accounts.by_email(email)
    if account.agency_id != agency_id:
        raise OfficerElsewhere(field="officer", officer=email)
    return account.id


def _number(turn: Turn) -> dict[str, Any]:
    return {"assignment": turn.assignment.number}


def _iso(moment: Any) -> str | None:
    return moment.isoformat() if moment else None
