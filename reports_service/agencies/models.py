"""Agencies as rows."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from reports_service.core.db import BigKey, Json, Model, UtcDateTime


class AgencyKind(StrEnum):
    """Agencies are ranked among their kind only."""

    CENTRE = "centre"
    DEPARTMENT = "department"
    COMMITTEE = "committee"
    UTILITY = "utility"


class Agency(Model):
    """An agency that reports are handed to. ``mailbox`` is shared: staff come and go."""

    __tablename__ = "agencies"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    code: Mapped[str] = mapped_column(String(60), unique=True)
    names: Mapped[dict[str, str]] = mapped_column(Json)
    kind: Mapped[str] = mapped_column(String(20))
    mailbox: Mapped[str | None] = mapped_column(String(200))
    phone: Mapped[str | None] = mapped_column(String(40))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
