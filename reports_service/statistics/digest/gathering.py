"""What a digest tells: figures from the tables, and the reports that come first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select

from reports_service.agencies.models import Agency
from reports_service.core import clock
from reports_service.core.db import db
from reports_service.domain.measures import RANKED_FROM
from reports_service.reports.models import Assignment, Report
from reports_service.statistics import reading, service
from reports_service.statistics.digest.week import Week
from reports_service.statistics.scope import scope_of

LISTED = 10  # reports by name; the rest is counted
WORST = 5
Row = Mapping[str, Any]


@dataclass(frozen=True)
class Listed:
    """A report by its code, who holds it, and the moment it is listed for."""

    code: str
    agency: Mapping[str, str]
    at: datetime


@dataclass
class Some:
    """How many there are, restricted ones too, and the first of those that may be named."""

    count: int = 0
    first: list[Listed] = field(default_factory=list)


@dataclass(frozen=True)
class Digest:
    """What one week's digests are made of. By agency id: what its head hears of."""

    week: Week
    at: datetime
    overdue: int
    most_overdue: Sequence[Row]
    worst: Sequence[Row]
    oldest: Some
    reopened: Some
    overdue_of: Mapping[int | None, Some]
    due_of: Mapping[int | None, Some]
    reopened_of: Mapping[int | None, Some]


def gather(week: Week) -> Digest:
    """Read all that the digests of this week say, as of now; as many queries for any province."""
    now = clock.now()
    first, last = week.judged_days
    days = {"first": first, "last": last}
    table = service.table(scope_of(days, reading.as_of(), week.zone, asked_at=now))
    still = Assignment.outcome.is_(None)
    overdue = still & (Assignment.resolve_by < now)
    due = still & (Assignment.resolve_by >= now) & (Assignment.resolve_by < week.begins(1))
    reopened = (Assignment.reopened_at >= week.begins(-1)) & (
        Assignment.reopened_at < week.begins()
    )
    return Digest(
        week=week,
        at=now,
        overdue=table["total"]["overdue"],
        most_overdue=most_overdue(table["items"]),
        worst=worst(table["items"]),
        oldest=_some(overdue, Assignment.resolve_by).get(None, Some()),
        reopened=_some(reopened, Assignment.reopened_at).get(None, Some()),
        overdue_of=_some(overdue, Assignment.resolve_by, by=Assignment.agency_id),
        due_of=_some(due, Assignment.resolve_by, by=Assignment.agency_id),
        reopened_of=_some(reopened, Assignment.reopened_at, by=Assignment.agency_id),
    )


def most_overdue(rows: Sequence[Row]) -> list[Row]:
    """The agencies with the most overdue now."""
    late = [row for row in rows if row["overdue"]]
    return sorted(late, key=lambda row: (-row["overdue"], row["agency"].code))[:WORST]


def worst(rows: Sequence[Row]) -> list[Row]:
    """The lowest by the lower bound of the on-time rate, of those with enough due to say it."""
    judged = [row for row in rows if row["due"] >= RANKED_FROM and row["met"] < row["due"]]
    return sorted(judged, key=lambda row: (row["on_time_lower_bound"], row["agency"].code))[:WORST]


def _some(holds: ColumnElement[bool], moment: Any, by: Any = None) -> dict[int | None, Some]:
    """The earliest by ``moment``, of all (under None) or of each group, and how many there are."""
    group: Any = {} if by is None else {"partition_by": by}
    order = (Report.restricted, moment, Assignment.id)
    places = (
        select(
            Assignment.agency_id,
            Report.code,
            Report.restricted,
            moment.label("at"),
            func.row_number().over(order_by=order, **group).label("place"),
            func.count().over(**group).label("size"),
        )
        .join(Report, Report.id == Assignment.report_id)
        .where(holds)
        .subquery()
    )
    query = (
        select(places, Agency.names)
        .join(Agency, Agency.id == places.c.agency_id)
        .where(places.c.place <= LISTED)
        .order_by(places.c.at, places.c.code)
    )
    found: dict[int | None, Some] = {}
    for row in db.session.execute(query):
        some = found.setdefault(None if by is None else row.agency_id, Some(row.size))
        if not row.restricted:
            some.first.append(Listed(row.code, row.names, row.at))
    return found
