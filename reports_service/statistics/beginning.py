"""When the first report was filed: before that there is nothing to count or to compare with."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select

from reports_service.core.db import db
from reports_service.reports.models import Report
from reports_service.statistics.scope import Period


def first_filed() -> datetime | None:
    """The moment of the first report; None where there is none."""
    return db.session.scalar(select(func.min(Report.created_at)))


def is_whole(period: Period, first: datetime | None) -> bool:
    """Whether the first report had been filed by the end of the period's first day."""
    return first is not None and first.astimezone(period.zone).date() <= period.first
