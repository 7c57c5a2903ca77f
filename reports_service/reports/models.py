"""Reports and all that happens to them, as rows."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

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
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from reports_service.accounts.models import Account
from reports_service.agencies.models import Agency
from reports_service.areas.models import Area
from reports_service.attachments.models import Attachment
from reports_service.categories.models import Category
from reports_service.core.db import BigKey, Json, Model, UtcDateTime

# SQLite takes a partial index only where a query repeats its condition word by word.
STILL_OPEN = text("is_open")


class Reporter(Model):
    """Who filed or follows, apart from the report. Fields are encrypted; the indexes are keyed."""

    __tablename__ = "reporters"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    name: Mapped[bytes | None] = mapped_column(LargeBinary)
    phone: Mapped[bytes | None] = mapped_column(LargeBinary)
    email: Mapped[bytes | None] = mapped_column(LargeBinary)
    phone_index: Mapped[bytes | None] = mapped_column(LargeBinary(32), index=True)
    email_index: Mapped[bytes | None] = mapped_column(LargeBinary(32), index=True)
    language: Mapped[str] = mapped_column(String(5))
    consent_version: Mapped[str | None] = mapped_column(String(20))
    consented_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    erased_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


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
    retained_until: Mapped[date] = mapped_column(Date)

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


class Assignment(Model):
    """One agency holding one report, from handing over to outcome (``domain.measures.Outcome``).

    ``policy`` is a copy of what applied, so that editing policies rewrites no history.
    ``resolve_by`` includes extensions; ``own_resolve_by`` leaves out those that the agency granted
    itself, and is the headline's deadline. Both are null while a question pauses the clock.
    The four lengths ``*_s`` are whole seconds, rounded down.
    """

    __tablename__ = "assignments"
    __table_args__ = (
        UniqueConstraint("report_id", "number"),
        Index("ix_assignments_agency_opened", "agency_id", "opened_at"),
        Index("ix_assignments_agency_due", "agency_id", "own_resolve_by"),
        Index("ix_assignments_opened_at", "opened_at"),
        Index("ix_assignments_due", "own_resolve_by"),
        Index("ix_assignments_resolved", "resolved_at"),
        Index(
            "ix_assignments_agency_resolved",
            "agency_id",
            "resolved_at",
            sqlite_where=text("resolved_at IS NOT NULL"),
            postgresql_where=text("resolved_at IS NOT NULL"),
        ),
        Index(
            "ix_assignments_open",
            "agency_id",
            "resolve_by",
            "category_id",
            "area_id",
            "channel",
            "opened_at",
            sqlite_where=text("outcome IS NULL"),
            postgresql_where=text("outcome IS NULL"),
        ),
        Index(
            "ix_assignments_open_due",
            "resolve_by",
            sqlite_where=text("outcome IS NULL"),
            postgresql_where=text("outcome IS NULL"),
        ),
        Index(
            "ix_assignments_reopened",
            "reopened_at",
            sqlite_where=text("reopened_at IS NOT NULL"),
            postgresql_where=text("reopened_at IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey(Report.id))
    number: Mapped[int] = mapped_column(Integer)
    agency_id: Mapped[int] = mapped_column(ForeignKey(Agency.id))
    officer_id: Mapped[int | None] = mapped_column(ForeignKey(Account.id), index=True)
    category_id: Mapped[int | None] = mapped_column(ForeignKey(Category.id))
    area_id: Mapped[int | None] = mapped_column(ForeignKey(Area.id))
    channel: Mapped[str] = mapped_column(String(20))
    triage: Mapped[bool] = mapped_column(Boolean, default=False)
    reason: Mapped[dict[str, Any]] = mapped_column(Json)  # why this agency: rule or person
    policy: Mapped[dict[str, Any]] = mapped_column(Json)

    opened_at: Mapped[datetime] = mapped_column(UtcDateTime)
    acknowledge_by: Mapped[datetime | None] = mapped_column(UtcDateTime)
    resolve_by: Mapped[datetime | None] = mapped_column(UtcDateTime)
    own_resolve_by: Mapped[datetime | None] = mapped_column(UtcDateTime)
    acknowledged_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    resolved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    resolution_kind: Mapped[str | None] = mapped_column(String(20))
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    outcome: Mapped[str | None] = mapped_column(String(20))
    paused_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    acknowledge_working_s: Mapped[float | None] = mapped_column(Float)
    acknowledge_elapsed_s: Mapped[float | None] = mapped_column(Float)
    resolve_working_s: Mapped[float | None] = mapped_column(Float)
    resolve_elapsed_s: Mapped[float | None] = mapped_column(Float)

    extensions_granted: Mapped[int] = mapped_column(Integer, default=0)
    reopened_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    rating: Mapped[int | None] = mapped_column(Integer)
    rated_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    report: Mapped[Report] = relationship(back_populates="assignments")
    agency: Mapped[Agency] = relationship()
    officer: Mapped[Account | None] = relationship()
    clocks: Mapped[list[ClockRow]] = relationship(back_populates="assignment")
    extensions: Mapped[list[Extension]] = relationship(order_by="Extension.id")


class ClockRow(Model):
    """A target running on an assignment. ``state`` is ``domain.sla.Clock`` as it serialises; the
    columns beside it repeat what queries need.
    """

    __tablename__ = "clocks"
    __table_args__ = (
        UniqueConstraint("assignment_id", "kind"),
        Index(
            "ix_clocks_next_step",
            "next_step_at",
            sqlite_where=text("next_step_at IS NOT NULL"),
            postgresql_where=text("next_step_at IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    assignment_id: Mapped[int] = mapped_column(ForeignKey(Assignment.id))
    kind: Mapped[str] = mapped_column(String(20))  # acknowledge, resolve
    state: Mapped[dict[str, Any]] = mapped_column(Json)
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    next_step: Mapped[int | None] = mapped_column(Integer)
    next_step_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    assignment: Mapped[Assignment] = relationship(back_populates="clocks")
    escalations: Mapped[list[Escalation]] = relationship()


class Escalation(Model):
    """A step of the ladder that was climbed: once per clock and step, whatever restarts."""

    __tablename__ = "escalations"
    __table_args__ = (UniqueConstraint("clock_id", "step"),)

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    clock_id: Mapped[int] = mapped_column(ForeignKey(ClockRow.id))
    step: Mapped[int] = mapped_column(Integer)
    tell: Mapped[str] = mapped_column(String(20))
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    done_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Extension(Model):
    """More time, asked for by the agency before the deadline, and what its head decided."""

    __tablename__ = "extensions"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    assignment_id: Mapped[int] = mapped_column(ForeignKey(Assignment.id), index=True)
    length: Mapped[dict[str, Any]] = mapped_column(Json)
    requested_at: Mapped[datetime] = mapped_column(UtcDateTime)
    requested_by_id: Mapped[int] = mapped_column(ForeignKey(Account.id))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey(Account.id))
    approved: Mapped[bool | None] = mapped_column(Boolean)


class Event(Model):
    """One thing that happened to a report. Append-only; facts only, the words stand apart.

    ``hash`` is an HMAC over the canonical facts and ``previous_hash``: the chain shows an event
    that was edited, removed or added.
    """

    __tablename__ = "events"
    __table_args__ = (UniqueConstraint("report_id", "seq"), Index("ix_events_at_id", "at", "id"))

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey(Report.id))
    seq: Mapped[int] = mapped_column(Integer)
    version: Mapped[int] = mapped_column(Integer)
    kind: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    by: Mapped[str] = mapped_column(String(20))  # domain.roles.Party
    account_id: Mapped[int | None] = mapped_column(ForeignKey(Account.id))
    agency_id: Mapped[int | None] = mapped_column(ForeignKey(Agency.id))
    internal: Mapped[bool] = mapped_column(Boolean, default=False)
    facts: Mapped[dict[str, Any]] = mapped_column(Json)
    text_digest: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    previous_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    hash: Mapped[bytes] = mapped_column(LargeBinary(32))

    report: Mapped[Report] = relationship(back_populates="events")
    words: Mapped[EventText | None] = relationship(back_populates="event", lazy="joined")


class EventText(Model):
    """The words of an event and the salt of their digest. Erasing deletes this row alone."""

    __tablename__ = "event_texts"

    event_id: Mapped[int] = mapped_column(ForeignKey(Event.id), primary_key=True)
    salt: Mapped[bytes] = mapped_column(LargeBinary(16))
    text: Mapped[str] = mapped_column(Text)

    event: Mapped[Event] = relationship(back_populates="words")


class DailyHead(Model):
    """One hash over the heads of all reports at the end of a day; it can be published outside."""

    __tablename__ = "daily_heads"

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    reports: Mapped[int] = mapped_column(Integer)
    head: Mapped[bytes] = mapped_column(LargeBinary(32))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Follower(Model):
    """Somebody who follows a report that another filed. Without a contact only counted."""

    __tablename__ = "followers"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey(Report.id), index=True)
    reporter_id: Mapped[int | None] = mapped_column(ForeignKey(Reporter.id))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)

    reporter: Mapped[Reporter | None] = relationship()


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
