"""What people notice while the tables change: how long a reader and a writer wait, at worst.

A database is filled at the newest version (``bench.populate``, and as many effects that are done as
there are reports), taken back to the first one, and brought forward one migration at a time. All
the while one thread reads, and others write to each table that is in use; the longest answer during
each migration counts. The same is measured for as long without a migration: that is the machine.

On SQLite there is one writer, and making an index is writing: whoever writes waits for it. bin/run
migrates before it serves, so nobody does; what a writer would wait is measured, without a bound.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Event, Thread

import flask_migrate
from alembic.script import ScriptDirectory
from flask import Flask, current_app
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.pool import NullPool

from bench import populate
from bench.result import Check, report
from bench.served import fresh_database
from reports_service import create_app
from reports_service.core.db import db
from tests.servers import postgresql

ENGINES = ("sqlite", "postgresql")
FIRST = "0001"
LONGEST_S = 1.0
PAUSE_S = 0.005
QUIET_S = 5.0
PATIENCE_MS = 600_000  # a writer on SQLite waits here, however long it takes
SERVER = {"shared_buffers": "512MB", "max_wal_size": "4GB"}

DONE_EFFECTS = {
    "postgresql": "INSERT INTO outbox (kind, payload, written_at, due_at, attempts, fence, done_at,"
    " together) SELECT 'notify', '{}', now(), now(), 1, 1, now(), false"
    " FROM generate_series(1, :number)",
    "sqlite": "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < :number) "
    "INSERT INTO outbox (kind, payload, written_at, due_at, attempts, fence, done_at, together) "
    "SELECT 'notify', '{}', datetime(), datetime(), 1, 1, datetime(), 0 FROM n",
}
# Each as the service does it, on what every version has. The number is a row's.
READ = (
    "SELECT status FROM reports WHERE id = :id",
    "SELECT agency_id FROM assignments WHERE id = :id",
    "SELECT kind FROM outbox WHERE id = :id",
    "SELECT max(id) FROM events",
)
WRITE = {
    "reports": "UPDATE reports SET event_seq = event_seq WHERE id = :id",
    "assignments": "UPDATE assignments SET extensions_granted = 0 WHERE id = :id",
    "outbox": "UPDATE outbox SET attempts = attempts + 1 WHERE id = :id",
    "agencies": "UPDATE agencies SET phone = '1022' WHERE id = :id",
    "accounts": "UPDATE accounts SET language = 'vi' WHERE id = :id",
}


@dataclass
class Probe:
    """One thread that asks again and again; ``longest`` answer since it was looked at last."""

    what: str
    statements: tuple[str, ...]
    longest: float = 0.0
    failed: list[str] = field(default_factory=list)

    def run(self, engine: Engine, rows: int, stop: Event) -> None:
        """Ask until it is told to stop."""
        chance = random.Random(1022)
        with engine.connect() as connection:
            if engine.dialect.name == "sqlite":
                connection.exec_driver_sql(f"PRAGMA busy_timeout = {PATIENCE_MS}")
                connection.commit()
            while not stop.is_set():
                for statement in self.statements:
                    began = time.perf_counter()
                    try:
                        with connection.begin():
                            connection.execute(text(statement), {"id": chance.randrange(1, rows)})
                    except Exception as wrong:
                        self.failed.append(f"{self.what}: {wrong}")
                    self.longest = max(self.longest, time.perf_counter() - began)
                time.sleep(PAUSE_S)

    def look(self) -> float:
        """Seconds of the longest answer, forgotten now."""
        longest, self.longest = self.longest, 0.0
        return longest


def main() -> None:
    """Measure each engine that is asked for; report."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--tickets", type=int, default=1_000_000)
    words.add_argument("--engine", choices=(*ENGINES, "both"), default="both")
    asked = words.parse_args()
    found: list[Check] = []
    for engine in ENGINES if asked.engine == "both" else (asked.engine,):
        with _database(engine) as url:
            app = create_app("test", SQLALCHEMY_DATABASE_URI=url, LOG_LEVEL="WARNING")
            with app.app_context():
                found += measured(app, engine, asked.tickets)
                db.session.remove()
                db.engine.dispose()
    report("migrations", found)


@contextmanager
def _database(engine: str) -> Iterator[str]:
    if engine == "sqlite":
        with TemporaryDirectory(prefix="reports-bench-") as folder:
            yield f"sqlite:///{Path(folder) / 'reports.sqlite3'}"
        return
    with postgresql(**SERVER) as server, fresh_database(server) as url:
        yield url


def measured(app: Flask, engine: str, tickets: int) -> list[Check]:
    """The checks of one engine, whose empty database is the application's."""
    flask_migrate.upgrade()
    populate.populate(tickets, reached=populate.tell)
    with db.engine.begin() as connection:
        connection.execute(text(DONE_EFFECTS[engine]), {"number": tickets})
    say(f"{engine}: filled; taken back to {FIRST}")
    flask_migrate.downgrade(revision=FIRST)
    probes = [Probe("readers", READ), *(Probe(f"writers of {one}", (WRITE[one],)) for one in WRITE)]
    with _asking(app.config["SQLALCHEMY_DATABASE_URI"], probes, tickets):
        time.sleep(QUIET_S)
        quiet = max(probe.look() for probe in probes)
        say(f"{engine}: without a migration the longest answer took {quiet:.3f} s")
        worst = dict(_migrations(engine, probes))
    if failed := [why for probe in probes for why in probe.failed]:
        raise SystemExit(f"{len(failed)} answers failed, the first: {failed[0]}")
    return _checks(engine, tickets, quiet, worst)


@contextmanager
def _asking(url: str, probes: list[Probe], rows: int) -> Iterator[None]:
    engine, stop = create_engine(url, poolclass=NullPool), Event()
    threads = [Thread(target=probe.run, args=(engine, rows, stop)) for probe in probes]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def _migrations(engine: str, probes: list[Probe]) -> Iterator[tuple[str, dict[str, float]]]:
    """Each migration after the first, with the longest answer of each probe meanwhile."""
    for revision in _revisions():
        for probe in probes:
            probe.look()
        began = time.perf_counter()
        flask_migrate.upgrade(revision=revision)
        took = time.perf_counter() - began
        time.sleep(3 * PAUSE_S)
        waited = {probe.what: probe.look() for probe in probes}
        longest = max(waited, key=lambda what: waited[what])
        say(f"{engine} {revision}: {took:6.2f} s; {longest} waited {waited[longest]:.3f} s")
        yield revision, waited


def _revisions() -> list[str]:
    config = current_app.extensions["migrate"].migrate.get_config()
    scripts = ScriptDirectory.from_config(config).walk_revisions()
    return [script.revision for script in scripts if script.revision != FIRST][::-1]


def _checks(
    engine: str, tickets: int, quiet: float, worst: dict[str, dict[str, float]]
) -> list[Check]:
    at = f"{engine}, {tickets:,} reports"
    reading = max(waited["readers"] for waited in worst.values())
    writing = max(
        value for waited in worst.values() for what, value in waited.items() if what != "readers"
    )
    say(
        f"{at}: without a migration {quiet:.3f} s, reading {reading:.3f} s, writing {writing:.3f} s"
    )
    checks = [_bound(f"{at}: a reader waits during a migration", reading)]
    if engine == "postgresql":
        checks.append(_bound(f"{at}: a writer waits during a migration", writing))
    return checks


def _bound(what: str, seconds: float) -> Check:
    return Check.at_most(what, round(seconds, 3), LONGEST_S, "s")


def say(line: str) -> None:
    """A line for whoever watches; standard output is for the result."""
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
