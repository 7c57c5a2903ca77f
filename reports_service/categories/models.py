"""Categories as rows: a tree of two levels, with the extra questions of each."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Boolean, ForeignKey, Integer, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from reports_service.core.db import BigKey, Json, Model, UtcDateTime


class Visibility(StrEnum):
    """Whether reports of a category are published."""

    PUBLIC = "public"
    RESTRICTED = "restricted"


class Priority(StrEnum):
    """How soon; it picks the policy."""

    NORMAL = "normal"
    URGENT = "urgent"
    EMERGENCY = "emergency"


class Category(Model):
    """A kind of matter.

    ``questions``: list of {code, kind, label {vi, en}, required, options [{code, vi, en}]}.
    ``location_precision_m``: the public sees the place rounded to so many metres (0: exactly).
    """

    __tablename__ = "categories"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    code: Mapped[str] = mapped_column(String(60), unique=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("categories.id"), index=True)
    names: Mapped[dict[str, str]] = mapped_column(Json)
    descriptions: Mapped[dict[str, str]] = mapped_column(Json)
    keywords: Mapped[list[str]] = mapped_column(Json)
    questions: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    visibility: Mapped[str] = mapped_column(String(20), default=Visibility.PUBLIC)
    priority: Mapped[str] = mapped_column(String(20), default=Priority.NORMAL)
    location_precision_m: Mapped[int] = mapped_column(Integer, default=0)
    duplicate_radius_m: Mapped[int] = mapped_column(Integer, default=50)
    after_photo: Mapped[bool] = mapped_column(Boolean, default=False)
    retention_days: Mapped[int] = mapped_column(Integer, default=3650)
    position: Mapped[int] = mapped_column(Integer, default=0)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    parent: Mapped[Category | None] = relationship(remote_side=[id])
