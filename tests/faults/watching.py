"""Watching the outbox from outside: how long each effect waited, by the machine's own clock.

The service's clock may be wrong, so its own moments say nothing here. What waited while a part
was away waited for that part: those seconds are taken off, and nothing else is.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Row, create_engine, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from reports_service.core.outbox import Effect

EVERY_S = 0.5
# SQLite gives the number of a deleted row again: the moment of writing tells them apart.
WAITS = select(Effect.id, Effect.written_at, Effect.kind).where(
    Effect.done_at.is_(None), Effect.dead_at.is_(None)
)


@dataclass(frozen=True)
class Outage:
    """A stretch in which a part was away (``time.monotonic()``)."""

    name: str
    began: float
    ended: float

    def within(self, began: float, ended: float) -> float:
        """How many seconds of a stretch it covers."""
        return max(0.0, min(ended, self.ended) - max(began, self.began))


@dataclass(frozen=True)
class Wait:
    """An effect that was seen waiting."""

    kind: str
    began: float
    ended: float

    @property
    def seconds(self) -> float:
        """From when it was first seen until it was last seen."""
        return self.ended - self.began

    def own(self, outages: Sequence[Outage]) -> float:
        """The same without the time in which some part was away."""
        return self.seconds - _covered(self.began, self.ended, outages)


@dataclass
class Watch:
    """Looks at what waits, twice a second, from a thread of its own."""

    database: str
    waits: dict[tuple[int, datetime], Wait] = field(default_factory=dict)
    waiting: Counter[str] | None = None  # by kind at the last look; None: nobody could look
    _end: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> Watch:
        self._thread = threading.Thread(target=self._look_on)
        self._thread.start()
        return self

    def __exit__(self, *_why: object) -> None:
        self._end.set()
        self._thread.join()

    def longest(self, outages: Sequence[Outage]) -> tuple[float, str]:
        """The longest wait after a fault in seconds, and what kind of effect waited."""
        return max(
            ((wait.own(outages), wait.kind) for wait in list(self.waits.values())),
            default=(0.0, "none"),
        )

    def _look_on(self) -> None:
        engine = create_engine(self.database, poolclass=NullPool)
        while not self._end.wait(EVERY_S):
            self.waiting = None
            with suppress(DBAPIError), engine.connect() as connection:
                rows = connection.execute(WAITS).all()
                self._note(rows)
                self.waiting = Counter(kind for *_, kind in rows)
        engine.dispose()

    def _note(self, rows: Sequence[Row[tuple[int, datetime, str]]]) -> None:
        now = time.monotonic()
        for effect_id, written_at, kind in rows:
            known = self.waits.get((effect_id, written_at))
            self.waits[effect_id, written_at] = Wait(kind, known.began if known else now, now)


def _covered(began: float, ended: float, outages: Sequence[Outage]) -> float:
    """How many seconds of a stretch at least one outage covers."""
    covered, until = 0.0, began
    for outage in sorted(outages, key=lambda one: one.began):
        covered += outage.within(max(began, until), ended)
        until = max(until, outage.ended)
    return covered
