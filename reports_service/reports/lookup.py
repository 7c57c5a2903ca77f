"""Finding reports: the public list, and the queue of an agency, most urgent first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, and_, func, literal, or_, select
from sqlalchemy.orm import selectinload

from reports_service.agencies import service as agencies
from reports_service.areas import service as areas
from reports_service.categories import service as categories
from reports_service.core import clock
from reports_service.core.auth import Actor
from reports_service.core.db import db
from reports_service.core.pages import Key
from reports_service.domain.roles import Permission, Role
from reports_service.reports import boxes, search
from reports_service.reports.models import Assignment, Report, ReportPhoto
from reports_service.sla import service as sla

NO_DEADLINE = datetime(9999, 12, 31, tzinfo=UTC)  # a paused clock sorts last
DUE_SOON_DAYS: Final = 1  # working days, counted from the end of today's


class Sort(StrEnum):
    """Orders of the public list."""

    NEWEST = "newest"
    OLDEST = "oldest"
    UPDATED = "updated"


SORTS: Mapping[str, tuple[Key, ...]] = {
    Sort.NEWEST: (
        Key(Report.created_at, lambda report: report.created_at, descending=True),
        Key(Report.id, lambda report: report.id, descending=True),
    ),
    Sort.OLDEST: (
        Key(Report.created_at, lambda report: report.created_at),
        Key(Report.id, lambda report: report.id),
    ),
    Sort.UPDATED: (
        Key(Report.updated_at, lambda report: report.updated_at, descending=True),
        Key(Report.id, lambda report: report.id, descending=True),
    ),
}


class QueueState(StrEnum):
    """Parts of an agency's queue."""

    OVERDUE = "overdue"
    DUE_SOON = "due_soon"
    UNACKNOWLEDGED = "unacknowledged"
    MINE = "mine"


_due = func.coalesce(Assignment.resolve_by, literal(NO_DEADLINE, Assignment.resolve_by.type))
QUEUE_ORDER = (
    Key(_due, lambda report: report.assignments[-1].resolve_by or NO_DEADLINE),
    Key(Report.id, lambda report: report.id),
)


def listing(filters: Mapping[str, Any], actor: Actor) -> Select[Report]:
    """Reports that fit all of the filters; restricted ones only for who may see them.

    Raises ``AgencyUnknown``, ``AreaUnknown``, ``CategoryUnknown``, ``BoxInvalid``.
    """
    query = select(Report).where(*_conditions(filters))
    if not actor.may(Permission.SEE_RESTRICTED):
        query = query.where(Report.restricted.is_(False))
    return query.options(*shown_in_lists())


def shown_in_lists() -> tuple[Any, ...]:
    """Loader options for what a list shows: a fixed number of queries, however many rows."""
    return (
        selectinload(Report.category),
        selectinload(Report.area),
        selectinload(Report.agency),
        selectinload(Report.suggested_category),
        selectinload(Report.assignments),  # who held it sees more of it
        selectinload(Report.photos),
    )


def pictures_of_duplicates(report: Report) -> Sequence[ReportPhoto]:
    """The reporters' pictures of what was merged into this report, restricted ones apart."""
    return db.session.scalars(
        select(ReportPhoto)
        .join(ReportPhoto.report)
        .where(
            Report.master_id == report.id,
            Report.restricted.is_(False),
            ReportPhoto.role != "after",
        )
        .order_by(ReportPhoto.report_id, ReportPhoto.position)
    ).all()


def queue(state: str | None, actor: Actor) -> Select[Report]:
    """Open reports that the actor's agency holds, with their running assignment.

    An administrator without agency sees the centre's.
    """
    agency_id = actor.agency_id or agencies.centre().id
    return (
        select(Report)
        .join(Report.assignments)
        .where(Assignment.agency_id == agency_id, Assignment.outcome.is_(None))
        .where(*queue_conditions(state, actor))
        .options(
            *shown_in_lists(),
            selectinload(Report.assignments).selectinload(Assignment.officer),
        )
    )


def queue_conditions(state: str | None, actor: Actor) -> Sequence[ColumnElement[bool]]:
    """What makes an open assignment part of this state of the queue."""
    now = clock.now()
    match state:
        case QueueState.OVERDUE:
            return (overdue(now),)
        case QueueState.DUE_SOON:
            return (due_soon(now),)
        case QueueState.UNACKNOWLEDGED:
            return (Assignment.acknowledged_at.is_(None),)
        case QueueState.MINE if actor.role in (Role.OFFICER, Role.HEAD, Role.OPERATOR):
            return (Assignment.officer_id == actor.account_id,)
        case _:
            return ()


def overdue(now: datetime) -> ColumnElement[bool]:
    """What makes an open assignment late."""
    return Assignment.resolve_by < now


def due_soon(now: datetime) -> ColumnElement[bool]:
    """What makes an open assignment due by the end of the next working day, and not late."""
    soon = sla.calendar().end_of_working_day(now, DUE_SOON_DAYS)
    return and_(Assignment.resolve_by >= now, Assignment.resolve_by <= soon)


def _conditions(filters: Mapping[str, Any]) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if filters.get("status"):
        found.append(Report.status.in_(filters["status"]))
    if filters.get("category"):
        found.append(Report.category_id.in_(categories.with_children(filters["category"])))
    if filters.get("agency"):
        found.append(Report.agency_id == agencies.by_code(filters["agency"]).id)
    if filters.get("area"):
        found.append(Report.area_id.in_(areas.with_children(filters["area"])))
    if filters.get("bbox"):
        found.append(boxes.within(boxes.Box.read(filters["bbox"])))
    if filters.get("created_from"):
        found.append(Report.created_at >= filters["created_from"])
    if filters.get("created_to"):
        found.append(Report.created_at < filters["created_to"])
    if filters.get("q"):
        found.append(_said(filters["q"]))
    return found


def _said(text: str) -> ColumnElement[bool]:
    digits = "".join(mark for mark in text if mark.isdigit())
    matching = search.matches(text)
    return or_(matching, Report.code == digits) if len(digits) == 10 else matching
