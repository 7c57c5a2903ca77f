"""The daily heads once more from the events: a history rewritten later shows on its day."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from reports_service.core.db import db
from reports_service.reports import chain
from reports_service.reports.models import DailyHead
from reports_service.statistics.scope import Period
from reports_service.statistics.verification.differences import Difference, Kind


def other_days(zone: ZoneInfo) -> Iterator[Difference]:
    """The kept heads that the events do not give. Each is judged by the one kept before it."""
    before: DailyHead | None = None
    for kept in db.session.scalars(select(DailyHead).order_by(DailyHead.day)).all():
        since = _end_of(before.day, zone) if before else None
        reports, head = chain.day_head(before, since, _end_of(kept.day, zone))
        if reports != kept.reports:
            yield Difference(
                Kind.DAY_DIFFERS,
                day=kept.day,
                field="reports",
                expected=kept.reports,
                found=reports,
            )
        if head != kept.head:
            yield Difference(
                Kind.DAY_DIFFERS, day=kept.day, field="head", expected=kept.head, found=head
            )
        before = kept


def _end_of(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day + timedelta(days=1), time.min, zone)


def kept(period: Period) -> Sequence[DailyHead]:
    """The heads of the days of a period, the oldest first."""
    days = DailyHead.day.between(period.first, period.last)
    return db.session.scalars(select(DailyHead).where(days).order_by(DailyHead.day)).all()
