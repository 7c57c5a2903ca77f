"""Exports with their parts, as rows."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from reports_service.core.db import BigKey, Model, UtcDateTime

UNFINISHED = "finished_at IS NULL AND swept_at IS NULL"


class Export(Model):
    """Files of a period, asked for by a machine or an administrator. Local days, both counted."""

    __tablename__ = "exports"
    __table_args__ = (
        Index(  # who asks twice at once gets one
            "uq_exports_unfinished",
            "requested_by",
            "what",
            "format",
            "first",
            "last",
            unique=True,
            sqlite_where=text(UNFINISHED),
            postgresql_where=text(UNFINISHED),
        ),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    uuid: Mapped[str] = mapped_column(String(36), unique=True)
    what: Mapped[str] = mapped_column(String(20))
    format: Mapped[str] = mapped_column(String(10))
    first: Mapped[date] = mapped_column(Date)
    last: Mapped[date] = mapped_column(Date)
    requested_by: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    kept_until: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    swept_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    parts: Mapped[list[ExportPart]] = relationship(
        back_populates="export", order_by="ExportPart.number", lazy="selectin"
    )

    @property
    def state(self) -> str:
        """waiting, building, ready or swept."""
        if self.swept_at is not None:
            return "swept"
        if self.finished_at is not None:
            return "ready"
        return "building" if any(part.made_at for part in self.parts) else "waiting"

    @property
    def left_out_count(self) -> int | None:
        """How many rows of the period are of restricted reports; None while a part is not known."""
        counts = [part.left_out_count for part in self.parts]
        known = [count for count in counts if count is not None]
        return sum(known) if len(known) == len(counts) else None


class ExportPart(Model):
    """One file of an export: a month, or what of it the period has. Empty until it was built."""

    __tablename__ = "export_parts"
    __table_args__ = (UniqueConstraint("export_id", "number"),)

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    export_id: Mapped[int] = mapped_column(ForeignKey(Export.id))
    number: Mapped[int] = mapped_column(Integer)
    name: Mapped[str] = mapped_column(String(100))
    first: Mapped[date] = mapped_column(Date)
    last: Mapped[date] = mapped_column(Date)
    row_count: Mapped[int | None] = mapped_column(Integer)
    left_out_count: Mapped[int | None] = mapped_column(Integer)  # None too of parts from before it
    byte_size: Mapped[int | None] = mapped_column(BigInteger)
    sha256: Mapped[str | None] = mapped_column(String(64))
    storage_key: Mapped[str | None] = mapped_column(String(200))
    made_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    export: Mapped[Export] = relationship(back_populates="parts")
