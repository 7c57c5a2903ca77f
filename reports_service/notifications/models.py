"""Deliveries: one event told to one recipient over one channel; mailings: what is no event."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from reports_service.accounts.models import Account
from reports_service.core.db import BigKey, Model, UtcDateTime
from reports_service.reports.models import Event


class Delivery(Model):
    """What one recipient is told of one event over one channel; unique, so never told twice.

    ``recipient``: ``account:7``, ``agency:3`` (the shared mailbox), ``reporter:12``, ``push:4`` (a
    device). A staff delivery over the channel ``inbox`` is read in the app; ``email`` leaves by
    mail, ``push`` appears on the device.
    """

    __tablename__ = "deliveries"
    __table_args__ = (
        UniqueConstraint("event_id", "recipient", "channel"),
        Index("ix_deliveries_inbox", "recipient", "channel", "id"),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey(Event.id))
    recipient: Mapped[str] = mapped_column(String(40))
    channel: Mapped[str] = mapped_column(String(20))
    language: Mapped[str] = mapped_column(String(5))
    subject: Mapped[str] = mapped_column(String(300))
    body: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    read_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_error: Mapped[str | None] = mapped_column(Text)

    event: Mapped[Event] = relationship()


class Mailing(Model):
    """A mail to an account about no single event: a monthly report, a weekly digest.

    ``occasion``: ``digest:2026-W47``; each account has one mail of an occasion.
    """

    __tablename__ = "mailings"
    __table_args__ = (UniqueConstraint("occasion", "account_id"),)

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    occasion: Mapped[str] = mapped_column(String(60))
    account_id: Mapped[int] = mapped_column(ForeignKey(Account.id))
    language: Mapped[str] = mapped_column(String(5))
    subject: Mapped[str] = mapped_column(String(300))
    body: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_error: Mapped[str | None] = mapped_column(Text)

    account: Mapped[Account] = relationship()
