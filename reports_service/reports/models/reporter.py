"""Who files or follows, apart from what they report."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from reports_service.core.db import BigKey, Model, UtcDateTime


class Reporter(Model):
    """Who filed or follows, apart from the report. Fields are encrypted; the indexes are keyed."""

    __tablename__ = "reporters"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    name: Mapped[bytes | None] = mapped_column(LargeBinary)
    phone: Mapped[bytes | None] = mapped_column(LargeBinary)
    email: Mapped[bytes | None] = mapped_column(LargeBinary)
    phone_index: Mapped[bytes | None] = mapped_column(LargeBinary(32), index=True)
    email_index: Mapped[bytes | None] = mapped_column(LargeBinary(32), index=True)
    key_name: Mapped[str | None] = mapped_column(String(24))  # None: from before keys had names
    language: Mapped[str] = mapped_column(String(5))
    consent_version: Mapped[str | None] = mapped_column(String(20))
    consented_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    erased_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
