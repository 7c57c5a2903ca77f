"""What the reporter does after filing: reply, judge, reopen, withdraw, follow, correct, erase."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import or_, select

from reports_service.attachments import service as attachments
from reports_service.attachments.intake import TakenIn
from reports_service.core.auth import Actor
from reports_service.core.db import db
from reports_service.core.words import DEFAULT_LANGUAGE, say
from reports_service.domain.errors import Conflict, Invalid, NotFound
from reports_service.domain.lifecycle import Action, Status
from reports_service.domain.masking import mask_people
from reports_service.domain.outcomes import Outcome
from reports_service.domain.roles import Party
from reports_service.reports import agency_work, holding, identity, looking, search
from reports_service.reports.classification import move_place
from reports_service.reports.identity import Contact
from reports_service.reports.models import Assignment, Event, Follower, Report, Reporter
from reports_service.reports.pictures import attach
from reports_service.reports.retention import forgetting
from reports_service.reports.service import Turn

TOLD_TO_STAFF = frozenset({"filed", "replied", "corrected"})  # on the telephone, say


class ReopeningTooLate(Conflict):
    """The window for reopening has passed; a new report is the way."""

    code = "reopening_too_late"


class NothingToJudge(Conflict):
    """There is no result that could be judged."""

    code = "nothing_to_judge"


class NoIdentity(NotFound):
    """The report was filed without a name, or the data was erased."""

    code = "no_identity"


class PhotosMissing(Invalid):
    """Pictures are to be added, and none came."""

    code = "photos_missing"


class NothingToCorrect(Invalid):
    """A correction changes something."""

    code = "nothing_to_correct"


def reply(turn: Turn, text: str, pictures: Sequence[TakenIn] = ()) -> Event:
    """Answer the agency's question: the clock goes on."""
    require_good(pictures)
    turn.move(Action.REPLY)
    before = agency_work.resume(turn)
    _add_pictures(turn, pictures, role="reply")
    return turn.record(
        "replied",
        {
            "assignment": turn.assignment.number,
            "pictures": len(pictures),
            "before": before,
            **holding.deadlines(turn.assignment),
        },
        {"text": text},
    )


def judge(turn: Turn, *, fixed: bool, rating: int | None, comment: str) -> Event:
    """Say whether it was fixed. No, within the window, reopens it; yes closes it.

    Rating (1 to 5) and reopening belong to the assignment whose result is judged.
    """
    judged = _resolved_assignment(turn)
    if rating is not None:
        judged.rating, judged.rated_at = rating, turn.at
    if not fixed:
        return reopen(turn, comment, rating=rating)
    turn.move(Action.CONFIRM)
    turn.report.closed_at = turn.report.closed_at or turn.at
    turn.report.closes_at = None
    return turn.record(
        "confirmed", {"assignment": judged.number, "rating": rating}, {"comment": comment}
    )


def reopen(turn: Turn, reason: str, rating: int | None = None) -> Event:
    """Not fixed: a new assignment at the same agency, with fresh clocks.

    Raises ``ReopeningTooLate``.
    """
    turn.check(Action.REOPEN)
    report = turn.report
    if report.reopens_until is None or turn.at > report.reopens_until:
        raise ReopeningTooLate(until=report.reopens_until)
    turn.move(Action.REOPEN)
    judged = turn.assignment
    if judged.resolved_at is not None:
        judged.reopened_at = turn.at
    report.resolved_at = report.closed_at = report.closes_at = report.reopens_until = None
    report.resolution_kind = report.planned_for = None
    opened = holding.open_assignment(
        report, judged.agency_id, turn.at, reason={"why": "reopened", "by": str(turn.party)}
    )
    given = agency_work.give_to(opened, judged.officer_id, turn.at)
    return turn.record(
        "reopened",
        {"judged": judged.number, "rating": rating, **given, **holding.facts(opened)},
        {"comment": reason},
    )


def withdraw(turn: Turn, reason: str = "") -> Event:
    """Take the report back; the agencies need do nothing more."""
    turn.move(Action.WITHDRAW)
    held = turn.assignment
    holding.end(held, Outcome.WITHDRAWN, turn.at)
    turn.report.closed_at, turn.report.closes_at = turn.at, None
    return turn.record(
        "withdrawn",
        {"assignment": held.number, "ended": holding.ended(held)},
        {"reason": reason},
    )


def add_photos(turn: Turn, pictures: Sequence[TakenIn]) -> Event:
    """More pictures. Raises ``PhotosMissing``, and ``BadPicture`` where one is bad."""
    if not pictures:
        raise PhotosMissing(field="photos")
    require_good(pictures)
    turn.move(Action.ADD_PHOTOS)
    _add_pictures(turn, pictures, role="report")
    return turn.record("photos_added", {"pictures": len(pictures)})


def correct(
    turn: Turn,
    *,
    description: str | None = None,
    address: str | None = None,
    lat: float | None = None,
    lon: float | None = None,
    contact: Mapping[str, Any] | None = None,
) -> Event:
    """Say it better. Where it lies now is corrected; where it was filed stays beside it.

    The agency does not change by this; an operator may re-classify. Raises ``NothingToCorrect``.
    """
    turn.move(Action.CORRECT)
    report, words = turn.report, {}
    if description is not None:
        words["description"] = description
        _correct_description(turn, description)
    if address is not None:
        report.address, words["address"] = address, address
    if lat is not None and lon is not None:
        move_place(report, lat, lon)
    if contact is not None:
        _correct_contact(report, contact)
    if not words and lat is None and contact is None:
        raise NothingToCorrect(field="description")
    report.search_text = search.sought_in(report)
    facts = {"lat": lat, "lon": lon, "area_id": report.area_id, "contact": contact is not None}
    return turn.record("corrected", facts, words)


def follow(turn: Turn, contact: Mapping[str, Any] | None, language: str) -> Report:
    """Be told of this report too, or of its master. Without a contact only counted.

    A contact follows once, however often it is said. Returns the report that is followed.
    """
    turn.check(Action.FOLLOW)
    report = _followed(turn)
    reporter = identity.reporter_of(contact, language)
    if reporter is not None and _follows(report, reporter):
        return report
    turn.move(Action.FOLLOW)
    db.session.add(Follower(report_id=report.id, reporter=reporter, created_at=turn.at))
    report.followers_count += 1
    turn.record("followed", {"followed": report.code}, internal=True)
    return report


def see_identity(
    report: Report, actor: Actor, why: str | None = None, came_from: str | None = None
) -> Contact:
    """The reporter's own data, for the reporter or an operator; each look is logged.

    ``why``: one of ``looking.Why``; ``came_from``: the network address. Of reporters neither is
    asked nor kept. Raises ``NoIdentity``.
    """
    if report.reporter is None or report.reporter.erased_at is not None:
        raise NoIdentity()
    looking.write_down(report, actor, why, came_from)
    return identity.read(report.reporter)


def erase_identity(turn: Turn) -> Event:
    """Delete who filed it, and every word of theirs in the history; facts and figures stay."""
    turn.move(Action.ERASE_IDENTITY)
    report = turn.report
    if report.reporter is not None:
        identity.erase(report.reporter)
    theirs = [event for event in report.events if _said_by_reporter(event)]
    forgetting.words(theirs)
    forgetting.description(report)
    for photo in report.photos:
        attachments.forget_original(photo.attachment)
    return turn.record("erased", {"events": [event.seq for event in theirs]})


def _said_by_reporter(event: Event) -> bool:
    """Whether the words are the reporter's, though an operator may have typed them."""
    return event.by == Party.REPORTER or event.kind in TOLD_TO_STAFF


def require_good(pictures: Sequence[TakenIn]) -> None:
    """Refuse all when one of these pictures cannot be taken: nothing else is lost by it.

    Raises ``BadPicture``, which says which and why.
    """
    for number, picture in enumerate(pictures):
        if picture.refusal is not None:
            raise type(picture.refusal)(field=f"photos.{number}", **picture.refusal.values)


def _resolved_assignment(turn: Turn) -> Assignment:
    turn.check(Action.CONFIRM)
    judged = holding.current(turn.report)
    if judged.resolved_at is None:
        raise NothingToJudge()
    return judged


def _add_pictures(turn: Turn, pictures: Sequence[TakenIn], role: str) -> None:
    first = len(turn.report.photos)
    for position, picture in enumerate(pictures, start=first):
        attach(
            turn.report,
            picture,
            role=role,
            position=position,
            event_seq=turn.report.event_seq + 1,
        )
    db.session.flush()


def _correct_contact(report: Report, contact: Mapping[str, Any]) -> None:
    if report.reporter is None or report.reporter.erased_at is not None:
        report.reporter = identity.keep(contact, report.language)
    else:
        identity.correct(report.reporter, contact)


def _correct_description(turn: Turn, description: str) -> None:
    """New words. Where an operator had masked the old ones, the new wait for the operator too."""
    report = turn.report
    if report.public_description != mask_people(report.description):
        report.text_hidden_at = turn.at
        report.text_hidden_reason = say("hidden_until_read", DEFAULT_LANGUAGE)
    report.description = description
    report.public_description = mask_people(description)


def _follows(report: Report, reporter: Reporter) -> bool:
    """Whether somebody with this e-mail address or phone number follows the report already."""
    contact = identity.read(reporter)
    same = [
        column.in_(identity.indexes_of(value))
        for column, value in (
            (Reporter.email_index, identity.plain_email(contact.email)),
            (Reporter.phone_index, identity.plain_phone(contact.phone)),
        )
        if value is not None
    ]
    followers = select(Follower.id).join(Follower.reporter).where(Follower.report_id == report.id)
    return bool(same) and db.session.scalar(followers.where(or_(*same))) is not None


def _followed(turn: Turn) -> Report:
    """Who follows a duplicate follows its master."""
    if turn.report.status != Status.DUPLICATE or turn.report.master_id is None:
        return turn.report
    return db.session.scalars(select(Report).where(Report.id == turn.report.master_id)).one()
