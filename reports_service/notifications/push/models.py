"""Devices that asked to be told of a report."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Boolean, ForeignKey, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from reports_service.core.db import BigKey, Model, UtcDateTime
from reports_service.reports.models import Report


class Subscription(Model):
    """One device that is told of one report, at an address that only its push service knows.

    ``reporter``: the device showed the tracking token, so it is spoken to as the reporter.
    ``p256dh`` and ``auth`` are the device's keys (RFC 8291), in base64url as browsers give them.
    """

    __tablename__ = "push_subscriptions"
    __table_args__ = (UniqueConstraint("report_id", "endpoint_hash"),)

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey(Report.id))
    reporter: Mapped[bool] = mapped_column(Boolean)
    endpoint: Mapped[str] = mapped_column(Text)
    endpoint_hash: Mapped[bytes] = mapped_column(LargeBinary(32), index=True)
    p256dh: Mapped[str] = mapped_column(String(100))
    auth: Mapped[str] = mapped_column(String(40))
    language: Mapped[str] = mapped_column(String(5))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
