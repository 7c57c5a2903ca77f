"""What a digest tells: figures from the tables, and the reports that come first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, case, func, select

from reports_service.agencies.models import Agency
from reports_service.core import clock
from reports_service.core.db import db
from reports_service.domain.held_up import held_up
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
    """How many there are, how many of them are restricted, and the first of the others."""

    count: int = 0
    restricted: int = 0
    first: list[Listed] = field(default_factory=list)


@dataclass(frozen=True)
class Digest:
    """What one week's digests are made of. By agency id: what its head hears of."""

    week: Week
    at: datetime
    overdue: int
    most_overdue: Sequence[Row]
    as_many: int  # agencies that have as many overdue as the last of them, and are not named
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
    most = most_overdue(table["items"])
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
        most_overdue=most,
        as_many=as_many(table["items"], most),
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


def as_many(rows: Sequence[Row], named: Sequence[Row]) -> int:
    """How many that are not named have as many overdue as the last that is."""
    if not named:
        return 0
    last = named[-1]["overdue"]
    return sum(row["overdue"] == last for row in rows) - sum(
        row["overdue"] == last for row in named
    )


def worst(rows: Sequence[Row]) -> list[Row]:
    """Five at most, kind by kind, of those that need attention: the last of each kind's ranking,
    then those before them. Agencies of several kinds are not compared.
    """
    kinds: defaultdict[str, list[Row]] = defaultdict(list)
    for row in rows:
        kinds[row["agency"].kind].append(row)
    places = [
        (place, row)
        for of_kind in kinds.values()
        for place, row in enumerate(held_up(of_kind, WORST).worst)
    ]
    named = sorted(places, key=lambda one: (one[0], _from_the_end(one[1])))[:WORST]
    return sorted((row for _, row in named), key=_from_the_end)


def _from_the_end(row: Row) -> tuple[str, int, str]:
    return row["agency"].kind, -row["rank"], row["agency"].code


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
            func.sum(case((Report.restricted, 1), else_=0)).over(**group).label("hidden"),
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
        some = found.setdefault(None if by is None else row.agency_id, Some(row.size, row.hidden))
        if not row.restricted:
            some.first.append(Listed(row.code, row.names, row.at))
    return found
