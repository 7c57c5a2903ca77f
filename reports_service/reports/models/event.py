"""What happened to a report, and what the chain of it came to each day, as rows."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Date,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from reports_service.accounts.models import Account
from reports_service.agencies.models import Agency
from reports_service.core.db import BigKey, Json, Model, UtcDateTime
from reports_service.reports.models.report import Report


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
    """One hash over the heads of all reports at the end of a day, and one over the audit log; both
    can be published outside.
    """

    __tablename__ = "daily_heads"

    day: Mapped[date] = mapped_column(Date, primary_key=True)
    reports: Mapped[int] = mapped_column(Integer)
    head: Mapped[bytes] = mapped_column(LargeBinary(32))
    # The last place among the changes when this was made; None before that was kept.
    place: Mapped[int | None] = mapped_column(BigInteger)
    # How far the audit log went when this was made, and its last hash; None before it was a chain.
    audit_number: Mapped[int | None] = mapped_column(BigInteger)
    audit_head: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
