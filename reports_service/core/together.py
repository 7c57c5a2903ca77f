"""Effects of one kind that are done many at once, by who asks for them: nobody leases one.

They are read, done and deleted in one unit of work, so each counts once, whoever dies when.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select, update
from sqlalchemy import delete as delete_from

from reports_service.core import clock, outbox
from reports_service.core.db import db
from reports_service.core.failures import in_words
from reports_service.core.outbox import TOGETHER, Effect
from reports_service.core.outbox_upkeep import FORGOTTEN_AT_ONCE


def put(kind: str, payload: Mapping[str, Any]) -> Effect:
    """Write an effect that is done together with others of its kind."""
    effect = outbox.made(kind, payload, together=True)
    db.session.add(effect)
    return effect


def anything(kind: str) -> bool:
    """Whether effects of this kind wait to be done together."""
    return oldest(kind) is not None


def oldest(kind: str) -> datetime | None:
    """When the oldest of them was written; None when none waits."""
    return db.session.scalar(
        select(Effect.written_at)
        .where(TOGETHER, Effect.kind == kind)
        .order_by(Effect.written_at)
        .limit(1)
    )


def waiting(kind: str, limit: int) -> Sequence[Row[tuple[int, Mapping[str, Any]]]]:
    """(id, payload) of those that wait longest. Do them, and forget them in the unit of work that
    writes what was done: then each counts once, whoever dies when.
    """
    return db.session.execute(
        select(Effect.id, Effect.payload)
        .where(TOGETHER, Effect.kind == kind)
        .order_by(Effect.written_at, Effect.id)
        .limit(limit)
    ).all()


def forget(effect_ids: Sequence[int]) -> None:
    """Delete effects that were done together, in the caller's unit of work."""
    for start in range(0, len(effect_ids), FORGOTTEN_AT_ONCE):
        part = effect_ids[start : start + FORGOTTEN_AT_ONCE]
        db.session.execute(delete_from(Effect).where(Effect.id.in_(part)))


def forget_all(kind: str) -> None:
    """Delete all of a kind, for who does anew all that they could ask for."""
    db.session.execute(delete_from(Effect).where(TOGETHER, Effect.kind == kind))


def give_up_oldest(kind: str, failure: Exception) -> None:
    """Let nobody try again the one that waits longest; it is kept with what went wrong."""
    (longest,) = waiting(kind, 1)
    db.session.execute(
        update(Effect)
        .where(Effect.id == longest.id)
        .values(together=False, dead_at=clock.now(), last_error=in_words(failure))
    )
