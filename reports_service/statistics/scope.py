"""What figures are asked for: which local days, and which part of the work."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from reports_service.areas import service as areas
from reports_service.categories import service as categories
from reports_service.domain.errors import Invalid

DAYS_BY_DEFAULT = 30
LONGEST_YEARS = 100


class PeriodBackwards(Invalid):
    """The period ends before it begins."""

    code = "period_backwards"


class PeriodTooLong(Invalid):
    """The period is longer than anything that was counted."""

    code = "period_too_long"


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
class Scope:
    """The part of the work that is counted. None: no such limit.

    ``as_of``: changes up to then are counted. ``asked_at``: the second at which what is open and
    overdue is counted. ``asked`` repeats the filters as they came, for links to what is behind a
    figure.
    """

    period: Period
    as_of: datetime
    asked_at: datetime
    category_ids: Collection[int] | None = None
    area_ids: Collection[int] | None = None
    channel: str | None = None
    kind: str | None = None
    agency_id: int | None = None
    asked: tuple[tuple[str, str], ...] = ()


def scope_of(
    filters: Mapping[str, Any],
    as_of: datetime,
    zone: ZoneInfo,
    *,
    asked_at: datetime | None = None,
) -> Scope:
    """Read the filters ``first last category area channel kind`` (codes; None: all).

    A category or area counts with all below it. ``asked_at`` is ``as_of`` where it is not said.
    Raises ``PeriodBackwards``, ``PeriodTooLong``, ``CategoryUnknown``, ``AreaUnknown``.
    """
    category, area = filters.get("category"), filters.get("area")
    asked_at = asked_at or as_of
    period = Period.of(filters.get("first"), filters.get("last"), asked_at, zone)
    return Scope(
        period=period,
        as_of=as_of,
        asked_at=asked_at,
        category_ids=categories.with_children(category) if category else None,
        area_ids=areas.with_children(area) if area else None,
        channel=filters.get("channel"),
        kind=filters.get("kind"),
        asked=(
            ("from", period.first.isoformat()),
            ("to", period.last.isoformat()),
            *((name, filters[name]) for name in FILTERS if filters.get(name)),
        ),
    )


FILTERS = ("category", "area", "channel", "kind")
