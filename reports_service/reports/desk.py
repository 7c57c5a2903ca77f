"""The desk of the 1022 centre: reports rejected and referred, and what of that was wrong."""

from __future__ import annotations

from typing import Any

from reports_service.agencies import service as agencies
from reports_service.domain.lifecycle import Action
from reports_service.domain.outcomes import Outcome
from reports_service.reports import holding
from reports_service.reports.models import Event, Report
from reports_service.reports.moderation import publish, restrict
from reports_service.reports.service import Turn


def reject(turn: Turn, reason: str) -> Event:
    """Refuse a report, with a reason that the reporter reads."""
    turn.move(Action.REJECT)
    holding.end(turn.assignment, Outcome.REJECTED, turn.at)
    turn.report.closed_at = turn.at
    return turn.record(
        "rejected", {**turn.which, "ended": holding.ended(turn.assignment)}, {"reason": reason}
    )


def take_back_rejection(turn: Turn, note: str = "") -> Event:
    """The rejection was wrong: the report is new again, at the centre."""
    turn.move(Action.TAKE_BACK_REJECTION)
    turn.report.closed_at = None
    _back_to_centre(turn, "rejection_taken_back")
    return turn.record("rejection_taken_back", _opened(turn), {"note": note})


def refer(turn: Turn, to: str, reason: str, *, restricted: bool) -> Event:
    """Send it where it belongs by law or place; ``restricted`` hides it from the public."""
    turn.move(Action.REFER)
    holding.end(turn.assignment, Outcome.REFERRED, turn.at)
    turn.report.closed_at, turn.report.closes_at = turn.at, None
    hides = restricted and not turn.report.restricted
    if hides:
        restrict(turn.report)
    return turn.record(
        "referred",
        {
            **turn.which,
            "restricted": restricted,
            "hides": hides,
            "ended": holding.ended(turn.assignment),
        },
        {"to": to, "reason": reason},
    )


def take_back_referral(turn: Turn, note: str = "") -> Event:
    """The referral was wrong: new again, at the centre, and shown again if it was hidden by it."""
    turn.move(Action.TAKE_BACK_REFERRAL)
    turn.report.closed_at = None
    if _referral(turn.report).facts["hides"]:
        publish(turn.report)
    _back_to_centre(turn, "referral_taken_back")
    return turn.record("referral_taken_back", _opened(turn), {"note": note})


def _referral(report: Report) -> Event:
    """The event of the referral that holds now."""
    return next(event for event in reversed(report.events) if event.kind == "referred")


def _back_to_centre(turn: Turn, why: str) -> None:
    centre = agencies.centre()
    holding.open_assignment(turn.report, centre.id, turn.at, reason={"why": why}, triage=True)


def _opened(turn: Turn) -> dict[str, Any]:
    return {"restricted": turn.report.restricted, **holding.facts(turn.assignment)}
