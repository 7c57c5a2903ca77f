"""What the sweep does to the outbox itself: done effects go, none waits for a time long gone."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from sqlalchemy import delete as delete_from
from sqlalchemy import or_, select, update

from reports_service.core import backoff, clock
from reports_service.core.db import db, unit_of_work
from reports_service.core.outbox import ALONE, ATTEMPTS_MAX, SKEW, Effect, waiting

FORGOTTEN_AT_ONCE: Final = 1000


def forget(older_than: timedelta) -> int:
    """Delete effects done longer ago than that; those given up stay. Returns how many."""
    before, total = clock.now() - older_than, 0
    oldest = select(Effect.id).where(Effect.done_at < before).order_by(Effect.id)
    while True:
        with unit_of_work():
            ids = db.session.scalars(oldest.limit(FORGOTTEN_AT_ONCE)).all()
            db.session.execute(delete_from(Effect).where(Effect.id.in_(ids)))
        total += len(ids)
        if len(ids) < FORGOTTEN_AT_ONCE:
            return total


def take_back_future() -> int:
    """Make due what waits for a time that no longer comes soon. Returns how many.

    A clock that went wrong forwards and was put right leaves effects written, or put off, in a
    future that was taken back: they would wait as long as the clock was wrong.
    """
    now = clock.now()
    put_off = [
        (Effect.attempts == attempts) & (Effect.due_at > now + backoff.longest(attempts) + SKEW)
        for attempts in range(ATTEMPTS_MAX)
    ]
    # Without an error it was put off by nobody: it waits for a time that was meant.
    never = or_(Effect.written_at > now + SKEW, Effect.last_error.is_not(None) & or_(*put_off))
    with unit_of_work():
        brought = db.session.scalars(
            update(Effect)
            .where(ALONE, waiting(), Effect.due_at > now, never)
            .values(due_at=now)
            .returning(Effect.id)
            .execution_options(synchronize_session=False)
        )
        return len(brought.all())
