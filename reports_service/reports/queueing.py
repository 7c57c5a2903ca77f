"""The queue as its page shows it: filtered, counted by state, and what came since a moment."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import load_only, selectinload

from reports_service.accounts import service as accounts
from reports_service.agencies import service as agencies
from reports_service.areas import service as areas
from reports_service.categories import service as categories
from reports_service.core import clock, pages
from reports_service.core.auth import Actor
from reports_service.core.db import db
from reports_service.core.pages import Key, Page
from reports_service.domain.roles import Permission
from reports_service.domain.text import fold
from reports_service.reports.lookup import (
    NO_DEADLINE,
    QUEUE_ORDER,
    QueueState,
    queue_conditions,
    shown_in_lists,
)
from reports_service.reports.models import Assignment, Report

NOBODY: Final = "none"  # in place of an officer: what no officer has taken
NEWS_MAX: Final = 99
_ORDER = (
    Key(QUEUE_ORDER[0].column, lambda held: held.resolve_by or NO_DEADLINE),
    Key(Assignment.id, lambda held: held.id),
)

Filters = Mapping[str, Any]


def page(filters: Filters, actor: Actor, cursor: str | None, limit: int) -> Page[Report]:
    """Reports whose assignment is open, the deadline that comes next on top.

    Agencies see their own work; who sees restricted reports sees all, or one ``agency``. Sorted
    are short rows, then what is shown is loaded, so that a page of many takes no longer.
    Raises ``AgencyUnknown``, ``AreaUnknown``, ``AccountUnknown``.
    """
    held = _held(select(Assignment), filters, actor).where(
        *queue_conditions(filters.get("state"), actor)
    )
    short = load_only(Assignment.report_id, Assignment.resolve_by)
    found = pages.page(held.options(short), _ORDER, cursor, limit)
    return Page(_loaded([held.report_id for held in found.items]), found.next_cursor)


def counts(filters: Filters, actor: Actor) -> dict[str | None, int]:
    """How many there are in each state of the queue, and in all (None), by one statement."""
    states = [str(state) for state in QueueState]
    columns = [
        func.count().filter(*queue_conditions(state, actor)).label(state) for state in states
    ]
    everything: Any = select(func.count().label("all"), *columns)
    query = _held(everything.select_from(Assignment), filters, actor)
    row = db.session.execute(query).one()._mapping
    return {None: row["all"], **{state: row[state] for state in states}}


def came_since(filters: Filters, actor: Actor, since: datetime) -> int:
    """How many came to this part of the queue after a moment; at most ``NEWS_MAX`` are counted."""
    fresh = _held(select(Assignment.id), filters, actor).where(
        Assignment.opened_at > since, *queue_conditions(filters.get("state"), actor)
    )
    return (
        db.session.scalar(select(func.count()).select_from(fresh.limit(NEWS_MAX).subquery())) or 0
    )


def sees_all(actor: Actor) -> bool:
    """Whether this actor's queue is that of all agencies."""
    return actor.may(Permission.SEE_RESTRICTED)


def now() -> datetime:
    """The moment a queue is shown as of."""
    return clock.now()


def _held(query: Select[Any], filters: Filters, actor: Actor) -> Select[Any]:
    query = query.where(Assignment.outcome.is_(None), *_of_whom(filters, actor), *_about(filters))
    if not filters.get("q"):
        return query
    return query.join(Report, Report.id == Assignment.report_id).where(*_said(filters["q"]))


def _of_whom(filters: Filters, actor: Actor) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if not sees_all(actor):
        found.append(Assignment.agency_id == actor.agency_id)
    elif filters.get("agency"):
        found.append(Assignment.agency_id == agencies.by_code(filters["agency"]).id)
    officer = filters.get("officer")
    if officer == NOBODY:
        found.append(Assignment.officer_id.is_(None))
    elif officer:
        found.append(Assignment.officer_id == accounts.by_email(officer).id)
    return found


def _about(filters: Filters) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if filters.get("category"):
        found.append(Assignment.category_id.in_(categories.with_children(filters["category"])))
    if filters.get("area"):
        found.append(Assignment.area_id.in_(areas.with_children(filters["area"])))
    return found


def _said(text: str) -> list[ColumnElement[bool]]:
    """Every word somewhere in the report's own, or its code. The open are few: no index asked."""
    digits = "".join(mark for mark in text if mark.isdigit())
    if len(digits) == 10:
        return [
            or_(Report.code == digits, Report.search_text.contains(fold(text), autoescape=True))
        ]
    return [Report.search_text.contains(word, autoescape=True) for word in fold(text).split()]


def _loaded(ids: list[int]) -> list[Report]:
    found = db.session.scalars(
        select(Report)
        .where(Report.id.in_(ids))
        .options(
            *shown_in_lists(), selectinload(Report.assignments).selectinload(Assignment.officer)
        )
    )
    by_id = {report.id: report for report in found}
    return [by_id[one] for one in ids]
