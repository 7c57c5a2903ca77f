"""How soon a change shows in the figures, while another process recounts as a worker does."""

from __future__ import annotations

import multiprocessing
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.synchronize import Event
from typing import Any

from flask import Flask
from sqlalchemy import func, select

from bench.figured.asking import Days, Leader, Question
from bench.figured.changes import COUNTED, Changes
from reports_service import create_app
from reports_service.core import clock
from reports_service.core.db import db
from reports_service.core.outbox import Effect
from reports_service.reports.chain import FIGURES
from reports_service.sla.service import zone
from reports_service.statistics.cells.recount import catch_up

COMMITS_A_SECOND = 50
LOOKS_EVERY_S = 0.25
SETTLES_WITHIN_S = 60.0
IDLE_S = 0.05
STARTS_WITHIN_S = 60.0


@dataclass
class Fresh:
    """How a stretch of changes went. ``waiting``: effects at the middle and at the end."""

    asked_a_second: int
    longest_s: float = 0.0
    rate: float = 0.0
    waiting: list[int] = field(default_factory=list)
    missing: int = 0


class Watcher(threading.Thread):
    """Reads the figures of today again and again: how old is the first change that lacks."""

    def __init__(self, app: Flask, leader: Leader, committed: list[float]) -> None:
        super().__init__(daemon=True)
        self.longest_s = 0.0
        self.seen = 0
        self._app, self._leader, self._committed = app, leader, committed
        today = clock.now().astimezone(zone()).date()
        self._path = Question.of_agencies("today", Days(today, today), 0).path
        self._before = self._counted()
        self._over = threading.Event()

    def run(self) -> None:
        """Look until ``finish``."""
        while not self._over.wait(LOOKS_EVERY_S):
            self.look()

    def look(self) -> None:
        """Read once, and note how long the first change that is not there was durable."""
        began, made = time.perf_counter(), len(self._committed)
        self.seen = self._counted() - self._before
        if self.seen < made:
            self.longest_s = max(self.longest_s, began - self._committed[self.seen])

    def finish(self) -> int:
        """Look until all changes show. Returns how many never did."""
        self._over.set()
        self.join()
        end = time.perf_counter() + SETTLES_WITHIN_S
        while self.seen < len(self._committed) and time.perf_counter() < end:
            self.look()
            time.sleep(LOOKS_EVERY_S)
        return len(self._committed) - self.seen

    def _counted(self) -> int:
        shown = self._leader.ask(self._path)["items"]
        return sum(row[name] for row in shown for name in COUNTED)


def freshness(app: Flask, leader: Leader, rate: int, seconds: int) -> Fresh:
    """Change so many reports a second for so long while a process of its own recounts.

    Call it in an application context.
    """
    changes, committed = Changes(rate * seconds), list[float]()
    with recounting(app):
        watcher = Watcher(app, leader, committed)
        watcher.start()
        found = _at_pace(changes, rate, committed)
        found.missing = watcher.finish()
        found.longest_s = watcher.longest_s
    return found


def _at_pace(changes: Changes, rate: int, committed: list[float]) -> Fresh:
    found, each = Fresh(rate), max(1, rate // COMMITS_A_SECOND)
    began = time.perf_counter()
    for first in range(0, changes.number, each):
        time.sleep(max(0.0, began + first / rate - time.perf_counter()))
        changes.make(first, each)
        now = time.perf_counter()
        committed.extend([now] * min(each, changes.number - first))
        if first <= changes.number // 2 < first + each:
            found.waiting.append(waiting())
    found.rate = changes.number / (time.perf_counter() - began)
    found.waiting.append(waiting())
    return found


def waiting() -> int:
    """How many effects wait to be counted."""
    query = select(func.count(Effect.id)).where(Effect.together, Effect.kind == FIGURES)
    number = db.session.scalar(query) or 0
    db.session.rollback()
    return number


@contextmanager
def recounting(app: Flask) -> Iterator[None]:
    """A process that recounts what changes, as a worker does, for as long as the block lasts."""
    spawned = multiprocessing.get_context("spawn")
    ready, over = spawned.Event(), spawned.Event()
    settings = {
        "SQLALCHEMY_DATABASE_URI": app.config["SQLALCHEMY_DATABASE_URI"],
        "DATA_DIR": app.config["DATA_DIR"],
        "LOG_LEVEL": "ERROR",
    }
    worker = spawned.Process(target=recount, args=(settings, ready, over), daemon=True)
    worker.start()
    try:
        if not ready.wait(STARTS_WITHIN_S):
            raise SystemExit("the process that recounts did not start")
        yield
    finally:
        over.set()
        worker.join(STARTS_WITHIN_S)


def recount(settings: dict[str, Any], ready: Event, over: Event) -> None:
    """Count what waits until it is over."""
    app = create_app("test", **settings)
    with app.app_context():
        catch_up()
        db.session.rollback()
        ready.set()
        while not over.is_set():
            if not catch_up():
                db.session.rollback()  # else it would look at the same moment for ever
                time.sleep(IDLE_S)
