"""Policies, the working calendar and escalation ladders as rows."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import Boolean, Date, ForeignKey, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from reports_service.agencies.models import Agency
from reports_service.categories.models import Category
from reports_service.core.db import BigKey, Json, Model, UtcDateTime


class Ladder(Model):
    """Who is told when a clock runs out; ``steps`` as ``domain.escalation.Ladder`` serialises."""

    __tablename__ = "ladders"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    code: Mapped[str] = mapped_column(String(60), unique=True)
    names: Mapped[dict[str, str]] = mapped_column(Json)
    steps: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Policy(Model):
    """Targets and limits for the reports that it fits; empty conditions fit everything.

    Targets are ``{"amount", "unit"}``. ``triage``: for what the 1022 centre holds unrouted.
    """

    __tablename__ = "sla_policies"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    code: Mapped[str] = mapped_column(String(60), unique=True)
    names: Mapped[dict[str, str]] = mapped_column(Json)
    category_id: Mapped[int | None] = mapped_column(ForeignKey(Category.id))
    agency_id: Mapped[int | None] = mapped_column(ForeignKey(Agency.id))
    priority: Mapped[str | None] = mapped_column(String(20))
    triage: Mapped[bool] = mapped_column(Boolean, default=False)
    acknowledge: Mapped[dict[str, Any]] = mapped_column(Json)
    resolve: Mapped[dict[str, Any]] = mapped_column(Json)
    ladder_id: Mapped[int | None] = mapped_column(ForeignKey(Ladder.id))
    questions_max: Mapped[int] = mapped_column(Integer, default=2)
    question_days: Mapped[int] = mapped_column(Integer, default=10)
    extensions_max: Mapped[int] = mapped_column(Integer, default=1)
    extension_longest: Mapped[dict[str, Any]] = mapped_column(Json)
    silence_days: Mapped[int] = mapped_column(Integer, default=7)
    reopen_days: Mapped[int] = mapped_column(Integer, default=30)
    position: Mapped[int] = mapped_column(Integer, default=0)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    category: Mapped[Category | None] = relationship(lazy="joined")
    agency: Mapped[Agency | None] = relationship(lazy="joined")
    ladder: Mapped[Ladder | None] = relationship(lazy="joined")


class Calendar(Model):
    """Weekly hours of the deployment: weekday ("0" is Monday) -> [["07:30", "11:30"], ...]."""

    __tablename__ = "calendars"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    code: Mapped[str] = mapped_column(String(60), unique=True)
    names: Mapped[dict[str, str]] = mapped_column(Json)
    weekly: Mapped[dict[str, list[list[str]]]] = mapped_column(Json)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    days: Mapped[list[CalendarDay]] = relationship(order_by="CalendarDay.day")


class CalendarDay(Model):
    """A day that differs from the week: off (``hours`` is None), or worked with these hours."""

    __tablename__ = "calendar_days"
    __table_args__ = (UniqueConstraint("calendar_id", "day"),)

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    calendar_id: Mapped[int] = mapped_column(ForeignKey(Calendar.id))
    day: Mapped[date] = mapped_column(Date)
    hours: Mapped[list[list[str]] | None] = mapped_column(Json)
    names: Mapped[dict[str, str]] = mapped_column(Json)
    source: Mapped[str | None] = mapped_column(String(200))
