"""What the head of an agency looks at beside the load: time to decide on, reports handed over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import aliased

from reports_service.accounts.models import Account
from reports_service.agencies import service as agencies
from reports_service.agencies.models import Agency
from reports_service.agencies.service import AgencyFacts
from reports_service.core.auth import Actor
from reports_service.core.db import db
from reports_service.domain.errors import NotAllowed
from reports_service.domain.outcomes import Outcome
from reports_service.domain.roles import Permission
from reports_service.domain.targets import Target
from reports_service.reports import chain, codes, service
from reports_service.reports.models import Assignment, Event, Extension, Report
from reports_service.sla import service as sla
from reports_service.teamwork.load import held_by

SHOWN_MOST: Final = 200
HANDED_ON: Final = (Outcome.TRANSFERRED, Outcome.HANDED_BACK)


class TeamNotYours(NotAllowed):
    """A head leads the own agency."""

    code = "team_not_yours"


def led(actor: Actor, agency_code: str | None = None) -> int:
    """The id of the agency that is meant: the own one, or for an administrator any.

    An administrator without agency means the centre. Raises ``TeamNotYours``, ``AgencyUnknown``.
    """
    if agency_code is None:
        return actor.agency_id or agencies.centre().id
    agency = agencies.by_code(agency_code)
    if agency.id != actor.agency_id and not actor.may(Permission.ADMINISTER):
        raise TeamNotYours()
    return agency.id


@dataclass(frozen=True)
class Waiting:
    """More time that was asked for and not decided. ``would_be_by``: the deadline if granted."""

    report_code: str
    extension_id: int
    officer: str | None
    requested_by: str
    requested_at: datetime
    amount: float
    unit: str
    reason: str
    resolve_by: datetime | None
    would_be_by: datetime | None
    etag: str


def extensions_waiting(agency_id: int) -> list[Waiting]:
    """What the head has to decide, the nearest deadline first."""
    asker, officer = aliased(Account), aliased(Account)
    asked = and_(
        Event.report_id == Assignment.report_id,
        Event.kind == "extension_requested",
        Event.at == Extension.requested_at,
    )
    query = (
        select(Extension, Assignment, Report, Event, asker.name, officer.name)
        .join(Assignment, Assignment.id == Extension.assignment_id)
        .join(Report, Report.id == Assignment.report_id)
        .join(asker, asker.id == Extension.requested_by_id)
        .outerjoin(officer, officer.id == Assignment.officer_id)
        .outerjoin(Event, asked)
        .where(held_by(agency_id), Extension.decided_at.is_(None))
        .order_by(Assignment.resolve_by, Extension.id)
        .limit(SHOWN_MOST)
    )
    return [_waiting(*row) for row in db.session.execute(query).unique()]


def _waiting(
    extension: Extension,
    assignment: Assignment,
    report: Report,
    event: Event | None,
    asker: str,
    officer: str | None,
) -> Waiting:
    length, deadline = Target.parse(extension.length), assignment.resolve_by
    return Waiting(
        report_code=codes.grouped(report.code),
        extension_id=extension.id,
        officer=officer,
        requested_by=asker,
        requested_at=extension.requested_at,
        amount=float(length.amount),
        unit=length.unit,
        reason=chain.said(event).get("reason", "") if event else "",
        resolve_by=deadline,
        would_be_by=length.after(deadline, sla.calendar()) if deadline else None,
        etag=service.etag(report),
    )


@dataclass(frozen=True)
class HandedOver:
    """A report that one agency gave to another, or back to the centre (``kind``: the outcome)."""

    report_code: str
    at: datetime
    kind: str
    from_agency_id: int
    to_agency_id: int
    reason: str

    @property
    def from_agency(self) -> AgencyFacts | Agency:
        """Who gave it away."""
        return agencies.known(self.from_agency_id)

    @property
    def to_agency(self) -> AgencyFacts | Agency:
        """Who has it since."""
        return agencies.known(self.to_agency_id)


def handed_over(agency_id: int, since: datetime) -> list[HandedOver]:
    """What came to an agency from another and what it gave away, the latest first."""
    left, taken = aliased(Assignment), aliased(Assignment)
    told = and_(Event.report_id == taken.report_id, Event.at == taken.opened_at)
    query = (
        select(Report.code, left, taken, Event)
        .select_from(taken)
        .join(
            left,
            and_(left.report_id == taken.report_id, left.number == taken.number - 1),
        )
        .join(Report, Report.id == taken.report_id)
        .outerjoin(Event, and_(told, Event.kind.in_([str(kind) for kind in HANDED_ON])))
        .where(
            taken.opened_at >= since,
            left.outcome.in_(HANDED_ON),
            or_(taken.agency_id == agency_id, left.agency_id == agency_id),
        )
        .order_by(taken.opened_at.desc(), taken.id.desc())
        .limit(SHOWN_MOST)
    )
    return [_handed_over(*row) for row in db.session.execute(query).unique()]


def _handed_over(code: str, left: Assignment, taken: Assignment, event: Event | None) -> HandedOver:
    return HandedOver(
        report_code=codes.grouped(code),
        at=taken.opened_at,
        kind=str(left.outcome),
        from_agency_id=left.agency_id,
        to_agency_id=taken.agency_id,
        reason=chain.said(event).get("reason", "") if event else "",
    )
