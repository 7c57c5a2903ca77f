"""Pictures as rows: what was sent, what became of it, where its files lie."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from uuid import uuid4

from sqlalchemy import BigInteger, Boolean, Float, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from reports_service.core import clock
from reports_service.core.db import BigKey, Model, UtcDateTime

ORIGINALS, DERIVED = "originals", "derived"  # the folders of their files


class Role(StrEnum):
    """What a picture is for: the report itself, proof of the work done, or an answer."""

    REPORT = "report"
    AFTER = "after"
    REPLY = "reply"


class State(StrEnum):
    """How far the work on a picture has come."""

    PENDING = "pending"
    READY = "ready"
    REJECTED = "rejected"


class Attachment(Model):
    """One picture. Whose it is stands elsewhere; its name as sent is never kept.

    ``width`` and ``height`` are those of the upright original; ``exif_*`` and ``taken_at`` are what
    the file itself says, a suggestion. ``published``: the public may see the derived pictures,
    unless ``hidden_at`` is set. ``decodings``: how often decoding it was begun and never ended.
    """

    __tablename__ = "attachments"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    uuid: Mapped[str] = mapped_column(String(36), unique=True, default=lambda: str(uuid4()))
    role: Mapped[str] = mapped_column(String(20))
    position: Mapped[int] = mapped_column(Integer, default=0)
    state: Mapped[str] = mapped_column(String(20))
    reason: Mapped[str | None] = mapped_column(String(40))
    media_type: Mapped[str | None] = mapped_column(String(60))
    byte_size: Mapped[int] = mapped_column(BigInteger, default=0)
    sha256: Mapped[str | None] = mapped_column(String(64))
    width: Mapped[int | None] = mapped_column(Integer)
    height: Mapped[int | None] = mapped_column(Integer)
    original_key: Mapped[str | None] = mapped_column(String(200))
    large_key: Mapped[str | None] = mapped_column(String(200))
    small_key: Mapped[str | None] = mapped_column(String(200))
    exif_lat: Mapped[float | None] = mapped_column(Float)
    exif_lon: Mapped[float | None] = mapped_column(Float)
    taken_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    published: Mapped[bool] = mapped_column(Boolean, default=False)
    hidden_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    hidden_by_id: Mapped[int | None] = mapped_column(BigInteger)
    hidden_reason: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=clock.now)
    decodings: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    ready_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    @property
    def is_there(self) -> bool:
        """Whether there are derived pictures: made, and not forgotten since."""
        return self.state == State.READY and self.large_key is not None

    @property
    def is_public(self) -> bool:
        """Whether anybody may see the derived pictures."""
        return self.is_there and self.published and self.hidden_at is None
