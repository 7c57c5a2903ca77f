"""Another category, place or priority: the report is routed anew and its clocks start afresh."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from reports_service.areas import service as areas
from reports_service.categories import service as categories
from reports_service.categories.models import Visibility
from reports_service.core.codes import named
from reports_service.domain.lifecycle import Action
from reports_service.domain.outcomes import Outcome
from reports_service.domain.roles import Party
from reports_service.reports import holding
from reports_service.reports.models import Assignment, Event, Report
from reports_service.reports.moderation import restrict
from reports_service.reports.service import NothingToChange, Turn
from reports_service.routing import service as routing
from reports_service.routing.service import Decision


@dataclass(frozen=True)
class Classification:
    """What is to be changed; None leaves as it is."""

    category: str | None = None
    lat: float | None = None
    lon: float | None = None
    priority: str | None = None


def classify(turn: Turn, change: Classification, note: str = "") -> Event:
    """Another category, place or priority. The date promised to the citizen does not move.

    Category and place route anew and start new clocks; the priority alone picks the policy anew
    for the clocks that have not ended. Raises ``NothingToChange``, ``CategoryUnknown`` and what
    is wrong with the place.
    """
    report = turn.report
    category = (
        named(categories.active, change.category, field="category") if change.category else None
    )
    moved = change.lat is not None and (change.lat, change.lon) != (report.lat, report.lon)
    recategorised = category is not None and category.id != report.category_id
    prioritised = change.priority is not None and change.priority != report.priority
    if not (moved or recategorised or prioritised):
        raise NothingToChange(field="category")
    if not (moved or recategorised):
        return _change_priority(turn, change.priority or report.priority, note)
    turn.check(Action.RECLASSIFY)
    before = _classification(report)
    if category is not None:
        report.category_id, report.suggested_category_id = category.id, None
        report.restricted = report.restricted or category.visibility == Visibility.RESTRICTED
        report.priority = category.priority
    if change.lat is not None and change.lon is not None and moved:
        move_place(report, change.lat, change.lon)
    if report.restricted:
        restrict(report)
    decision = _route_anew(report)
    report.priority = change.priority or decision.priority or report.priority
    return _reopen_elsewhere(turn, decision, before, note)


def _change_priority(turn: Turn, priority: str, note: str) -> Event:
    turn.move(Action.CHANGE_PRIORITY)
    before = {"priority": turn.report.priority, **holding.deadlines(turn.assignment)}
    turn.report.priority = priority
    holding.choose_policy_anew(turn.report, turn.assignment, turn.at)
    return turn.record(
        "priority_changed",
        {**turn.which, "priority": priority, "before": before, **holding.facts(turn.assignment)},
        {"note": note},
        internal=True,
    )


def _reopen_elsewhere(turn: Turn, decision: Decision, before: dict[str, Any], note: str) -> Event:
    turn.move(Action.RECLASSIFY, routed=not decision.to_centre)
    left, report = turn.assignment, turn.report
    holding.end(left, _outcome_of_routing_anew(turn, left, decision), turn.at)
    report.closes_at = None
    opened = holding.open_assignment(
        report,
        decision.agency_id,
        turn.at,
        reason=decision.reason,
        triage=decision.to_centre,
    )
    return turn.record(
        "reclassified",
        {
            "before": before,
            **_classification(report),
            "restricted": report.restricted,
            "from_agency": left.agency_id,
            "ended": holding.ended(left),
            **holding.facts(opened),
        },
        {"note": note},
    )


def _outcome_of_routing_anew(turn: Turn, left: Assignment, decision: Decision) -> Outcome:
    """What re-classifying was for the agency that held the report, so that figures are fair.

    Triage that ends in an agency has done its work. A head who re-classifies the report away
    transfers it, and is judged so; what an operator puts right is not the agency's doing.
    """
    if left.triage and not decision.to_centre:
        return Outcome.TRIAGED
    if turn.party is Party.HEAD and decision.agency_id != left.agency_id:
        return Outcome.TRANSFERRED
    return Outcome.RECLASSIFIED


def _route_anew(report: Report) -> Decision:
    return routing.decide(
        category_id=report.category_id,
        area_id=report.area_id,
        text=report.description,
        answers={answer["code"]: answer["value"] for answer in report.answers},
    )


def move_place(report: Report, lat: float, lon: float) -> None:
    """Say where it lies after all. Where it was filed, and in which area, stays beside it.

    Raises ``PointOutside`` and the like.
    """
    located = areas.locate(lat, lon)
    report.lat, report.lon, report.place_fit = lat, lon, located.kind
    inside = located.kind != "outside" and located.area is not None
    report.area_id = located.area.id if inside and located.area else None


def _classification(report: Report) -> dict[str, Any]:
    book = categories.book()
    category = book.by_id(report.category_id) if report.category_id else None
    return {
        "category": category.code if category else None,
        "area_id": report.area_id,
        "lat": report.lat,
        "lon": report.lon,
        "priority": report.priority,
    }
