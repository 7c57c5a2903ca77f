"""The figures of leaders at any size: how fast, how exact, how fresh, how fast they are verified.

Both engines are filled with the same made-up years (``bench.populate``). Everything is asked inside
the service, signed in and answered in JSON, in turns; straight SQL over the rows, written for this
benchmark, is timed in the same run and says what the figures must be.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from tempfile import mkdtemp
from zoneinfo import ZoneInfo

import flask_migrate
from flask import Flask
from sqlalchemy import select, text

from bench import populate
from bench.figured import checks, straight
from bench.figured.asking import (
    Days,
    Leader,
    Periods,
    Question,
    in_turns,
    leader,
)
from bench.figured.checks import Measured
from bench.figured.exactness import Differences
from bench.figured.freshness import Fresh, freshness
from bench.figured.questions import counted_before, counted_then
from bench.figured.verifying import Verified, verified
from bench.result import Check, report
from bench.served import fresh_database, kept_database
from reports_service import create_app
from reports_service.agencies.models import Agency
from reports_service.core import clock, memory
from reports_service.core.db import db
from reports_service.core.reference import Snapshot
from reports_service.statistics.cells import recount
from reports_service.statistics.cells.models import Cell
from tests.servers import postgresql

ENGINES = ("sqlite", "postgresql")
TICKETS = 1_000_000
ROUNDS, SLOW_ROUNDS, STRAIGHT_ROUNDS = 31, 5, 3
# A server of a province has memory of its own and need not keep a log for others.
SERVER = {"shared_buffers": "1GB", "work_mem": "64MB", "max_wal_size": "4GB",
          "wal_level": "minimal", "max_wal_senders": "0"}  # fmt: skip


def main() -> None:
    """Measure each engine that is asked for; report."""
    asked = arguments()
    found: list[Check] = []
    with ExitStack() as held:
        folder = asked.keep or Path(mkdtemp(prefix="reports-bench-"))
        if asked.keep is None:
            held.callback(shutil.rmtree, folder, ignore_errors=True)
        folder.mkdir(parents=True, exist_ok=True)
        for engine in ENGINES if asked.engine == "both" else (asked.engine,):
            place = Place(engine, folder, kept=asked.keep is not None)
            found += of_engine(place, asked.tickets, grown=asked.growth)
    report("statistics", found)


def arguments() -> argparse.Namespace:
    """What was typed."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--tickets", type=int, default=TICKETS)
    words.add_argument("--engine", choices=(*ENGINES, "both"), default="both")
    words.add_argument("--growth", action="store_true", help="also at a tenth of the tickets")
    words.add_argument(
        "--keep", type=Path, metavar="FOLDER",
        help="leave the filled databases, and use those that are there already: on SQLite in this "
        "folder, on PostgreSQL on the server that TEST_DATABASE_URL names",
    )  # fmt: skip
    return words.parse_args()


@dataclass(frozen=True)
class Place:
    """On which engine, and where, the databases lie, and whether they stay."""

    engine: str
    folder: Path
    kept: bool

    @contextmanager
    def database(self, name: str) -> Iterator[str]:
        """The URL of a database of this name."""
        if self.engine == "sqlite":
            yield f"sqlite:///{self.folder}/{name}.sqlite3"
            return
        with postgresql(**SERVER) as server:
            if self.kept:
                yield kept_database(server, name)
                return
            with fresh_database(server) as url:
                yield url


def of_engine(place: Place, tickets: int, *, grown: bool) -> list[Check]:
    """All checks on one engine."""
    engine, few = place.engine, None
    if grown:
        with served(place, tickets // 10) as app:
            few = measure(app, engine, tickets // 10)
    with served(place, tickets) as app:
        many = measure(app, engine, tickets)
        changed = fresh(app, engine)
    with served(place, checks.WITH_EVENTS, with_events=True) as app:
        agreed = agreeing(app, engine)
    return [
        *checks.speed(engine, tickets, many),
        *checks.ratios(engine, tickets, many),
        *checks.exact(engine, many.differences),
        *(checks.growth(engine, few, many) if few else ()),
        *checks.fresh(engine, changed),
        *checks.agreed(engine, agreed),
    ]


@contextmanager
def served(place: Place, tickets: int, *, with_events: bool = False) -> Iterator[Flask]:
    """The application on a database with so many reports and their figures."""
    with place.database(f"{'histories' if with_events else 'figures'}-{tickets}") as url:
        app = create_app("test", SQLALCHEMY_DATABASE_URI=url, DATA_DIR=str(place.folder),
                         LOG_LEVEL="ERROR")  # fmt: skip
        Snapshot.forget_all()
        with app.app_context():
            fill(place.engine, tickets, with_events=with_events)
            db.session.remove()
        yield app
        with app.app_context():
            db.engine.dispose()


def fill(engine: str, tickets: int, *, with_events: bool) -> None:
    """Populate, unless it was done before, and make the figures."""
    flask_migrate.upgrade()
    if db.session.scalar(select(Agency.id).limit(1)) is None:
        made = populate.populate(tickets, with_events=with_events, reached=populate.tell)
        say(f"{engine}: {made.reports} reports in {made.seconds:.0f} s with indexes")
    if db.session.scalar(select(Cell.span).limit(1)) is None:
        began = time.perf_counter()
        recount.rebuild()
        say(f"{engine}: figures made in {time.perf_counter() - began:.0f} s")
    while recount.catch_up():  # what was changed to see how soon it shows, the last time
        continue
    db.session.execute(text("ANALYZE"))
    db.session.commit()


def measure(app: Flask, engine: str, tickets: int) -> Measured:
    """Ask everything in turns, and the rows themselves."""
    asks = leader(app)
    memory.keep()  # as wsgi.py has it
    zone = ZoneInfo(app.config["TZ_NAME"])
    periods = Periods(datetime.now(zone).date())
    with app.app_context():
        quick, slow = counted_before(engine, periods), counted_then(periods)
        asked = in_turns(asks.seconds, quick, ROUNDS) | in_turns(asks.seconds, slow, SLOW_ROUNDS)
        for name, value in asked.items():
            say(f"{engine}, {tickets}: {name}: {value:.1f} ms")
        compared = {"quarter": periods.quarter, "all time": periods.all_time}
        differences, took = Differences(), {}
        for name, days in compared.items():
            took[name] = straight_ms(days, zone)
            say(f"{engine}, {tickets}: {name}, straight SQL: {took[name]:.0f} ms")
            compare(asks, days, zone, differences)
        say(f"{engine}, {tickets}: numbers that differ: {+differences.counts or 'none'}")
    return Measured([*quick, *slow], asked, took, differences)


def straight_ms(days: Days, zone: ZoneInfo) -> float:
    """How long the rows take, median milliseconds."""
    taken = []
    for _ in range(STRAIGHT_ROUNDS):
        began = time.perf_counter()
        straight.figures(*utc(days, zone), datetime.now(UTC))
        taken.append((time.perf_counter() - began) * 1000)
        db.session.rollback()
    return median(taken)


def compare(asks: Leader, days: Days, zone: ZoneInfo, differences: Differences) -> None:
    """Hold an answer against the rows, both of one whole second."""
    now = clock.now().replace(microsecond=0)
    with clock.moved_to(now):
        shown = asks.ask(Question.of_agencies("", days, 0).path)
    ids = {row.code: row.id for row in db.session.execute(select(Agency.code, Agency.id))}
    begins, ends = utc(days, zone)
    counted = straight.figures(begins, ends, now)
    differences.add(shown, ids, counted)
    received, waited = straight.reports_received(begins, ends), straight.first_signs(begins, ends)
    differences.add_total(shown["total"], received, waited)
    db.session.rollback()


def utc(days: Days, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The moments of these days in UTC."""
    begins, ends = days.moments(zone)
    return begins.astimezone(UTC), ends.astimezone(UTC)


def fresh(app: Flask, engine: str) -> tuple[Fresh, ...]:
    """How soon changes show, at a usual pace and at ten times that."""
    asks = leader(app)
    with app.app_context():
        found = tuple(freshness(app, asks, rate, lasts) for rate, lasts in checks.FOR_S.items())
    for one in found:
        say(f"{engine}: {one}")
    return found


def agreeing(app: Flask, engine: str) -> Verified:
    """How fast everything is verified against its events."""
    with app.app_context():
        found = verified(checks.WITH_EVENTS, ZoneInfo(app.config["TZ_NAME"]))
    say(f"{engine}: {found}, {found.rate:.0f} events/s")
    return found


def say(line: str) -> None:
    """A line for whoever watches; the result is the last line of standard output."""
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
