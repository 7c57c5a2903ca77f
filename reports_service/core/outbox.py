"""Effects: what must happen after a change, written in the change's own transaction.

An effect is a row with a kind and ids. A worker leases it, performs it and marks it done; when the
worker dies, the lease runs out and another takes it. ``fence`` grows with each lease, so that an
orphan which wakes up late cannot mark or write over what its successor did. Redis only wakes the
workers: everything in it may be lost, and a sweep finds the rows again.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Index, Integer, String, Text, select, text, update
from sqlalchemy.orm import Mapped, mapped_column

from reports_service.core import clock
from reports_service.core.db import BigKey, Json, Model, UtcDateTime, db, unit_of_work

LEASE = timedelta(minutes=2)
ATTEMPTS_MAX = 12
BACKOFF_FIRST = timedelta(seconds=5)
BACKOFF_LONGEST = timedelta(hours=1)
WRITTEN = "effects_written"  # in the session's info, until its commit wakes the workers

Handler = Callable[[Mapping[str, Any]], None]
_handlers: dict[str, Handler] = {}
_counts_as_done: ContextVar[bool] = ContextVar("effects_count_as_done", default=False)
log = logging.getLogger(__name__)


class Effect(Model):
    """One thing to do once the change that wrote it is durable."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index(
            "ix_outbox_waiting",
            "due_at",
            postgresql_where=text("done_at IS NULL AND dead_at IS NULL"),
            sqlite_where=text("done_at IS NULL AND dead_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    payload: Mapped[dict[str, Any]] = mapped_column(Json)
    written_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    fence: Mapped[int] = mapped_column(Integer, default=0)
    leased_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    dead_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_error: Mapped[str | None] = mapped_column(Text)


def handles(kind: str) -> Callable[[Handler], Handler]:
    """Name the function that performs effects of ``kind``. It gets the payload, and may run twice."""

    def named(handler: Handler) -> Handler:
        _handlers[kind] = handler
        return handler

    return named


def kinds() -> Sequence[str]:
    """The kinds of effect that this process can perform."""
    return sorted(_handlers)


def put(kind: str, payload: Mapping[str, Any], due_at: datetime | None = None) -> Effect:
    """Write an effect in the caller's unit of work."""
    now = clock.now()
    effect = Effect(
        kind=kind,
        payload=dict(payload),
        written_at=now,
        due_at=due_at or now,
        attempts=0,
        fence=0,
        done_at=now if _counts_as_done.get() else None,
    )
    db.session.add(effect)
    if effect.done_at is None:
        db.session().info[WRITTEN] = True
    return effect


@contextmanager
def counting_as_done() -> Iterator[None]:
    """Effects written in the block are not performed: a simulated past mails nobody."""
    token = _counts_as_done.set(True)
    try:
        yield
    finally:
        _counts_as_done.reset(token)


def lease(limit: int = 50) -> list[tuple[int, int]]:
    """Take up to ``limit`` due effects for ``LEASE``. Returns (id, fence) of each, oldest first."""
    now = clock.now()
    with unit_of_work():
        due = db.session.scalars(
            select(Effect)
            .where(
                Effect.done_at.is_(None),
                Effect.dead_at.is_(None),
                Effect.due_at <= now,
                (Effect.leased_until.is_(None)) | (Effect.leased_until < now),
                Effect.kind.in_(kinds()),
            )
            .order_by(Effect.due_at, Effect.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        ).all()
        for effect in due:
            effect.leased_until = now + LEASE
            effect.fence += 1
            effect.attempts += 1
        return [(effect.id, effect.fence) for effect in due]


def renew(effect_id: int, fence: int) -> bool:
    """Lease an effect afresh just before performing it; False when another took it meanwhile."""
    return _mark(effect_id, fence, leased_until=clock.now() + LEASE)


def perform(effect_id: int, fence: int) -> bool:
    """Do one leased effect. Returns whether it is done now; a failure is written down, not raised."""
    if not renew(effect_id, fence):
        return False
    effect = db.session.get_one(Effect, effect_id)
    kind, payload, attempts = effect.kind, effect.payload, effect.attempts
    try:
        _handlers[kind](payload)
    except Exception as failure:
        db.session.rollback()
        log.exception("effect failed", extra={"effect": effect_id, "kind": kind})
        _postpone(effect_id, fence, attempts, failure)
        return False
    return _mark(effect_id, fence, done_at=clock.now(), last_error=None)


def work(limit: int = 50) -> int:
    """Lease and perform what is due, once around. Returns how many effects were taken."""
    taken = lease(limit)
    for effect_id, fence in taken:
        perform(effect_id, fence)
    return len(taken)


def backoff(attempts: int) -> timedelta:
    """How long to wait after so many attempts: doubling, bounded, with a quarter of jitter."""
    plain = min(BACKOFF_FIRST * 2 ** (attempts - 1), BACKOFF_LONGEST)
    return plain * random.uniform(0.75, 1.25)  # noqa: S311 - spreads load, keeps no secret


def _postpone(effect_id: int, fence: int, attempts: int, failure: Exception) -> None:
    said = f"{type(failure).__name__}: {failure}"[:2000]
    if attempts >= ATTEMPTS_MAX:
        _mark(effect_id, fence, dead_at=clock.now(), last_error=said)
    else:
        _mark(
            effect_id,
            fence,
            due_at=clock.now() + backoff(attempts),
            leased_until=None,
            last_error=said,
        )


def _mark(effect_id: int, fence: int, **values: Any) -> bool:
    with unit_of_work():
        marked = db.session.execute(
            update(Effect)
            .where(Effect.id == effect_id, Effect.fence == fence, Effect.done_at.is_(None))
            .values(**values)
        )
        return bool(marked.rowcount)  # type: ignore[attr-defined]
