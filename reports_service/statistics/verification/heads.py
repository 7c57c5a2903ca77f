"""The daily heads once more from the events: a history rewritten later shows on its day."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select

from reports_service.core.as_kept import as_kept
from reports_service.core.audit import AuditEntry
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


def not_as_logged() -> Iterator[Difference]:
    """The heads that the audit log tells of and that are gone, or are others now."""
    told = select(AuditEntry.object_key, as_kept(AuditEntry.detail)).where(
        AuditEntry.object_kind == daily_heads.AUDITED_AS
    )
    rows = db.session.connection().execute(told.order_by(AuditEntry.number))
    logged = {day: detail for day, detail in rows if isinstance(detail, dict)}
    found = _found()
    for day, detail in logged.items():
        head, kept = detail.get("head"), found.get(day)
        if kept is None:
            yield Difference(Kind.DAY_MISSING, day=date.fromisoformat(day), expected=head)
        elif kept != head:
            yield Difference(
                Kind.DAY_NOT_AS_LOGGED, day=date.fromisoformat(day), expected=head, found=kept
            )


def not_as_published(copied: Mapping[date, str]) -> Iterator[Difference]:
    """The days whose head is not the one that somebody copied (hexadecimal) when it was new."""
    found = _found()
    for day, head in sorted(copied.items()):
        kept = found.get(day.isoformat())
        if kept != head:
            yield Difference(Kind.DAY_NOT_AS_PUBLISHED, day=day, expected=head, found=kept)


def _found() -> dict[str, str]:
    """Days as ISO 8601 writes them -> heads, hexadecimal."""
    rows = db.session.execute(select(DailyHead.day, DailyHead.head))
    return {day.isoformat(): head.hex() for day, head in rows}


def _reach(kept: DailyHead, zone: ZoneInfo) -> Reach:
    ends_at = datetime.combine(kept.day + timedelta(days=1), time.min, zone)
    return Reach(ends_at, kept.place)


def kept(period: Period) -> Sequence[DailyHead]:
    """The heads of the days of a period, the oldest first."""
    days = DailyHead.day.between(period.first, period.last)
    return db.session.scalars(select(DailyHead).where(days).order_by(DailyHead.day)).all()
