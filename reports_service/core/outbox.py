"""Effects: what must happen after a change, written in the change's own transaction.

An effect is a row with a kind and ids. A worker leases it, performs it and marks it done; when the
worker dies, the lease runs out and another takes it. ``fence`` grows with each lease, so that an
orphan which wakes up late cannot mark or write over what its successor did. Redis only wakes the
workers: everything in it may be lost, and a sweep finds the rows again.

No transaction is open while a handler runs: it may take its time over a mail or a picture.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Index,
    Integer,
    Select,
    String,
    Text,
    select,
    text,
    update,
)
from sqlalchemy.orm import Mapped, mapped_column

from reports_service.core import backoff, clock
from reports_service.core.db import BigKey, Json, Model, UtcDateTime, db, unit_of_work
from reports_service.core.failures import in_words
from reports_service.domain.errors import Unavailable

# As long as people wait when a worker dies at work; whoever works longer renews it meanwhile.
LEASE = timedelta(seconds=45)
LEASED_AT_ONCE = 20
ATTEMPTS_MAX = 30  # with the pauses between them: a mail server may be away for two days
KIND_LONGEST = 40
SKEW = timedelta(minutes=2)  # by more, clocks of two machines do not differ: one was set back
# As the partial indexes say it: SQLite takes one only for the very words that it was made with.
TOGETHER, ALONE = text("together"), text("NOT together")
WRITTEN = "effects_written"  # in the session's info, until its commit wakes the workers

Handler = Callable[[Mapping[str, Any]], None]
_handlers: dict[str, Handler] = {}
_counts_as_done: ContextVar[bool] = ContextVar("effects_count_as_done", default=False)
_performing: ContextVar[Leased | None] = ContextVar("effect_performed_now", default=None)
log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Leased:
    """An effect in this worker's hands, as long as the row's fence is still this one."""

    effect_id: int
    fence: int


class LeaseLost(Exception):
    """The lease ran out and another worker performs the effect now; whatever this one did, it
    must write no more of it.
    """


class Effect(Model):
    """One thing to do once the change that wrote it is durable."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index(
            "ix_outbox_waiting",
            "due_at",
            "id",
            postgresql_where=text("done_at IS NULL AND dead_at IS NULL AND NOT together"),
            sqlite_where=text("done_at IS NULL AND dead_at IS NULL AND NOT together"),
        ),
        Index(
            "ix_outbox_together",
            "kind",
            "written_at",
            "id",
            postgresql_where=text("together"),
            sqlite_where=text("together"),
        ),
        Index(
            "ix_outbox_given_up",
            "id",
            postgresql_where=text("dead_at IS NOT NULL"),
            sqlite_where=text("dead_at IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    kind: Mapped[str] = mapped_column(String(KIND_LONGEST))
    payload: Mapped[dict[str, Any]] = mapped_column(Json)
    written_at: Mapped[datetime] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    fence: Mapped[int] = mapped_column(Integer, default=0)
    leased_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    dead_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_error: Mapped[str | None] = mapped_column(Text)
    # Many are done at once by who asks for them (``together``); nobody leases one of them.
    together: Mapped[bool] = mapped_column(Boolean, default=False)


def handles(kind: str) -> Callable[[Handler], Handler]:
    """Name the function that performs effects of ``kind``: it gets the payload, may run twice."""

    def named(handler: Handler) -> Handler:
        _handlers[kind] = handler
        return handler

    return named


def kinds() -> Sequence[str]:
    """The kinds of effect that this process can perform."""
    return sorted(_handlers)


def put(kind: str, payload: Mapping[str, Any], due_at: datetime | None = None) -> Effect:
    """Write an effect in the caller's unit of work."""
    effect = made(kind, payload, due_at)
    db.session.add(effect)
    return effect


def made(
    kind: str,
    payload: Mapping[str, Any],
    due_at: datetime | None = None,
    *,
    together: bool = False,
) -> Effect:
    """An effect that the caller writes himself, in his unit of work."""
    now = clock.now()
    effect = Effect(
        kind=kind,
        payload=dict(payload),
        written_at=now,
        due_at=due_at or now,
        attempts=0,
        fence=0,
        done_at=now if _counts_as_done.get() and not together else None,
        together=together,
    )
    if effect.done_at is None and effect.due_at <= now:
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


def lease(limit: int = LEASED_AT_ONCE) -> list[Leased]:
    """Take up to ``limit`` due effects for ``LEASE``, the longest due first.

    One that was begun ``ATTEMPTS_MAX`` times and never ended took its worker down each time: it is
    given up here.
    """
    now = clock.now()
    with unit_of_work():
        due = db.session.scalars(due_effects(now, limit)).all()
        spent = [effect for effect in due if effect.attempts >= ATTEMPTS_MAX]
        for effect in spent:
            effect.dead_at, effect.leased_until = now, None
            effect.last_error = effect.last_error or "its worker died at every attempt"
        fresh = [effect for effect in due if effect.attempts < ATTEMPTS_MAX]
        for effect in fresh:
            effect.leased_until = now + LEASE
            effect.fence += 1
        return [Leased(effect.id, effect.fence) for effect in fresh]


def due_effects(now: datetime, limit: int) -> Select[Effect]:
    """What can be leased at ``now``. Rows that another worker is leasing are passed over."""
    return (
        select(Effect)
        .where(ALONE, _can_be_leased(now))
        .order_by(Effect.due_at, Effect.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )


def anything_due() -> bool:
    """Whether there is something to do now."""
    alone = select(Effect.id).where(ALONE, _can_be_leased(clock.now())).limit(1)
    together = select(Effect.id).where(TOGETHER).limit(1)
    return any(db.session.scalar(found) is not None for found in (alone, together))


def renew() -> None:
    """Lease the effect that this handler performs afresh; to be called in the middle of long work.

    Inside the handler's unit of work it also guards what is written there: of two workers on one
    effect only the one with the newest lease can commit. Raises ``LeaseLost``; outside of an
    effect it does nothing.
    """
    held = _performing.get()
    if held is not None and not _mark(held, leased_until=clock.now() + LEASE):
        raise LeaseLost(f"effect {held.effect_id}, fence {held.fence}")


def perform(held: Leased) -> bool:
    """Do one leased effect. Returns whether it is done; a failure is written down, not raised."""
    begun = _begin(held)
    if begun is None:
        return False
    kind, payload, attempts = begun
    token = _performing.set(held)
    try:
        _handlers[kind](payload)
    except Unavailable as away:
        db.session.rollback()
        log.warning("effect waits: %s", away, extra={"effect": held.effect_id, "kind": kind})
        _wait_for_part(held, away)
        return False
    except Exception as failure:
        db.session.rollback()
        log.exception("effect failed", extra={"effect": held.effect_id, "kind": kind})
        _postpone(held, attempts, failure)
        return False
    finally:
        _performing.reset(token)
    log.info("effect performed", extra={"effect": held.effect_id, "kind": kind})
    return _mark(held, done_at=clock.now(), leased_until=None, last_error=None)


def work(limit: int = LEASED_AT_ONCE, stopping: Callable[[], bool] = lambda: False) -> int:
    """Lease and perform what is due, once around. Returns how many effects were taken.

    As soon as ``stopping()`` holds, the rest is given back for others.
    """
    taken = lease(limit)
    for number, held in enumerate(taken):
        if stopping():
            _give_back(taken[number:])
            break
        perform(held)
    return len(taken)


def waiting() -> ColumnElement[bool]:
    """What is neither done nor given up."""
    return Effect.done_at.is_(None) & Effect.dead_at.is_(None)


def _can_be_leased(now: datetime) -> ColumnElement[bool]:
    lease = Effect.leased_until
    # Nobody leases for so long: whoever wrote that did so by a clock that was put back since.
    free = lease.is_(None) | (lease < now) | (lease > now + LEASE + SKEW)
    return waiting() & (Effect.due_at <= now) & free & Effect.kind.in_(kinds())


def _begin(held: Leased) -> tuple[str, Mapping[str, Any], int] | None:
    """Count the attempt and lease afresh, just before the work. None when another took it."""
    with unit_of_work():
        begun = db.session.execute(
            update(Effect)
            .where(_still(held))
            .values(attempts=Effect.attempts + 1, leased_until=clock.now() + LEASE)
            .returning(Effect.kind, Effect.payload, Effect.attempts)
            .execution_options(synchronize_session=False)
        ).one_or_none()
        return None if begun is None else (begun.kind, begun.payload, begun.attempts)


def _postpone(held: Leased, attempts: int, failure: Exception) -> None:
    said, now = in_words(failure), clock.now()
    if attempts >= ATTEMPTS_MAX:
        _mark(held, dead_at=now, leased_until=None, last_error=said)
    else:
        _mark(held, due_at=now + backoff.after(attempts), leased_until=None, last_error=said)


def _wait_for_part(held: Leased, away: Unavailable) -> None:
    """A part that all effects need is away: no fault of this one, so that it counts no attempt.
    The wait stays short, or people would wait much longer than the part was away.
    """
    again_at = clock.now() + backoff.after(0)
    said = f"{type(away).__name__}: {away}"
    back = Effect.attempts - 1
    _mark(held, due_at=again_at, attempts=back, leased_until=None, last_error=said)


def _give_back(taken: Sequence[Leased]) -> None:
    with unit_of_work():
        for held in taken:
            _mark(held, leased_until=None)


def _mark(held: Leased, **values: Any) -> bool:
    """Change the row of an effect that is still in our hands. Returns whether it was."""
    with unit_of_work():
        marked = db.session.scalar(
            update(Effect)
            .where(_still(held))
            .values(**values)
            .returning(Effect.id)
            .execution_options(synchronize_session=False)
        )
        return marked is not None


def _still(held: Leased) -> ColumnElement[bool]:
    return (Effect.id == held.effect_id) & (Effect.fence == held.fence) & waiting()
