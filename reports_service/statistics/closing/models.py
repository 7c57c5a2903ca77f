"""Closed months as rows that are written once: frozen figures, and corrections beside them."""

from __future__ import annotations

from datetime import datetime
from functools import cached_property
from typing import Any

import orjson
from sqlalchemy import ForeignKey, Integer, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from reports_service.core.db import BigKey, Model, UtcDateTime


class Frozen:
    """Figures as they were at one moment: canonical JSON text, and the SHA-256 of its bytes.

    ``seal``: over the hash and what it was stated with, by a key that is not in the database.
    """

    as_of: Mapped[datetime] = mapped_column(UtcDateTime)
    content: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(String(64))
    seal: Mapped[bytes] = mapped_column(LargeBinary(32))
    frozen_at: Mapped[datetime] = mapped_column(UtcDateTime)
    frozen_by: Mapped[str] = mapped_column(String(200))

    @cached_property
    def figures(self) -> dict[str, Any]:
        """The content, read."""
        read: dict[str, Any] = orjson.loads(self.content)
        return read


class ClosedPeriod(Frozen, Model):
    """A month that was closed. ``month``: 2026-10; unique, so that a month closes once."""

    __tablename__ = "closed_periods"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    month: Mapped[str] = mapped_column(String(7), unique=True)

    corrections: Mapped[list[PeriodCorrection]] = relationship(
        back_populates="period", order_by="PeriodCorrection.number"
    )


class PeriodCorrection(Frozen, Model):
    """The figures of a closed month as an admin stated them anew; the first stay as they are."""

    __tablename__ = "period_corrections"
    __table_args__ = (UniqueConstraint("period_id", "number"),)

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    period_id: Mapped[int] = mapped_column(ForeignKey(ClosedPeriod.id))
    number: Mapped[int] = mapped_column(Integer)
    reason: Mapped[str] = mapped_column(Text)

    period: Mapped[ClosedPeriod] = relationship(back_populates="corrections")


class PeriodCheck(Model):
    """How many figures of a closed month differed from the live ones when it was last compared."""

    __tablename__ = "period_checks"

    month: Mapped[str] = mapped_column(String(7), primary_key=True)
    checked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    differing: Mapped[int] = mapped_column(Integer)
