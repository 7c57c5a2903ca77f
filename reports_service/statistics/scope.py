"""What figures are asked for: which local days, and which part of the work."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from reports_service.agencies.models import Agency
from reports_service.areas import service as areas
from reports_service.categories import service as categories
from reports_service.core.db import db
from reports_service.domain.errors import AsSent, Invalid

DAYS_BY_DEFAULT = 30
LONGEST_YEARS = 100
WITHOUT = "-"  # as a category or area: none is known
ALONE = "/-"  # after a category or area: itself, without those below it


class PeriodBackwards(Invalid):
    """The period ends before it begins."""

    code = "period_backwards"


class PeriodTooLong(Invalid):
    """The period is longer than anything that was counted."""

    code = "period_too_long"


class FilterEnded(Invalid):
    """What is asked for had ended before the period began: there is nothing to count."""

    code = "filter_ended"


@dataclass(frozen=True, slots=True)
class Period:
    """Local days from the first to the last, both counted, in the deployment's time zone."""

    first: date
    last: date
    zone: ZoneInfo

    @classmethod
    def of(cls, first: date | None, last: date | None, now: datetime, zone: ZoneInfo) -> Period:
        """The last 30 days up to today where nothing is said.

        Raises ``PeriodBackwards``, ``PeriodTooLong``.
        """
        last = last or now.astimezone(zone).date()
        first = first or last - timedelta(days=DAYS_BY_DEFAULT - 1)
        if last < first:
            raise PeriodBackwards(field="to", first=first.isoformat(), last=last.isoformat())
        if last.year - first.year - ((last.month, last.day) < (first.month, first.day)) >= (
            LONGEST_YEARS
        ):
            raise PeriodTooLong(field="from", years=LONGEST_YEARS)
        return cls(first, last, zone)

    @property
    def begins(self) -> datetime:
        """The first moment of the first day."""
        return self._midnight(self.first)

    @property
    def ends(self) -> datetime:
        """The first moment after the last day."""
        return self._midnight(self.last + timedelta(days=1))

    def _midnight(self, day: date) -> datetime:
        return datetime.combine(day, time.min, self.zone).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Span:
    """At least ``from_days`` times 24 hours, and less than ``to_days`` times (None: no end)."""

    from_days: int
    to_days: int | None


@dataclass(frozen=True, slots=True)
class Ended:
    """A filter (``category``, ``area``, ``agency``) on what takes nothing new since ``day``."""

    filter: str
    names: Mapping[str, str]
    day: date


@dataclass(frozen=True, slots=True)
class Remark:
    """Words (their code, and what stands in them) that a reader of the figures must know."""

    code: str
    values: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Scope:
    """The part of the work that is counted. None: no such limit.

    ``as_of``: changes up to then are counted. ``asked_at``: the second at which what is open and
    overdue is counted. Among the ids of categories and areas None stands for those without one.
    ``age`` and ``overdue``: of what is open, only what is open or overdue for so long.
    ``asked`` repeats the filters as they came, for links to what is behind a figure; ``ended``
    names those of them that are no more; ``remarks`` is what else a reader must know.
    """

    period: Period
    as_of: datetime
    asked_at: datetime
    category_ids: Collection[int | None] | None = None
    area_ids: Collection[int | None] | None = None
    channel: str | None = None
    kind: str | None = None
    agency_id: int | None = None
    age: Span | None = None
    overdue: Span | None = None
    asked: tuple[tuple[str, str], ...] = ()
    ended: tuple[Ended, ...] = ()
    remarks: tuple[Remark, ...] = ()

    @property
    def is_narrowed(self) -> bool:
        """Whether only a part of what its agencies do is counted."""
        parts = (self.category_ids, self.area_ids, self.channel, self.age, self.overdue)
        return any(part is not None for part in parts)

    @property
    def today(self) -> date:
        """The local day of the asking."""
        return self.asked_at.astimezone(self.period.zone).date()

    def of_agency(self, agency: Agency) -> Scope:
        """The part of it that this agency did. Raises ``FilterEnded``."""
        return replace(
            self,
            agency_id=agency.id,
            asked=asked_of(self, agency=agency.code),
            ended=(*self.ended, *_ended(self.period, "agency", agency, agency.ended_at)),
        )


def asked_of(scope: Scope, **own: str) -> tuple[tuple[str, str], ...]:
    """The filters that lead to what is behind a part of ``scope``."""
    return (*((name, value) for name, value in scope.asked if name not in own), *own.items())


def scope_of(
    filters: Mapping[str, Any],
    as_of: datetime,
    zone: ZoneInfo,
    *,
    asked_at: datetime | None = None,
) -> Scope:
    """Read the filters ``first last category area channel kind`` (codes; None: all).

    A category or area counts with all below it; ``CODE/-`` counts it alone, ``-`` what has none.
    ``asked_at`` is ``as_of`` where it is not said. Raises ``PeriodBackwards``, ``PeriodTooLong``,
    ``FilterEnded``, ``CategoryUnknown``, ``AreaUnknown``.
    """
    category, area = filters.get("category"), filters.get("area")
    asked_at = asked_at or as_of
    period = Period.of(filters.get("first"), filters.get("last"), asked_at, zone)
    return Scope(
        period=period,
        as_of=as_of,
        asked_at=asked_at,
        category_ids=_categories(category) if category else None,
        area_ids=_areas(area) if area else None,
        channel=filters.get("channel"),
        kind=filters.get("kind"),
        asked=(
            ("from", period.first.isoformat()),
            ("to", period.last.isoformat()),
            *((name, filters[name]) for name in FILTERS if filters.get(name)),
        ),
        ended=(*_category_ended(period, category), *_area_ended(period, area)),
    )


FILTERS = ("category", "area", "channel", "kind")


def _categories(asked: str) -> set[int | None]:
    if asked == WITHOUT:
        return {None}
    if not asked.endswith(ALONE):
        return {*categories.with_children(asked)}
    return {categories.by_code(asked.removesuffix(ALONE)).id}


def _areas(asked: str) -> set[int | None]:
    if asked == WITHOUT:
        return {None}
    if not asked.endswith(ALONE):
        return {*areas.with_children(asked)}
    area = areas.by_code(asked.removesuffix(ALONE))
    return {one.id for one in db.session.scalars(areas.versions(area.code))}


def _category_ended(period: Period, asked: str | None) -> Iterator[Ended]:
    if asked and asked != WITHOUT:
        found = categories.by_code(asked.removesuffix(ALONE))
        yield from _ended(period, "category", found, found.ended_at)


def _area_ended(period: Period, asked: str | None) -> Iterator[Ended]:
    if asked and asked != WITHOUT:
        latest = areas.by_code(asked.removesuffix(ALONE))
        gone = latest.valid_to
        at = datetime.combine(gone, time.min, period.zone) if gone else None
        yield from _ended(period, "area", latest, at)


def _ended(period: Period, name: str, thing: Any, at: datetime | None) -> Iterator[Ended]:
    """What is to be said of a thing that takes nothing new from ``at`` on."""
    if at is None or at >= period.ends:
        return
    day = at.astimezone(period.zone).date()
    if at <= period.begins:
        raise FilterEnded(field=name, value=AsSent(thing.code), day=f"{day:%d/%m/%Y}")
    yield Ended(name, thing.names, day)
