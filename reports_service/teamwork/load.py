"""The load of a team: who has how much, how old and how late. One statement for each question,
however many officers there are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import mean
from typing import Final, NamedTuple

from sqlalchemy import ColumnElement, Integer, Select, and_, case, cast, func, or_, select

from reports_service.accounts.models import Account
from reports_service.core import clock
from reports_service.core.db import db
from reports_service.domain.roles import Role
from reports_service.reports import lookup
from reports_service.reports.models import Assignment, Extension
from reports_service.teamwork import absences
from reports_service.teamwork.absences import AT_WORK
from reports_service.teamwork.models import Absence

HOUR: Final = timedelta(hours=1)


@dataclass(frozen=True)
class Load:
    """What one officer holds now; without account: what nobody was given yet.

    ``overdue`` and ``due_soon`` as in the queue. ``median_age_h``: hours since the assignments
    were opened, None where there is none.
    """

    account_id: int | None
    name: str | None
    email: str | None
    role: str | None
    open: int
    overdue: int
    due_soon: int
    median_age_h: float | None
    extensions_waiting: int
    absence: Absence | None


class _Counts(NamedTuple):
    open: int
    overdue: int
    due_soon: int


def team(agency_id: int) -> list[Load]:
    """Every officer of an agency by name, with what each holds; last what nobody was given."""
    now = clock.now()
    counted, ages = _counted(agency_id, now), _ages(agency_id, now)
    waiting = _waiting_by_officer(agency_id)
    away = absences.away_in(agency_id)
    staff = db.session.scalars(_staff(agency_id, counted)).all()
    rows = [_load(one, counted, ages, waiting, away) for one in staff]
    return [*rows, _load(None, counted, ages, waiting, away)]


def _load(
    account: Account | None,
    counted: Mapping[int | None, _Counts],
    ages: Mapping[int | None, float],
    waiting: Mapping[int | None, int],
    away: Mapping[int, Absence],
) -> Load:
    key = account.id if account else None
    counts = counted.get(key, _Counts(0, 0, 0))
    return Load(
        account_id=key,
        name=account.name if account else None,
        email=account.email if account else None,
        role=account.role if account else None,
        open=counts.open,
        overdue=counts.overdue,
        due_soon=counts.due_soon,
        median_age_h=ages.get(key),
        extensions_waiting=waiting.get(key, 0),
        absence=away.get(key) if key else None,
    )


def held_by(agency_id: int) -> ColumnElement[bool]:
    """What makes an assignment work that the agency has now."""
    return (Assignment.agency_id == agency_id) & Assignment.outcome.is_(None)


def _counted(agency_id: int, now: datetime) -> dict[int | None, _Counts]:
    query = (
        select(
            Assignment.officer_id,
            func.count().label("open"),
            _count_where(lookup.overdue(now)).label("overdue"),
            _count_where(lookup.due_soon(now)).label("due_soon"),
        )
        .where(held_by(agency_id))
        .group_by(Assignment.officer_id)
    )
    return {row.officer_id: _Counts(*row[1:]) for row in db.session.execute(query)}


def _count_where(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return cast(func.coalesce(func.sum(case((condition, 1), else_=0)), 0), Integer)


def _ages(agency_id: int, now: datetime) -> dict[int | None, float]:
    """The median age in hours: the middle row of each officer, or the two beside the middle."""
    place = func.row_number().over(
        partition_by=Assignment.officer_id, order_by=Assignment.opened_at
    )
    held = (
        select(
            Assignment.officer_id,
            Assignment.opened_at,
            place.label("place"),
            func.count().over(partition_by=Assignment.officer_id).label("count"),
        )
        .where(held_by(agency_id))
        .subquery()
    )
    middle = select(held.c.officer_id, held.c.opened_at).where(
        held.c.place * 2 >= held.c.count, held.c.place * 2 <= held.c.count + 2
    )
    ages: dict[int | None, list[float]] = {}
    for row in db.session.execute(middle):
        ages.setdefault(row.officer_id, []).append((now - row.opened_at) / HOUR)
    return {officer_id: mean(found) for officer_id, found in ages.items()}


def _waiting_by_officer(agency_id: int) -> dict[int | None, int]:
    query = (
        select(Assignment.officer_id, func.count().label("waiting"))
        .join(Extension, Extension.assignment_id == Assignment.id)
        .where(held_by(agency_id), Extension.decided_at.is_(None))
        .group_by(Assignment.officer_id)
    )
    return {row.officer_id: row.waiting for row in db.session.execute(query)}


def _staff(agency_id: int, counted: Mapping[int | None, object]) -> Select[Account]:
    """Who works in the agency, and who left it and still holds something."""
    active = or_(Account.ended_at.is_(None), Account.ended_at > clock.now())
    works = and_(Account.agency_id == agency_id, Account.role.in_(sorted(AT_WORK)), active)
    holders = [officer_id for officer_id in counted if officer_id is not None]
    heads_last = case((Account.role == Role.HEAD, 1), else_=0)
    chosen = select(Account).where(or_(works, Account.id.in_(holders)))
    return chosen.order_by(heads_last, Account.name, Account.id)
