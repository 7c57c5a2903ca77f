"""Looking at what workers have given up, having it tried again, and dropping it; all audited."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Select, func, select, update

from reports_service.core import audit, clock, outbox
from reports_service.core.auth import Actor
from reports_service.core.db import db, for_update
from reports_service.core.failures import without_people
from reports_service.core.outbox import Effect
from reports_service.core.pages import BIGGEST_KEY, Key, page
from reports_service.dead_letters.purposes import About, about
from reports_service.domain.errors import NotFound
from reports_service.reports.chain import FIGURES

AUDITED_AS: Final = "effect"
ALL: Final = "*"  # as the object of an act on many
# They are done many at once by who counts; nobody leases one.
DONE_TOGETHER: Final = frozenset({FIGURES})
NEWEST_FIRST = (Key(Effect.id, lambda effect: effect.id, descending=True),)


class LetterUnknown(NotFound):
    """Nothing was given up under this number; perhaps it was tried again or dropped since."""

    code = "dead_letter_unknown"


@dataclass(frozen=True)
class Letter:
    """An effect that was given up: what for, after how many attempts, with which last error."""

    id: int
    kind: str
    about: About
    attempts: int
    error: str
    written_at: datetime
    dead_at: datetime


@dataclass(frozen=True)
class Letters:
    """Some of them, newest first, and the cursor of the next page (None on the last one)."""

    items: Sequence[Letter]
    next_cursor: str | None


def waiting() -> int:
    """How many have been given up."""
    return db.session.scalar(select(func.count()).select_from(_given_up().subquery())) or 0


def look(
    actor: Actor, kind: str | None = None, cursor: str | None = None, limit: int = 50
) -> Letters:
    """Those given up, or those of one kind; to be called in a unit of work, since it is noted."""
    found = page(_given_up(kind), NEWEST_FIRST, cursor, limit)
    audit.record(
        actor, audit.LOOKED, AUDITED_AS, ALL, kind=kind, shown=[one.id for one in found.items]
    )
    return Letters(_letters(found.items), found.next_cursor)


def look_at(actor: Actor, letter_id: int) -> Letter:
    """One of them. Raises ``LetterUnknown``."""
    effect = _find(letter_id)
    audit.record(actor, audit.LOOKED, AUDITED_AS, str(letter_id), kind=effect.kind)
    return _letters([effect])[0]


def retry(actor: Actor, letter_id: int) -> Letter:
    """Have one tried again from the beginning, as if it had never failed.

    Raises ``LetterUnknown``.
    """
    effect = _find(letter_id)
    letter = _letters([effect])[0]
    _send_again(Effect.id == effect.id)
    audit.record(actor, "retried", AUDITED_AS, str(letter_id), **_facts(letter))
    return letter


def retry_all(actor: Actor, kind: str | None = None) -> int:
    """Have all of them tried again, or all of one kind. Returns how many."""
    count = _send_again(Effect.kind == kind if kind else Effect.id.is_not(None))
    audit.record(actor, "retried", AUDITED_AS, ALL, kind=kind, count=count)
    return count


def drop(actor: Actor, letter_id: int) -> Letter:
    """Let one never happen; the audit log keeps what it was. Raises ``LetterUnknown``."""
    effect = _find(letter_id)
    letter = _letters([effect])[0]
    audit.record(
        actor, "dropped", AUDITED_AS, str(letter_id), **_facts(letter), payload=effect.payload
    )
    db.session.delete(effect)
    return letter


def _send_again(which: Any) -> int:
    now = clock.now()
    sent = db.session.execute(
        update(Effect)
        .where(Effect.dead_at.is_not(None), which)
        .values(
            dead_at=None,
            due_at=now,
            attempts=0,
            leased_until=None,
            fence=Effect.fence + 1,  # an orphan that still works on it has lost it
            together=Effect.kind.in_(DONE_TOGETHER),
        )
        .execution_options(synchronize_session=False)
    )
    db.session().info[outbox.WRITTEN] = True
    return int(sent.rowcount)  # type: ignore[attr-defined]


def _given_up(kind: str | None = None) -> Select[Effect]:
    query = select(Effect).where(Effect.dead_at.is_not(None))
    return query.where(Effect.kind == kind) if kind else query


def _find(letter_id: int) -> Effect:
    known = abs(letter_id) < BIGGEST_KEY
    effect = db.session.get(Effect, letter_id, **for_update()) if known else None
    if effect is None or effect.dead_at is None:
        raise LetterUnknown(letter=letter_id)
    return effect


def _letters(effects: Sequence[Effect]) -> list[Letter]:
    return [
        Letter(
            id=effect.id,
            kind=effect.kind,
            about=what,
            attempts=effect.attempts,
            error=without_people(effect.last_error or ""),
            written_at=effect.written_at,
            dead_at=effect.dead_at or effect.due_at,
        )
        for effect, what in zip(effects, about(effects), strict=True)
    ]


def _facts(letter: Letter) -> dict[str, Any]:
    return {
        "kind": letter.kind,
        "about": letter.about.name,
        "attempts": letter.attempts,
        "error": letter.error,
        "dead_at": letter.dead_at.isoformat(),
    }
