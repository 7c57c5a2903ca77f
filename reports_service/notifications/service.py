"""Telling people of an event: fanned out to deliveries once, each of them sent by itself."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Select, or_, select, update
from sqlalchemy.orm import joinedload

from reports_service.agencies.models import Agency
from reports_service.core import clock, outbox
from reports_service.core.auth import Actor
from reports_service.core.db import db, unit_of_work
from reports_service.domain.errors import NotFound
from reports_service.notifications import sending, wording
from reports_service.notifications.audiences import case_of, told
from reports_service.notifications.mail import Letter, Mailer, Undeliverable
from reports_service.notifications.models import Delivery
from reports_service.notifications.push import service as push
from reports_service.notifications.readers import Holding, Reader, Way, holding_at, readers
from reports_service.notifications.wording import SUBJECT_LONGEST, Site, Story
from reports_service.reports import chain
from reports_service.reports.identity import contact_of
from reports_service.reports.models import Event, Report
from reports_service.reports.tracking import token_of

DELIVER = "deliver"  # the kind of effect that sends one mail; its payload: {"delivery_id"}
PUSH = "push"  # the same for a message to a device
ERASED, ANONYMISED = "erased", "anonymised"
LET_GO = (
    ERASED,
    ANONYMISED,
    "token_renewed",
)  # after these no device is told as the reporter's any more
CITIZENS = ("reporter:", push.RECIPIENT)  # what the recipients of citizens begin with
log = logging.getLogger(__name__)


class NoticeUnknown(NotFound):
    """The inbox of this account has no such notice."""

    code = "notice_unknown"


@dataclass(frozen=True)
class Notice:
    """What one reader is told of an event."""

    reader: Reader
    subject: str
    body: str


def tell(event_id: int, site: Site) -> int:
    """Write the deliveries of an event that are not there yet. Returns how many. May run twice."""
    event = db.session.get(Event, event_id)
    if event is None:
        return 0
    report_id, kind = event.report_id, event.kind
    notices = list(notices_of(event, site))
    with unit_of_work():
        outbox.renew()
        if kind in (ERASED, ANONYMISED):
            forget_letters(report_id, staff_too=kind == ANONYMISED)
        if kind in LET_GO:
            push.forget(report_id, followers_too=kind == ANONYMISED)
        rows = db.session.execute(
            select(Delivery.recipient, Delivery.channel).where(Delivery.event_id == event_id)
        )
        known = {(row.recipient, row.channel) for row in rows}
        fresh = [n for n in notices if (n.reader.recipient, str(n.reader.way)) not in known]
        for notice in fresh:
            _write(event_id, notice)
    return len(fresh)


def notices_of(event: Event, site: Site) -> Iterator[Notice]:
    """What each reader is told of this event; nobody twice, and nobody of their own act."""
    held = holding_at(event)
    story = _story(event, held)
    seen = {f"account:{event.account_id}"}
    audiences = told(
        story.case, event.by, internal=event.internal, restricted=held.report.restricted
    )
    for audience in audiences:
        for reader in readers(audience, held):
            if reader.recipient not in seen:
                seen.add(reader.recipient)
                yield _notice(story, reader, site)


def deliver(delivery_id: int, mailer: Mailer) -> bool:
    """Send one mail. Returns whether it is sent; a recipient who can never be reached is not.

    May run twice: both mails carry one Message-ID. Raises ``NotSentYet``, to be tried again.
    """
    return sending.send(Delivery, delivery_id, mailer, _letter)


def inbox(account_id: int, *, unread: bool) -> Select[Delivery]:
    """The notices of one account, with their events and reports; ``unread``: only those."""
    mine = (
        select(Delivery)
        .where(Delivery.recipient == f"account:{account_id}", Delivery.channel == Way.INBOX)
        .options(joinedload(Delivery.event).joinedload(Event.report).load_only(Report.code))
    )
    return mine.where(Delivery.read_at.is_(None)) if unread else mine


def mark_read(actor: Actor, delivery_id: int) -> Delivery:
    """The notice has been read; said again it changes nothing. Raises ``NoticeUnknown``."""
    found = inbox(actor.account_id or 0, unread=False).where(Delivery.id == delivery_id)
    delivery = db.session.scalar(found)
    if delivery is None:
        raise NoticeUnknown()
    delivery.read_at = delivery.read_at or clock.now()
    return delivery


def forget_letters(report_id: int, *, staff_too: bool) -> None:
    """Delete what was written to citizens about a report whose reporter had all erased.

    ``staff_too``: and to staff, who read what their colleagues said of it.
    """
    events = select(Event.id).where(Event.report_id == report_id)
    letters = update(Delivery).where(Delivery.event_id.in_(events))
    if not staff_too:
        letters = letters.where(or_(*map(Delivery.recipient.startswith, CITIZENS)))
    db.session.execute(letters.values(body="").execution_options(synchronize_session=False))


def _write(event_id: int, notice: Notice) -> None:
    reader = notice.reader
    delivery = Delivery(
        event_id=event_id,
        recipient=reader.recipient,
        channel=reader.way,
        language=reader.language,
        subject=notice.subject[:SUBJECT_LONGEST],
        body=notice.body,
        created_at=clock.now(),
        attempts=0,
    )
    db.session.add(delivery)
    db.session.flush()
    payload = {"delivery_id": delivery.id}
    match reader.way:
        case Way.EMAIL:
            outbox.put(DELIVER, payload)
        case Way.PUSH:
            outbox.put(PUSH, payload)
        case Way.INBOX:
            delivery.sent_at = delivery.created_at


def _notice(story: Story, reader: Reader, site: Site) -> Notice:
    body = (
        wording.letter(story, reader.voice, reader.language, site, reader.agency)
        if reader.way is Way.EMAIL
        else wording.text(story, reader.voice, reader.language, site)
    )
    return Notice(reader, wording.subject(story, reader.voice, reader.language), body)


def _story(event: Event, held: Holding) -> Story:
    report, facts = held.report, event.facts
    told_deadline = facts.get("deadline") or facts.get("resolve_by")
    story = Story(
        case=case_of(event.kind, facts),
        at=event.at,
        by=event.by,
        code=report.code,
        agency=held.agency.names,
        from_agency=held.previous.names if held.previous else None,
        category=report.category.names if report.category else None,
        area=report.area.names if report.area else None,
        promised_by=report.promised_by,
        acknowledge_by=held.assignment.acknowledge_by,
        deadline=held.assignment.resolve_by,
        facts=facts,
        said=chain.said(event),
    )
    return replace(story, deadline=_moment(told_deadline)) if told_deadline else story


def _moment(iso: Any) -> datetime:
    return datetime.fromisoformat(iso)


def _address(recipient: str) -> str | None:
    """Where a recipient's mail goes now; an identity that was erased has none."""
    kind, _, number = recipient.partition(":")
    if kind == "agency":
        agency = db.session.get(Agency, int(number))
        return agency.mailbox if agency else None
    contact = contact_of(int(number)) if kind == "reporter" else None
    return contact.email if contact else None


def _letter(delivery: Delivery) -> Letter:
    address = _address(delivery.recipient)
    if not address or not delivery.body:
        raise Undeliverable("there is no address to send to (any more)")
    return Letter(
        number=delivery.id,
        written_at=delivery.created_at,
        to=address,
        subject=delivery.subject,
        body=_with_private_link(delivery),
        language=delivery.language,
    )


def _with_private_link(delivery: Delivery) -> str:
    """The body; to its reporter the link opens the report as theirs, so that they can answer.

    The token is put in as the letter leaves: nothing that could be stolen is kept.
    """
    report = delivery.event.report
    if delivery.recipient != f"reporter:{report.reporter_id}":
        return delivery.body
    page = wording.path_of(report.code)
    return delivery.body.replace(page, wording.private_path_of(report.code, token_of(report)))
