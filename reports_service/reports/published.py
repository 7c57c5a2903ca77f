"""What anybody may find: published reports, by filters, in the states that people speak of.

Restricted reports are nobody's here, and what its reporter withdrew is shown by its code alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, func, select

from reports_service.core.auth import Actor
from reports_service.core.db import db
from reports_service.domain.lifecycle import OPEN, Status
from reports_service.reports import boxes, lookup
from reports_service.reports.models import FINDABLE, STILL_OPEN, Report

WITH_RESULT = (Status.RESOLVED, Status.CLOSED)
ANYBODY = Actor()


class State(StrEnum):
    """How a report stands, as people say it: ``open`` is in time or late."""

    OPEN = "open"
    IN_TIME = "in_time"
    LATE = "late"
    RESOLVED = "resolved"
    ENDED = "ended"  # without a result: rejected, referred, merged, closed without a reply


def state_of(report: Any, now: datetime) -> State:
    """The state of a report or of a row with its columns; by the date that the reporter has."""
    if report.status in OPEN:
        return State.LATE if report.promised_by < now else State.IN_TIME
    resolved = report.status in WITH_RESULT and report.resolved_at is not None
    return State.RESOLVED if resolved else State.ENDED


def in_state(state: str, now: datetime) -> ColumnElement[bool]:
    """The same as a condition."""
    still_open = Report.status.in_(sorted(OPEN))
    match state:
        case State.OPEN:
            return still_open
        case State.IN_TIME:
            return and_(still_open, Report.promised_by >= now)
        case State.LATE:
            return and_(still_open, Report.promised_by < now)
    resolved = and_(Report.status.in_(WITH_RESULT), Report.resolved_at.is_not(None))
    return resolved if state == State.RESOLVED else and_(~still_open, ~resolved)


def listing(filters: Mapping[str, Any], now: datetime) -> Select[Report]:
    """Published reports that fit: ``lookup.listing``'s filters, a ``state``, a ``box``.

    Raises as ``lookup.listing`` does.
    """
    query = lookup.listing(filters, ANYBODY).where(FINDABLE)
    if filters.get("state"):
        query = query.where(in_state(filters["state"], now))
    if filters.get("box"):
        query = query.where(boxes.within(filters["box"]))
    return query


def conditions(filters: Mapping[str, Any], now: datetime) -> ColumnElement[bool]:
    """What ``listing`` asks of a report, for counting them."""
    found = listing(filters, now).whereclause
    assert found is not None
    return found


def counts(filters: Mapping[str, Any], now: datetime) -> dict[State, int]:
    """How many fit, by state; ``open`` counts both of those that are."""
    states = {state: case((in_state(state, now), 1), else_=0) for state in State}
    sums = [func.coalesce(func.sum(one), 0) for one in states.values()]
    row = db.session.execute(
        select(*sums).select_from(Report).where(conditions(filters, now))
    ).one()
    return dict(zip(states, row, strict=True))


def standing(column: Any, now: datetime) -> dict[int | None, dict[str, int]]:
    """What is open and late, by an id of the report: its area, or the agency that has it."""
    late = func.sum(case((Report.promised_by < now, 1), else_=0))
    rows = db.session.execute(
        select(column, func.count(), late).where(STILL_OPEN, FINDABLE).group_by(column)
    )
    return {key: {"open": number, "late": overdue} for key, number, overdue in rows}
