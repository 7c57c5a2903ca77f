"""Routing rules as rows."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Boolean, ForeignKey, Integer, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from reports_service.agencies.models import Agency
from reports_service.areas.models import Area
from reports_service.categories.models import Category
from reports_service.core.db import BigKey, Json, Model, UtcDateTime


class RoutingRule(Model):
    """Matters of a category, in an area, with a word or an answer, go to an agency.

    Empty conditions hold for everything. Either ``agency_id`` is set, or ``to_committee``: the
    people's committee of the place. Among equally specific rules the smaller ``position`` wins.
    """

    __tablename__ = "routing_rules"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    category_id: Mapped[int | None] = mapped_column(ForeignKey(Category.id))
    area_id: Mapped[int | None] = mapped_column(ForeignKey(Area.id))
    word: Mapped[str | None] = mapped_column(String(100))
    question: Mapped[str | None] = mapped_column(String(60))
    answer: Mapped[str | None] = mapped_column(String(100))
    agency_id: Mapped[int | None] = mapped_column(ForeignKey(Agency.id))
    to_committee: Mapped[bool] = mapped_column(Boolean, default=False)
    priority: Mapped[str | None] = mapped_column(String(20))
    position: Mapped[int] = mapped_column(Integer, default=0)
    notes: Mapped[dict[str, str]] = mapped_column(Json)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    category: Mapped[Category | None] = relationship(lazy="joined")
    area: Mapped[Area | None] = relationship(lazy="joined")
    agency: Mapped[Agency | None] = relationship(lazy="joined")
