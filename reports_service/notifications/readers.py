"""The people of each audience: whom an event reaches, in which language, over which channel."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from sqlalchemy import select

from reports_service.accounts import service as accounts
from reports_service.accounts.models import Account
from reports_service.agencies.models import Agency, AgencyKind
from reports_service.core import words
from reports_service.core.db import db
from reports_service.domain.roles import Role
from reports_service.notifications.audiences import VOICES, Audience, Voice
from reports_service.notifications.push import service as push
from reports_service.notifications.push.models import Subscription
from reports_service.reports.identity import contact_of
from reports_service.reports.models import Assignment, Event, Follower, Report
from reports_service.teamwork import absences, mentions


class Way(StrEnum):
    """The channels of deliveries."""

    INBOX = "inbox"
    EMAIL = "email"
    PUSH = "push"


@dataclass(frozen=True)
class Reader:
    """One who is told. ``agency`` is the one that is written to, or whose staff this is."""

    recipient: str  # account:7, agency:3, reporter:12, push:4
    way: Way
    voice: Voice
    language: str
    agency: Mapping[str, str] | None = None


@dataclass(frozen=True)
class Holding:
    """Who held the report after an event, and from whom the event took it."""

    report: Report
    assignment: Assignment
    previous: Agency | None
    mentioned: Sequence[int] = ()

    @property
    def agency(self) -> Agency:
        """The agency of the event's assignment."""
        return self.assignment.agency


def holding_at(event: Event) -> Holding:
    """Who held the report when this happened; later hand-overs do not count."""
    assignments = event.report.assignments
    number = event.facts.get("assignment")
    until = [
        assignment
        for assignment in assignments
        if (assignment.number <= number if number else assignment.opened_at <= event.at)
    ]
    assignment = (until or assignments[:1])[-1]
    left = event.facts.get("from_agency")
    elsewhere = left is not None and left != assignment.agency_id
    previous = db.session.get(Agency, left) if elsewhere else None
    return Holding(event.report, assignment, previous, event.facts.get("mentioned", ()))


def readers(audience: Audience, held: Holding) -> Iterator[Reader]:
    """Everybody of an audience whom a notice can reach. One person may stand in several."""
    yield from _FOUND[audience](held)


def _reporter(held: Holding) -> Iterator[Reader]:
    yield from _citizens([held.report.reporter_id], Audience.REPORTER)
    told = push.devices(Report.id == held.report.id, of_reporter=True)
    yield from _devices(told, Audience.REPORTER)


def _followers(held: Holding) -> Iterator[Reader]:
    """Who followed it or one of its duplicates, and who filed a duplicate."""
    duplicates = select(Report.id).where(Report.master_id == held.report.id)
    filed = select(Report.reporter_id).where(Report.master_id == held.report.id)
    followed = select(Follower.reporter_id).where(
        (Follower.report_id == held.report.id) | Follower.report_id.in_(duplicates)
    )
    found = [*db.session.scalars(filed), *db.session.scalars(followed)]
    yield from _citizens(found, Audience.FOLLOWERS)
    told = push.devices(Report.id == held.report.id, of_reporter=False)
    told += push.devices(Report.master_id == held.report.id)
    yield from _devices(told, Audience.FOLLOWERS)


def _citizens(reporter_ids: Sequence[int | None], audience: Audience) -> Iterator[Reader]:
    for reporter_id in dict.fromkeys(reporter_ids):
        contact = contact_of(reporter_id) if reporter_id else None
        if contact is not None and contact.email:
            yield Reader(f"reporter:{reporter_id}", Way.EMAIL, VOICES[audience], contact.language)


def _devices(told: Sequence[Subscription], audience: Audience) -> Iterator[Reader]:
    for device in told:
        yield Reader(f"{push.RECIPIENT}{device.id}", Way.PUSH, VOICES[audience], device.language)


def _mentioned(held: Holding) -> Iterator[Reader]:
    named = mentions.accounts_of(held.mentioned)
    yield from _staff(named, Audience.MENTIONED, held.agency)


def _officers(held: Holding) -> Iterator[Reader]:
    officer = held.assignment.officer
    named = officer is not None and officer.ended_at is None
    staff = [officer] if officer and named else officers_of(held.agency)
    yield from _staff(staff, Audience.OFFICERS, held.agency)


def _heads(held: Holding) -> Iterator[Reader]:
    yield from _staff(heads_of(held.agency), Audience.HEADS, held.agency)


def _mailbox(held: Holding) -> Iterator[Reader]:
    agency = held.agency
    if agency.mailbox:
        yield Reader(
            f"agency:{agency.id}",
            Way.EMAIL,
            VOICES[Audience.MAILBOX],
            words.DEFAULT_LANGUAGE,
            agency.names,
        )


def _previous(held: Holding) -> Iterator[Reader]:
    before = held.previous
    if before is None or before.kind == AgencyKind.CENTRE:
        return  # the centre passes work on all day
    staff = [*officers_of(before), *heads_of(before)]
    yield from _staff(staff, Audience.PREVIOUS, before)


def _leaders(held: Holding) -> Iterator[Reader]:
    yield from _staff(accounts.with_role(Role.LEADER), Audience.LEADERS, held.agency)


def officers_of(agency: Agency) -> Sequence[Account]:
    """Who works on the agency's reports: its officers, at the centre the operators; heads, where
    there are no others.
    """
    if agency.kind == AgencyKind.CENTRE:
        return accounts.with_role(Role.OPERATOR)
    return accounts.staff_of(agency.id, [Role.OFFICER]) or accounts.staff_of(agency.id, [Role.HEAD])


def heads_of(agency: Agency) -> Sequence[Account]:
    """Who answers for the agency; where it has no head, who works there."""
    return accounts.staff_of(agency.id, [Role.HEAD]) or officers_of(agency)


def _staff(staff: Sequence[Account], audience: Audience, agency: Agency) -> Iterator[Reader]:
    """These, and who works in the place of those who are away."""
    for account in absences.with_deputies(staff):
        yield Reader(
            f"account:{account.id}", Way.INBOX, VOICES[audience], account.language, agency.names
        )


_FOUND: Final[Mapping[Audience, Callable[[Holding], Iterator[Reader]]]] = {
    Audience.REPORTER: _reporter,
    Audience.FOLLOWERS: _followers,
    Audience.MENTIONED: _mentioned,
    Audience.OFFICERS: _officers,
    Audience.HEADS: _heads,
    Audience.MAILBOX: _mailbox,
    Audience.PREVIOUS: _previous,
    Audience.LEADERS: _leaders,
}
