"""What was counted of the quality of records, as rows: by local day, agency and check."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import Date, Float, ForeignKey, Integer, String
from sqlalchemy.orm import Mapped, mapped_column

from reports_service.agencies.models import Agency
from reports_service.core.db import Model, UtcDateTime
from reports_service.reports.models import Assignment, Report


class QualityDay(Model):
    """A local day that was counted: the assignments opened on it, and the night after it.

    ``night_at``: the moment at which the open assignments were counted that night; null where only
    those opened on the day were. Whoever writes counts of a day holds this row.
    """

    __tablename__ = "quality_days"

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    counted_at: Mapped[datetime] = mapped_column(UtcDateTime)
    night_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class QualityCount(Model):
    """How many assignments of an agency fail a check, out of how many. Nothing to check: no row.

    The last act's age (``silent`` only) has its median and 90th percentile, in seconds.
    """

    __tablename__ = "quality_counts"

    day: Mapped[date] = mapped_column(ForeignKey(QualityDay.day), primary_key=True)
    agency_id: Mapped[int] = mapped_column(ForeignKey(Agency.id), primary_key=True)
    check_code: Mapped[str] = mapped_column(String(40), primary_key=True)
    found: Mapped[int] = mapped_column(Integer)
    out_of: Mapped[int] = mapped_column(Integer)
    median_s: Mapped[float | None] = mapped_column(Float)
    p90_s: Mapped[float | None] = mapped_column(Float)


class SeenTwice(Model):
    """An open assignment whose report may be about the same thing as one filed before it.

    Kept for the last night only: distances on the ellipsoid are not measured by the database.
    """

    __tablename__ = "quality_seen_twice"

    day: Mapped[date] = mapped_column(ForeignKey(QualityDay.day), primary_key=True)
    assignment_id: Mapped[int] = mapped_column(ForeignKey(Assignment.id), primary_key=True)
    other_report_id: Mapped[int] = mapped_column(ForeignKey(Report.id))
    metres: Mapped[float] = mapped_column(Float)
