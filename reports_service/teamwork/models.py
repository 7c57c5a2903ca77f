"""What colleagues keep beside the reports, as rows: templates, drafts, filters, absences."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from reports_service.accounts.models import Account
from reports_service.agencies.models import Agency
from reports_service.categories.models import Category
from reports_service.core.db import BigKey, Json, Model, UtcDateTime
from reports_service.reports.models import Report


class Template(Model):
    """Words prepared for an act (``domain.lifecycle.Action``), by language, with placeholders.

    Without category it serves all; without agency the whole province. ``uses`` counts how often it
    was put into a form.
    """

    __tablename__ = "response_templates"
    __table_args__ = (Index("ix_response_templates_action", "action", "agency_id"),)

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    action: Mapped[str] = mapped_column(String(30))
    category_id: Mapped[int | None] = mapped_column(ForeignKey(Category.id))
    agency_id: Mapped[int | None] = mapped_column(ForeignKey(Agency.id))
    titles: Mapped[dict[str, str]] = mapped_column(Json)
    texts: Mapped[dict[str, str]] = mapped_column(Json)
    uses: Mapped[int] = mapped_column(Integer, default=0)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    category: Mapped[Category | None] = relationship(lazy="joined")
    agency: Mapped[Agency | None] = relationship(lazy="joined")


class Draft(Model):
    """What one account has typed so far for one act on one report; nobody else reads it."""

    __tablename__ = "drafts"
    __table_args__ = (
        UniqueConstraint("account_id", "report_id", "action"),
        Index("ix_drafts_saved_at", "saved_at"),
        Index("ix_drafts_report_id", "report_id"),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey(Account.id))
    report_id: Mapped[int] = mapped_column(ForeignKey(Report.id))
    action: Mapped[str] = mapped_column(String(30))
    fields: Mapped[dict[str, str]] = mapped_column(Json)
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime)


class QueueFilter(Model):
    """A view of the queue that somebody named; with an agency, their colleagues see it too."""

    __tablename__ = "queue_filters"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey(Account.id), index=True)
    agency_id: Mapped[int | None] = mapped_column(ForeignKey(Agency.id), index=True)
    name: Mapped[str] = mapped_column(String(80))
    query: Mapped[str] = mapped_column(String(1000))
    position: Mapped[int] = mapped_column(Integer)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Absence(Model):
    """Somebody is away in ``[starts_at, ends_at)``; new work goes to the deputy meanwhile."""

    __tablename__ = "absences"
    __table_args__ = (Index("ix_absences_account_ends", "account_id", "ends_at"),)

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey(Account.id))
    deputy_id: Mapped[int] = mapped_column(ForeignKey(Account.id))
    starts_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    reason: Mapped[str] = mapped_column(Text)
    set_by_id: Mapped[int | None] = mapped_column(ForeignKey(Account.id))
    set_at: Mapped[datetime] = mapped_column(UtcDateTime)

    account: Mapped[Account] = relationship(foreign_keys=[account_id], lazy="joined")
    deputy: Mapped[Account] = relationship(foreign_keys=[deputy_id], lazy="joined")
    set_by: Mapped[Account | None] = relationship(foreign_keys=[set_by_id], lazy="joined")
