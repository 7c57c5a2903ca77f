"""What the operators of the 1022 centre do: reject, refer, merge, re-classify, moderate."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Select, select, update

from reports_service.agencies import service as agencies
from reports_service.areas import service as areas
from reports_service.categories import service as categories
from reports_service.categories.models import Visibility
from reports_service.core.db import db
from reports_service.domain.errors import Conflict, Invalid
from reports_service.domain.lifecycle import OPEN, Action, Status
from reports_service.domain.outcomes import Outcome
from reports_service.domain.roles import Party
from reports_service.reports import codes, filing, holding
from reports_service.reports.models import Assignment, Event, Report, ReportPhoto
from reports_service.reports.service import Turn
from reports_service.routing import service as routing
from reports_service.routing.service import Decision


class MergeIntoSelf(Conflict):
    """A report is no duplicate of itself."""

    code = "merge_into_self"


class MasterNotOpen(Conflict):
    """A report is merged into an open one that is no duplicate itself."""

    code = "master_not_open"


class MasterUnknown(Invalid):
    """There is no report to merge into."""

    code = "master_unknown"


class NothingToChange(Invalid):
    """The classification is what it was."""

    code = "nothing_to_change"


class PhotoUnknown(Invalid):
    """The report has no such picture."""

    code = "photo_unknown"


@dataclass(frozen=True)
class Classification:
    """What is to be changed; None leaves as it is."""

    category: str | None = None
    lat: float | None = None
    lon: float | None = None
    priority: str | None = None


def reject(turn: Turn, reason: str) -> Event:
    """Refuse a report, with a reason that the reporter reads."""
    turn.move(Action.REJECT)
    holding.end(turn.assignment, Outcome.REJECTED, turn.at)
    turn.report.closed_at = turn.at
    return turn.record("rejected", _number(turn), {"reason": reason})


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
    if restricted:
        _restrict(turn.report)
    return turn.record(
        "referred", {**_number(turn), "restricted": restricted}, {"to": to, "reason": reason}
    )


def take_back_referral(turn: Turn, note: str = "") -> Event:
    """The referral was wrong: new again, at the centre. What was restricted stays so."""
    turn.move(Action.TAKE_BACK_REFERRAL)
    turn.report.closed_at = None
    _back_to_centre(turn, "referral_taken_back")
    return turn.record("referral_taken_back", _opened(turn), {"note": note})


def merge(turn: Turn, into: str, note: str = "") -> Event:
    """Make the report a duplicate of an open one, whose fate it follows from now on.

    Reports that were merged into this one follow the new master; where they were merged at first
    is kept for undoing. Raises ``MasterUnknown``, ``MergeIntoSelf``, ``MasterNotOpen``.
    """
    turn.check(Action.MERGE)
    report, master = turn.report, _master(into)
    if master.id == report.id:
        raise MergeIntoSelf(report=codes.grouped(report.code))
    if master.status not in OPEN:
        raise MasterNotOpen(report=codes.grouped(master.code), status=master.status)
    report.status_before_merge = report.status
    turn.move(Action.MERGE)
    holding.suspend(turn.assignment, turn.at)
    report.master_id = report.merged_into_id = master.id
    report.closes_at = None
    db.session.execute(
        update(Report).where(Report.master_id == report.id).values(master_id=master.id)
    )
    master.followers_count += report.followers_count + 1
    return turn.record("merged", {**_number(turn), "into": master.code}, {"note": note})


def undo_merge(turn: Turn, note: str = "") -> Event:
    """No duplicate after all: the agency holds it again with the time it had left."""
    report = turn.report
    turn.move(Action.UNDO_MERGE)
    asking = report.status == Status.AWAITING_REPORTER
    holding.take_up(turn.assignment, turn.at, still_asking=asking)
    if asking:
        policy = holding.policy_of(turn.assignment)
        report.closes_at = turn.at + timedelta(days=policy.question_days)
    master = db.session.get_one(Report, report.master_id)
    for above in _merged_above(report):
        above.followers_count = max(0, above.followers_count - report.followers_count - 1)
    # What had been merged into this report before follows it again.
    db.session.execute(
        update(Report).where(Report.id.in_(_merged_below(report))).values(master_id=report.id)
    )
    report.master_id = report.merged_into_id = report.status_before_merge = None
    return turn.record(
        "merge_undone",
        {**_number(turn), "from": master.code, **holding.deadlines(turn.assignment)},
        {"note": note},
    )


def classify(turn: Turn, change: Classification, note: str = "") -> Event:
    """Another category, place or priority. The date promised to the citizen does not move.

    Category and place route anew and start new clocks; the priority alone picks the policy anew
    for the clocks that have not ended. Raises ``NothingToChange``, ``CategoryUnknown`` and what
    is wrong with the place.
    """
    report = turn.report
    category = categories.active(change.category) if change.category else None
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
    if moved:
        _move_place(report, change)
    if report.restricted:
        _restrict(report)
    decision = _route_anew(report)
    report.priority = change.priority or decision.priority or report.priority
    return _reopen_elsewhere(turn, decision, before, note)


def moderate(
    turn: Turn,
    *,
    hide_text: bool | None = None,
    public_text: str | None = None,
    hide_photo: str | None = None,
    show_photo: str | None = None,
    reason: str,
) -> Event:
    """Hide or mask a text or a picture from the public. Who may see more sees it still.

    Raises ``PhotoUnknown``, ``NothingToChange``.
    """
    turn.move(Action.MODERATE)
    report, actor_id = turn.report, turn.actor.account_id
    if hide_text is None and public_text is None and not (hide_photo or show_photo):
        raise NothingToChange(field="hide_text")
    if hide_text is not None:
        report.text_hidden_at = turn.at if hide_text else None
        report.text_hidden_by_id = actor_id if hide_text else None
        report.text_hidden_reason = reason if hide_text else None
    if public_text is not None:
        report.public_description = public_text
    report.search_text = filing.sought_in(report)
    for uuid, hidden in ((hide_photo, True), (show_photo, False)):
        if uuid:
            _hide_photo(report, uuid, hidden, turn, reason)
    facts = {
        "hide_text": hide_text,
        "masked": public_text is not None,
        "hide_photo": hide_photo,
        "show_photo": show_photo,
    }
    return turn.record("moderated", facts, {"reason": reason}, internal=True)


def _change_priority(turn: Turn, priority: str, note: str) -> Event:
    turn.move(Action.CHANGE_PRIORITY)
    before = {"priority": turn.report.priority, **holding.deadlines(turn.assignment)}
    turn.report.priority = priority
    holding.choose_policy_anew(turn.report, turn.assignment, turn.at)
    return turn.record(
        "priority_changed",
        {**_number(turn), "priority": priority, "before": before, **holding.facts(turn.assignment)},
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
            "from_agency": left.agency_id,
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


def _move_place(report: Report, change: Classification) -> None:
    assert change.lat is not None and change.lon is not None
    located = areas.locate(change.lat, change.lon)
    report.lat, report.lon, report.place_fit = change.lat, change.lon, located.kind
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


def _restrict(report: Report) -> None:
    report.restricted = True
    for photo in report.photos:
        photo.attachment.published = False


def _hide_photo(report: Report, uuid: str, hidden: bool, turn: Turn, reason: str) -> None:
    photo = next((one for one in report.photos if one.attachment.uuid == uuid), None)
    if photo is None:
        raise PhotoUnknown(field="photo", photo=uuid)
    _set_hidden(photo, hidden, turn, reason)


def _set_hidden(photo: ReportPhoto, hidden: bool, turn: Turn, reason: str) -> None:
    picture = photo.attachment
    picture.hidden_at = turn.at if hidden else None
    picture.hidden_by_id = turn.actor.account_id if hidden else None
    picture.hidden_reason = reason if hidden else None


def _master(code: str) -> Report:
    """The report behind a code, locked. Raises ``MasterUnknown``."""
    try:
        digits = codes.plain(code)
    except codes.ReportUnknown as unknown:
        raise MasterUnknown(field="into", report=code[:40]) from unknown
    master = db.session.scalar(select(Report).where(Report.code == digits).with_for_update())
    if master is None:
        raise MasterUnknown(field="into", report=code[:40])
    return master


def _merged_above(report: Report) -> Iterator[Report]:
    """The reports that this one was merged into, and they into others, up to the master."""
    above = report.merged_into_id
    while above is not None:
        merged = db.session.get_one(Report, above)
        yield merged
        above = merged.merged_into_id


def _merged_below(report: Report) -> Select[int]:
    """The ids of what was merged into this one, and into those."""
    below = select(Report.id).where(Report.merged_into_id == report.id).cte(recursive=True)
    below = below.union(select(Report.id).where(Report.merged_into_id == below.c.id))
    return select(below.c.id)


def _back_to_centre(turn: Turn, why: str) -> None:
    centre = agencies.centre()
    holding.open_assignment(turn.report, centre.id, turn.at, reason={"why": why}, triage=True)


def _opened(turn: Turn) -> dict[str, Any]:
    return holding.facts(turn.assignment)


def _number(turn: Turn) -> dict[str, Any]:
    return {"assignment": turn.assignment.number}
