"""The faults: each strikes a running service, and returns when what struck is over."""

from __future__ import annotations

import random
import resource
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from signal import SIGKILL, SIGQUIT

from redis.exceptions import RedisError
from sqlalchemy import create_engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool

from tests.faults import processes
from tests.faults.service import PARTS, Service, eventually
from tests.faults.watching import Outage

AN_HOUR_S = 3600.0
STEP = "clock an hour ahead and back"
BACK_WITHIN_S = 400.0
HORSE_WITHIN_S = 400.0
FULL_BYTES = 16 * 1024  # no file grows beyond this: less than any photo
SERVED_BY = {
    "web": Service.answers,
    "queue": Service.queue_answers,
    "database": Service.database_answers,
}
CUT = text(
    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
)


@dataclass
class Faults:
    """All that can be done to a service. ``outages``: when which part was away.

    ``away_s``, ``full_s`` and ``wrong_s``: how long the queue server stays away, the photo store
    full and the clock wrong.
    """

    service: Service
    chance: random.Random
    away_s: float = 60.0
    full_s: float = 15.0
    wrong_s: float = 30.0
    outages: list[Outage] = field(default_factory=list)
    struck: list[str] = field(default_factory=list)

    def all(self) -> Mapping[str, Callable[[], None]]:
        """Each by its name; those of a server of PostgreSQL only where there is one."""
        common: dict[str, Callable[[], None]] = {
            "web server killed": lambda: self._kill("web"),
            "a web process killed": self.kill_web_process,
            "worker killed": lambda: self._kill("worker"),
            "work-horse killed": self.kill_horse,
            "cron killed": lambda: self._kill("cron"),
            "queue server killed": lambda: self._kill("queue"),
            "queue emptied": self.flush,
            "queue server away": self.keep_queue_away,
            "photo store full": self.fill,
            STEP: self.step_clock,
        }
        on_postgresql: dict[str, Callable[[], None]] = {
            "PostgreSQL restarted": self.restart_database,
            "connections cut": self.cut_connections,
        }
        return common if self.service.mode == "embedded" else common | on_postgresql

    def strike(self, name: str) -> None:
        """Do it, and wait until it is over."""
        self.struck.append(name)
        self.all()[name]()

    def kill_web_process(self) -> None:
        """One of those that answer, not the one that started it; gunicorn starts another."""
        with self._outage("web"):
            eventually(lambda: self._kill_below("web"), "a web process runs", BACK_WITHIN_S)
            self._back("web")

    def kill_horse(self) -> None:
        """A work-horse in the middle of its job."""
        eventually(lambda: self._kill_below("worker"), "a work-horse is at work", HORSE_WITHIN_S)

    def flush(self) -> None:
        """FLUSHALL: every job and every registration is gone."""
        with suppress(RedisError), self.service.redis() as connection:
            connection.flushall()

    def keep_queue_away(self) -> None:
        """Kill the queue server whenever it comes back, for ``away_s``."""
        with self._outage("queue"):
            end = time.monotonic() + self.away_s
            while time.monotonic() < end:
                for pid in self.service.mains("queue"):
                    processes.kill(pid)
                time.sleep(0.02)
            self._back("queue")

    def fill(self) -> None:
        """No process of ours may write a file larger than a photo; those of SQLite neither."""
        with self._outage("storage"):
            end = time.monotonic() + self.full_s
            while time.monotonic() < end:
                self._limit_files(FULL_BYTES)
                time.sleep(0.1)
            # Twice: a process that was being forked meanwhile has the limit of its parent.
            for _ in range(2):
                self._limit_files(resource.RLIM_INFINITY)
                time.sleep(0.2)

    def step_clock(self) -> None:
        """The service's clock goes an hour wrong, and is put right."""
        self.service.step_clock(AN_HOUR_S)
        time.sleep(self.wrong_s)
        self.service.step_clock(0)

    def restart_database(self) -> None:
        """As after a crash: all connections end, the server recovers and opens again."""
        with self._outage("database"):
            for pid in self.service.mains("database"):
                processes.kill(pid, SIGQUIT)
                eventually(lambda pid=pid: not processes.running(pid), "PostgreSQL ended", 30)
            self._back("database")

    def cut_connections(self) -> None:
        """Every connection to the database is ended by the server."""
        engine = create_engine(self.service.database, poolclass=NullPool)
        with suppress(DBAPIError), engine.connect() as connection:
            connection.execute(CUT)
        engine.dispose()

    def _kill(self, part: str) -> None:
        """One process of a part, with -9; wait until its successor is there."""
        with self._outage(part):
            # It may have ended with what it needs: then it is about to be started again.
            eventually(lambda: bool(self.service.mains(part)), f"{part} runs", BACK_WITHIN_S)
            before = self.service.mains(part)
            killed = self.chance.choice(before)
            processes.kill(killed, SIGKILL)
            eventually(
                lambda: len(set(self.service.mains(part)) - {killed}) >= len(before),
                f"another {part} is started",
                BACK_WITHIN_S,
            )
            if part in SERVED_BY:
                self._back(part)

    def _kill_below(self, part: str) -> bool:
        started = self.service.below(part)
        return bool(started) and processes.kill(self.chance.choice(started))

    def _limit_files(self, most: int) -> None:
        for part in ("web", "worker", "cron"):
            for main in self.service.mains(part):
                for pid in processes.tree(main):
                    with suppress(ProcessLookupError):
                        _, hard = resource.prlimit(pid, resource.RLIMIT_FSIZE)
                        soft = hard if most == resource.RLIM_INFINITY else most
                        resource.prlimit(pid, resource.RLIMIT_FSIZE, (soft, hard))

    def _back(self, part: str) -> None:
        serves = SERVED_BY[part]
        eventually(lambda: serves(self.service), f"{part} is back", BACK_WITHIN_S)

    @contextmanager
    def _outage(self, name: str) -> Iterator[None]:
        began = time.monotonic()
        try:
            yield
        finally:
            if name in ("queue", "database", "storage"):
                self.outages.append(Outage(name, began, time.monotonic()))


assert set(SERVED_BY) <= set(PARTS)
