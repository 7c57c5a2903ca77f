"""The audit log: who looked at or changed what, beside the reports' own events."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Index, Select, String, select
from sqlalchemy.orm import Mapped, mapped_column

from reports_service.core import clock
from reports_service.core.auth import Actor
from reports_service.core.db import BigKey, Json, Model, UtcDateTime, db

LOOKED = "looked"  # the act of seeing a person's data


class AuditEntry(Model):
    """One act on an object. ``detail`` holds codes and values, never words of a citizen."""

    __tablename__ = "audit_entries"
    __table_args__ = (Index("ix_audit_entries_object", "object_kind", "object_key"),)

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    account_id: Mapped[int | None] = mapped_column(BigKey)
    actor: Mapped[str] = mapped_column(String(200))
    act: Mapped[str] = mapped_column(String(40))
    object_kind: Mapped[str] = mapped_column(String(40))
    object_key: Mapped[str] = mapped_column(String(120))
    detail: Mapped[dict[str, Any]] = mapped_column(Json)


def record(actor: Actor, act: str, object_kind: str, object_key: str, **detail: Any) -> AuditEntry:
    """Write down, in the caller's unit of work, that ``actor`` did ``act`` on an object."""
    entry = AuditEntry(
        at=clock.now(),
        account_id=actor.account_id,
        actor=actor.name,
        act=act,
        object_kind=object_kind,
        object_key=object_key,
        detail=detail,
    )
    db.session.add(entry)
    return entry


def looks() -> Select[AuditEntry]:
    """Who looked at whose personal data: each look as it was written down."""
    return select(AuditEntry).where(AuditEntry.act == LOOKED)


def listing(object_kind: str | None, object_key: str | None) -> Select[AuditEntry]:
    """The log, or what it says about one kind of object or one object."""
    query = select(AuditEntry)
    if object_kind:
        query = query.where(AuditEntry.object_kind == object_kind)
    if object_key:
        query = query.where(AuditEntry.object_key == object_key)
    return query
