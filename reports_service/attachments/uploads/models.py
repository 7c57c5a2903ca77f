"""Uploads as rows: how much was announced, how much of it has arrived, what became of it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from reports_service.core.db import Model, UtcDateTime


class Upload(Model):
    """A file on its way. Who knows ``uuid`` may go on with it; nobody may read it.

    Bytes beyond ``arrived`` do not count, whatever lies on the disk: a piece that broke off before
    its checksum could be compared is written over. ``sender`` is a keyed hash of the address that
    began it. ``sha256``: of the whole, once it is there; the filing of a report is known again by
    it. ``used_at``: a report took it in. ``swept_at``: its bytes are gone.
    """

    __tablename__ = "uploads"

    uuid: Mapped[str] = mapped_column(String(36), primary_key=True)
    byte_size: Mapped[int] = mapped_column(BigInteger)
    arrived: Mapped[int] = mapped_column(BigInteger, default=0)
    sha256: Mapped[str | None] = mapped_column(String(64))
    sender: Mapped[bytes] = mapped_column(LargeBinary(32), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    swept_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
