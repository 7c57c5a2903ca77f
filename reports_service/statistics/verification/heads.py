"""The daily heads once more from the events: a history rewritten later shows on its day."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from reports_service.core.db import db
from reports_service.reports import daily_heads
from reports_service.reports.daily_heads import Reach
from reports_service.reports.models import DailyHead
from reports_service.statistics.scope import Period
from reports_service.statistics.verification.differences import Difference, Kind


def other_days(zone: ZoneInfo) -> Iterator[Difference]:
    """The kept heads that the events do not give. Each is judged by the one kept before it."""
    before: DailyHead | None = None
    for kept in db.session.scalars(select(DailyHead).order_by(DailyHead.day)).all():
        since = _reach(before, zone) if before else None
        reports, head = daily_heads.day_head(before, since, _reach(kept, zone))
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


def _reach(kept: DailyHead, zone: ZoneInfo) -> Reach:
    ends_at = datetime.combine(kept.day + timedelta(days=1), time.min, zone)
    return Reach(ends_at, kept.place)


def kept(period: Period) -> Sequence[DailyHead]:
    """The heads of the days of a period, the oldest first."""
    days = DailyHead.day.between(period.first, period.last)
    return db.session.scalars(select(DailyHead).where(days).order_by(DailyHead.day)).all()
