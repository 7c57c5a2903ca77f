"""Areas and what the geocoder answered, as rows."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Date, ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from reports_service.agencies.models import Agency
from reports_service.core.db import BigKey, Json, Model, UtcDateTime


class Level(StrEnum):
    """What kind of unit an area is. The depth of the tree comes from the parents, not from here."""

    PROVINCE = "province"
    COMMUNE = "commune"
    HAMLET = "hamlet"


class Area(Model):
    """One version of an administrative unit, valid in [valid_from, valid_to) of local days.

    A code alone names no place: codes are given anew (80 was Long An, then Tây Ninh). A change of
    boundary or name from a date on is a new row; nothing is deleted. ``boundary`` is WKB in
    degrees (WGS 84) and is read only to build the index.
    """

    __tablename__ = "areas"
    __table_args__ = (UniqueConstraint("code", "valid_from"),)

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    code: Mapped[str] = mapped_column(String(20))
    valid_from: Mapped[date] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date)
    names: Mapped[dict[str, str]] = mapped_column(Json)
    level: Mapped[str] = mapped_column(String(20))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("areas.id"), index=True)
    committee_id: Mapped[int | None] = mapped_column(ForeignKey("agencies.id"), index=True)
    lat: Mapped[float | None]
    lon: Mapped[float | None]
    area_km2: Mapped[float | None]
    boundary: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    source: Mapped[str] = mapped_column(String(200))

    parent: Mapped[Area | None] = relationship(remote_side=[id])
    committee: Mapped[Agency | None] = relationship()


class GeocodeAnswer(Model):
    """What the geocoder answered to a question, kept until ``expires_at``."""

    __tablename__ = "geocode_answers"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    answer: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
