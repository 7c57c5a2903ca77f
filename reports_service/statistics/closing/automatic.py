"""Closing by itself on a set day, and the nightly look at what differs from closed months."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select

from reports_service.core import clock
from reports_service.core.auth import SYSTEM
from reports_service.core.db import db
from reports_service.reports.models import Report
from reports_service.statistics.closing import checking, service
from reports_service.statistics.closing.freezing import FiguresDoNotAddUp
from reports_service.statistics.closing.models import ClosedPeriod
from reports_service.statistics.closing.months import Month, month_of
from reports_service.statistics.closing.service import FiguresBehind, MonthClosedAlready

AT_ONCE = 12  # months in one run: a province that begins with years behind it is caught up
log = logging.getLogger(__name__)


def close_due_months(on_day: int, zone: ZoneInfo) -> list[str]:
    """Close the months whose set day has come and in which anything was reported, oldest first.

    ``on_day``: of the month after; 0 for never. Months that were missed are caught up, and mailed
    to nobody: leaders hear of the newest. Returns the months that this call closed. May run
    twice, and at the same time as itself.
    """
    now = clock.now()
    newest = newest_due(now, on_day, zone)
    if newest is None:
        return []
    missing = list(_missing(newest, zone))[:AT_ONCE]
    return [str(month) for month in missing if _close(month, zone, tell=month == newest)]


def newest_due(now: datetime, on_day: int, zone: ZoneInfo) -> Month | None:
    """The newest month whose closing day has come; a day that the month lacks is its last."""
    if on_day <= 0:
        return None
    today = now.astimezone(zone).date()
    set_day = min(on_day, Month.of(today).last.day)
    return Month.of(today).before(1 if today.day >= set_day else 2)


def check_closed_months(zone: ZoneInfo) -> int:
    """Compare every closed month with the figures of now. Returns how many differ."""
    differing = 0
    for name in db.session.scalars(select(ClosedPeriod.month).order_by(ClosedPeriod.month)).all():
        try:
            differing += bool(checking.check(Month.parse(name), zone))
        except FiguresDoNotAddUp:
            log.warning("a closed month could not be compared", extra={"month": name})
    return differing


def _missing(newest: Month, zone: ZoneInfo) -> Iterator[Month]:
    """The months up to ``newest`` that are open still and have reports."""
    begun = db.session.scalar(select(Report.created_at).order_by(Report.created_at).limit(1))
    if begun is None:
        return
    known = set(db.session.scalars(select(ClosedPeriod.month)))
    for month in month_of(begun, zone).until(newest):
        if str(month) not in known and _any_report(month, zone):
            yield month


def _any_report(month: Month, zone: ZoneInfo) -> bool:
    period = month.period(zone)
    within = (Report.created_at >= period.begins, Report.created_at < period.ends)
    return db.session.scalar(select(Report.id).where(*within).limit(1)) is not None


def _close(month: Month, zone: ZoneInfo, *, tell: bool) -> bool:
    try:
        service.close(SYSTEM, month, zone, tell=tell)
    except MonthClosedAlready:
        return False
    except (FiguresBehind, FiguresDoNotAddUp) as later:
        log.warning("a month is not closed yet", extra={"month": str(month), "why": later.code})
        return False
    return True
