"""The backlog: what each agency holds open now, how old it is, what is overdue and for how long."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeVar

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, Row, case, func, select

from reports_service.core.db import db
from reports_service.domain.measures import AGE_LIMITS_DAYS
from reports_service.reports.models import Assignment
from reports_service.statistics import ages
from reports_service.statistics.cells import standing
from reports_service.statistics.cells.standing import Moments
from reports_service.statistics.queries import within
from reports_service.statistics.scope import Scope

T = TypeVar("T", datetime, float)
A_DAY: Final = 24 * 3600 * 1_000_000  # microseconds
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Bucket:
    """How many are at least ``from_days`` and less than ``to_days`` old (None: no end)."""

    from_days: int
    to_days: int | None
    count: int


@dataclass(frozen=True, slots=True)
class Backlog:
    """What is open at an agency. Lengths are plain time, up to the second of asking."""

    open: int
    paused: int
    overdue: int
    age: Sequence[Bucket]
    overdue_for: Sequence[Bucket]
    oldest_opened_at: datetime | None
    next_deadline: datetime | None
    longest_overdue_hours: float | None


def by_agency(scope: Scope) -> dict[int, Backlog]:
    """The backlog of each agency (id) that holds something. The period does not matter.

    From what is kept ready of each agency, where that tells.
    """
    kept = standing.held(scope)
    if kept is None:
        return of_rows(scope)
    moment = standing.micros_of(scope.asked_at)
    limits = moment - A_DAY * np.array(AGE_LIMITS_DAYS, dtype=np.int64)
    return {one: _of_moments(held, scope.asked_at, moment, limits) for one, held in kept.items()}


def of_rows(scope: Scope) -> dict[int, Backlog]:
    """The same from the assignments themselves."""
    as_of = scope.asked_at
    late = Assignment.resolve_by < as_of
    query = (
        select(
            Assignment.agency_id,
            func.count().label("open"),
            _how_many(Assignment.resolve_by.is_(None)).label("paused"),
            _how_many(late).label("overdue"),
            func.min(Assignment.opened_at).label("oldest"),
            func.min(case((late, Assignment.resolve_by))).label("longest_overdue"),
            func.min(case((Assignment.resolve_by >= as_of, Assignment.resolve_by))).label("next"),
            *_older("age", Assignment.opened_at, as_of),
            *_older("overdue", Assignment.resolve_by, as_of),
        )
        .where(*within(scope), Assignment.outcome.is_(None))
        .group_by(Assignment.agency_id)
    )
    return {row.agency_id: _backlog(row, as_of) for row in db.session.execute(query)}


def together(held: Iterable[Backlog]) -> Backlog:
    """What all of them hold."""
    every = list(held)
    return Backlog(
        open=sum(one.open for one in every),
        paused=sum(one.paused for one in every),
        overdue=sum(one.overdue for one in every),
        age=_joined([one.age for one in every]),
        overdue_for=_joined([one.overdue_for for one in every]),
        oldest_opened_at=min(_known(one.oldest_opened_at for one in every), default=None),
        next_deadline=min(_known(one.next_deadline for one in every), default=None),
        longest_overdue_hours=max(_known(one.longest_overdue_hours for one in every), default=None),
    )


def _known(values: Iterable[T | None]) -> list[T]:
    return [value for value in values if value is not None]


def _joined(all_of_them: Sequence[Sequence[Bucket]]) -> list[Bucket]:
    """The same spans of days, counted together."""
    return [
        Bucket(span.from_days, span.to_days, sum(buckets[place].count for buckets in all_of_them))
        for place, span in enumerate(ages.spans())
    ]


def _of_moments(held: Moments, as_of: datetime, moment: int, limits: NDArray[np.int64]) -> Backlog:
    """``limits``: the moments that lie as many days back as each limit of age."""
    deadlines, opened = held
    paused, passed = deadlines.searchsorted((1, moment)).tolist()
    late, ahead = deadlines[paused:passed], deadlines[passed:]
    longest = _moment(late)
    return Backlog(
        open=len(opened),
        paused=paused,
        overdue=len(late),
        age=_spread(opened.searchsorted(limits, side="right").tolist(), len(opened)),
        overdue_for=_spread(late.searchsorted(limits, side="right").tolist(), len(late)),
        oldest_opened_at=_moment(opened),
        next_deadline=_moment(ahead),
        longest_overdue_hours=(as_of - longest) / timedelta(hours=1) if longest else None,
    )


def _moment(ascending: NDArray[np.int64]) -> datetime | None:
    """The first of them."""
    return EPOCH + timedelta(microseconds=int(ascending[0])) if len(ascending) else None


def _how_many(holds: ColumnElement[bool]) -> ColumnElement[int]:
    return func.count().filter(holds)


def _older(name: str, since: Any, as_of: datetime) -> list[ColumnElement[int]]:
    """How many are at least so many days old, for each limit."""
    return [
        _how_many(ages.at_least(days, since, as_of)).label(f"{name}_{days}")
        for days in AGE_LIMITS_DAYS
    ]


def _backlog(row: Row[Any], as_of: datetime) -> Backlog:
    longest = row.longest_overdue
    return Backlog(
        open=row.open,
        paused=row.paused,
        overdue=row.overdue,
        age=_buckets(row, "age", row.open),
        overdue_for=_buckets(row, "overdue", row.overdue),
        oldest_opened_at=row.oldest,
        next_deadline=row.next,
        longest_overdue_hours=(as_of - longest) / timedelta(hours=1) if longest else None,
    )


def _buckets(row: Row[Any], name: str, all_of_them: int) -> list[Bucket]:
    return _spread([row._mapping[f"{name}_{days}"] for days in AGE_LIMITS_DAYS], all_of_them)


def _spread(older: Sequence[int], all_of_them: int) -> list[Bucket]:
    """From how many are at least as old as each limit."""
    at_least = [all_of_them, *older, 0]
    return [
        Bucket(span.from_days, span.to_days, at_least[place] - at_least[place + 1])
        for place, span in enumerate(ages.spans())
    ]
