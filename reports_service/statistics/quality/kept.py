"""Reading what was counted and kept: which days there are, and each check's two counts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select

from reports_service.agencies.models import Agency
from reports_service.core.db import db
from reports_service.domain.measures import rate
from reports_service.domain.quality import BY_CODE, CHECKS, Basis, Check, on
from reports_service.statistics.quality.models import QualityCount, QualityDay
from reports_service.statistics.scope import Period


@dataclass(frozen=True, slots=True)
class Kept:
    """The days that were counted, and the night that tells what was open. None: there is none.

    ``newest``: no later night was counted, so what it found open can be listed.
    """

    first: date | None
    last: date | None
    night: date | None
    night_at: datetime | None
    newest: bool

    def part_of(self, period: Period) -> Period | None:
        """The days of a period that were counted; they have no gap."""
        if self.first is None or self.last is None:
            return None
        first, last = max(period.first, self.first), min(period.last, self.last)
        return Period(first, last, period.zone) if first <= last else None

    def why_less(self, period: Period) -> str | None:
        """The code of the words that say why a period was not counted, or only in part."""
        counted = self.part_of(period)
        if counted is None:
            return "quality_not_counted"
        return "quality_counted_since" if period.first < counted.first else None

    def tells(self, check: Check, period: Period) -> bool:
        """Whether anything was counted of a check in a period."""
        if check.basis is Basis.NOW:
            return self.night is not None
        return self.part_of(period) is not None


@dataclass(frozen=True, slots=True)
class Figure:
    """One check: ``count`` fail it, out of ``of``. Null where nothing was counted."""

    check: Check
    count: int | None
    of: int | None
    median_s: float | None = None
    p90_s: float | None = None

    @property
    def share(self) -> float | None:
        """None where nothing stands below the line."""
        return rate(self.count or 0, self.of or 0)


Figures = Mapping[str, Figure]


def kept_for(period: Period) -> Kept:
    """What was counted that can be shown of a period: nights after its last day are not."""
    taken = QualityDay.night_at.is_not(None)
    first, last, newest = db.session.execute(
        select(
            func.min(QualityDay.day),
            func.max(QualityDay.day),
            func.max(QualityDay.day).filter(taken),
        )
    ).one()
    night = db.session.execute(
        select(QualityDay.day, QualityDay.night_at)
        .where(taken, QualityDay.day <= period.last)
        .order_by(QualityDay.day.desc())
        .limit(1)
    ).one_or_none()
    day, night_at = night if night else (None, None)
    return Kept(first, last, day, night_at, newest=day is not None and day == newest)


def by_agency(kept: Kept, period: Period, agency: Agency | None) -> dict[int, Figures]:
    """Agency id -> code -> what was found; agencies with nothing to check are missing."""
    found: defaultdict[int, dict[str, Figure]] = defaultdict(dict)
    for row in _rows(kept, period, agency):
        found[row.agency_id][row.check_code] = Figure(
            BY_CODE[row.check_code], row.found, row.out_of, row.median_s, row.p90_s
        )
    return dict(found)


def together(rows: Iterable[Figures]) -> Figures:
    """Several agencies' figures as one; ages are not joined."""
    count, of = defaultdict[str, int](int), defaultdict[str, int](int)
    for figures in rows:
        for code, one in figures.items():
            count[code] += one.count or 0
            of[code] += one.of or 0
    return {code: Figure(BY_CODE[code], count[code], of[code]) for code in of}


def whole(found: Figures, kept: Kept, period: Period) -> list[Figure]:
    """Every check in its order: 0 of 0 where there was nothing to check, null if not counted."""
    return [
        found.get(check.code, Figure(check, 0, 0))
        if kept.tells(check, period)
        else Figure(check, None, None)
        for check in CHECKS
    ]


def _rows(kept: Kept, period: Period, agency: Agency | None) -> Iterator[Any]:
    counted = kept.part_of(period)
    if counted is not None:
        days = QualityCount.day.between(counted.first, counted.last)
        yield from _sums(on(Basis.OPENED), days, agency)
    if kept.night is not None:
        yield from _sums(on(Basis.NOW), QualityCount.day == kept.night, agency)


def _sums(codes: Iterable[str], days: Any, agency: Agency | None) -> Iterator[Any]:
    query = (
        select(
            QualityCount.agency_id,
            QualityCount.check_code,
            func.sum(QualityCount.found).label("found"),
            func.sum(QualityCount.out_of).label("out_of"),
            # Of one night only: there is one value.
            func.max(QualityCount.median_s).label("median_s"),
            func.max(QualityCount.p90_s).label("p90_s"),
        )
        .where(days, QualityCount.check_code.in_(codes))
        .group_by(QualityCount.agency_id, QualityCount.check_code)
    )
    if agency is not None:
        query = query.where(QualityCount.agency_id == agency.id)
    yield from db.session.execute(query)
