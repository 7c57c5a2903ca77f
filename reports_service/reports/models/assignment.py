"""Agencies holding a report, and the clocks that run meanwhile, as rows."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Boolean, Float, ForeignKey, Index, Integer, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from reports_service.accounts.models import Account
from reports_service.agencies.models import Agency
from reports_service.areas.models import Area
from reports_service.categories.models import Category
from reports_service.core.db import BigKey, Json, Model, UtcDateTime
from reports_service.reports.models.report import Report


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
