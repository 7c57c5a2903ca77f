"""A report, its pictures and its followers, as rows."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    Boolean,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Text,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from reports_service.accounts.models import Account
from reports_service.agencies.models import Agency
from reports_service.areas.models import Area
from reports_service.attachments.models import Attachment
from reports_service.categories.models import Category
from reports_service.core.db import BigKey, Json, Model, UtcDateTime
from reports_service.reports.models.reporter import Reporter

if TYPE_CHECKING:
    from reports_service.reports.models.assignment import Assignment
    from reports_service.reports.models.event import Event

# SQLite takes a partial index only where a query repeats its condition word by word.
STILL_OPEN = text("is_open")
# Ended, or with a result, and the people in it are not forgotten yet.
TO_FORGET = text("anonymised_at IS NULL AND NOT is_open")
# What lists and maps show to anybody; restricted reports are nobody's, withdrawn ones are gone.
FINDABLE = text("NOT restricted AND status <> 'withdrawn'")


class Report(Model):
    """What a citizen filed, and where it stands now.

    ``event_seq`` is the number of its last event and so its version; ``event_head`` is that
    event's hash. ``promised_by`` is set at filing and never moves.
    """

    __tablename__ = "reports"
    __table_args__ = (
        Index("ix_reports_created_at_id", "created_at", "id"),
        Index("ix_reports_place", "lat", "lon"),
        Index("ix_reports_agency_status", "agency_id", "status"),
        Index("ix_reports_agency_created", "agency_id", "created_at"),
        Index("ix_reports_category_created", "category_id", "created_at"),
        Index("ix_reports_area_created", "area_id", "created_at"),
        Index("ix_reports_promised_by", "promised_by"),
        Index(
            "ix_reports_open_place",
            "category_id",
            "lat",
            "lon",
            sqlite_where=STILL_OPEN,
            postgresql_where=STILL_OPEN,
        ),
        # All that a map's view asks of a report: it is answered from here alone.
        Index(
            "ix_reports_map",
            *("lat", "lon", "created_at", "status", "is_open", "category_id"),
            *("area_id", "agency_id", "promised_by", "resolved_at", "restricted", "id"),
            sqlite_where=FINDABLE,
            postgresql_where=FINDABLE,
        ),
        Index(
            "ix_reports_to_forget",
            "category_id",
            "status_since",
            sqlite_where=TO_FORGET,
            postgresql_where=TO_FORGET,
        ),
        Index(
            "ix_reports_restricted",
            "id",
            sqlite_where=text("restricted = 1"),
            postgresql_where=text("restricted"),
        ),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    code: Mapped[str] = mapped_column(String(10), unique=True)
    idempotency_key: Mapped[str | None] = mapped_column(String(100), unique=True)
    fingerprint: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    token_generation: Mapped[int] = mapped_column(Integer, default=1)
    # Of the key that the last renewal was asked for with: who lost the answer can ask again.
    renewal_hash: Mapped[bytes | None] = mapped_column(LargeBinary(32))

    status: Mapped[str] = mapped_column(String(20))
    is_open: Mapped[bool] = mapped_column(Boolean)
    status_before_merge: Mapped[str | None] = mapped_column(String(20))
    status_since: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    priority: Mapped[str] = mapped_column(String(20))
    channel: Mapped[str] = mapped_column(String(20))
    language: Mapped[str] = mapped_column(String(5))
    restricted: Mapped[bool] = mapped_column(Boolean, default=False)

    category_id: Mapped[int | None] = mapped_column(ForeignKey(Category.id))
    suggested_category_id: Mapped[int | None] = mapped_column(ForeignKey(Category.id))
    answers: Mapped[list[dict[str, Any]]] = mapped_column(Json)

    lat: Mapped[float | None] = mapped_column(Float)
    lon: Mapped[float | None] = mapped_column(Float)
    filed_lat: Mapped[float | None] = mapped_column(Float)
    filed_lon: Mapped[float | None] = mapped_column(Float)
    area_id: Mapped[int | None] = mapped_column(ForeignKey(Area.id))
    area_at_filing_id: Mapped[int | None] = mapped_column(ForeignKey(Area.id))
    place_fit: Mapped[str] = mapped_column(String(10))  # inside, near, outside, named

    description: Mapped[str] = mapped_column(Text)
    public_description: Mapped[str] = mapped_column(Text)
    address: Mapped[str] = mapped_column(Text)
    search_text: Mapped[str] = mapped_column(Text)
    text_hidden_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    text_hidden_by_id: Mapped[int | None] = mapped_column(ForeignKey(Account.id))
    text_hidden_reason: Mapped[str | None] = mapped_column(Text)

    reporter_id: Mapped[int | None] = mapped_column(ForeignKey(Reporter.id), index=True)
    filed_by_id: Mapped[int | None] = mapped_column(ForeignKey(Account.id))
    agency_id: Mapped[int] = mapped_column(ForeignKey(Agency.id))
    master_id: Mapped[int | None] = mapped_column(ForeignKey("reports.id"), index=True)
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("reports.id"))
    recurrence_of_id: Mapped[int | None] = mapped_column(ForeignKey("reports.id"), index=True)
    recurrence_number: Mapped[int] = mapped_column(Integer, default=1)
    followers_count: Mapped[int] = mapped_column(Integer, default=0)
    questions_asked: Mapped[int] = mapped_column(Integer, default=0)

    promised_by: Mapped[datetime] = mapped_column(UtcDateTime)
    expected_by: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime)
    resolved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    closes_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)  # by silence
    reopens_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    resolution_kind: Mapped[str | None] = mapped_column(String(20))
    planned_for: Mapped[date | None] = mapped_column(Date)
    retained_until: Mapped[date] = mapped_column(Date)  # as it was expected at filing
    anonymised_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    event_seq: Mapped[int] = mapped_column(Integer, default=0)
    event_head: Mapped[bytes] = mapped_column(LargeBinary(32))

    category: Mapped[Category | None] = relationship(foreign_keys=[category_id])
    suggested_category: Mapped[Category | None] = relationship(foreign_keys=[suggested_category_id])
    area: Mapped[Area | None] = relationship(foreign_keys=[area_id])
    agency: Mapped[Agency] = relationship()
    reporter: Mapped[Reporter | None] = relationship()
    master: Mapped[Report | None] = relationship(foreign_keys=[master_id], remote_side=[id])
    recurrence_of: Mapped[Report | None] = relationship(
        foreign_keys=[recurrence_of_id], remote_side=[id]
    )
    assignments: Mapped[list[Assignment]] = relationship(
        back_populates="report", order_by="Assignment.number"
    )
    events: Mapped[list[Event]] = relationship(back_populates="report", order_by="Event.seq")
    photos: Mapped[list[ReportPhoto]] = relationship(
        back_populates="report", order_by="ReportPhoto.position"
    )
    followers: Mapped[list[Follower]] = relationship(order_by="Follower.id", viewonly=True)


class ReportPhoto(Model):
    """An attachment of a report: which event brought it, and what for."""

    __tablename__ = "report_photos"

    attachment_id: Mapped[int] = mapped_column(ForeignKey(Attachment.id), primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey(Report.id), index=True)
    role: Mapped[str] = mapped_column(String(20))  # report, after, reply
    position: Mapped[int] = mapped_column(Integer)
    event_seq: Mapped[int] = mapped_column(Integer)

    report: Mapped[Report] = relationship(back_populates="photos")
    attachment: Mapped[Attachment] = relationship(lazy="joined")


class Follower(Model):
    """Somebody who follows a report that another filed. Without a contact only counted."""

    __tablename__ = "followers"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey(Report.id), index=True)
    reporter_id: Mapped[int | None] = mapped_column(ForeignKey(Reporter.id))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    reporter: Mapped[Reporter | None] = relationship()
