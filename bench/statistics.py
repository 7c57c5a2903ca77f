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
from collections.abc import Iterator, Sequence
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
from bench.figured import straight
from bench.figured.asking import (
    Days,
    Leader,
    Periods,
    Question,
    collect_as_served,
    in_turns,
    leader,
)
from bench.figured.exactness import EXACTLY, Differences
from bench.result import Check, report
from bench.served import fresh_database
from reports_service import create_app
from reports_service.agencies.models import Agency
from reports_service.categories.models import Category
from reports_service.core import clock
from reports_service.core.db import db
from reports_service.core.reference import keep_warm
from reports_service.statistics.cells.recount import rebuild
from tests.servers import postgresql

ENGINES = ("sqlite", "postgresql")
TICKETS = 1_000_000
LARGE = 10_000_000  # from here on the ratios count
WHOLE_MS = {"sqlite": 40.0, "postgresql": 80.0}
FILTERED_MS, ROWS_MS, BACKLOG_MS = 100.0, 2_000.0, 50.0
RATIOS = {"quarter": 20.0, "all time": 100.0}
GROWTH = 1.5
LARGE_ERROR = 0.015
ROUNDS, SLOW_ROUNDS, STRAIGHT_ROUNDS = 31, 5, 3
# A server of a province has memory of its own and need not keep a log for others.
SERVER = {"shared_buffers": "1GB", "work_mem": "64MB", "max_wal_size": "4GB",
          "wal_level": "minimal", "max_wal_senders": "0"}  # fmt: skip


@dataclass(frozen=True)
class Measured:
    """Median milliseconds by question; of straight SQL by period."""

    questions: Sequence[Question]
    asked: dict[str, float]
    straight: dict[str, float]
    differences: Differences


def main() -> None:
    """Measure each engine that is asked for; report."""
    asked = arguments()
    checks: list[Check] = []
    with ExitStack() as held:
        folder = asked.keep or Path(mkdtemp(prefix="reports-bench-"))
        if asked.keep is None:
            held.callback(shutil.rmtree, folder, ignore_errors=True)
        for engine in ENGINES if asked.engine == "both" else (asked.engine,):
            checks += of_engine(engine, asked.tickets, folder, grown=asked.growth)
    report("statistics", checks)


def arguments() -> argparse.Namespace:
    """What was typed."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--tickets", type=int, default=TICKETS)
    words.add_argument("--engine", choices=(*ENGINES, "both"), default="both")
    words.add_argument("--growth", action="store_true", help="also at a tenth of the tickets")
    words.add_argument(
        "--keep", type=Path, metavar="FOLDER",
        help="SQLite: leave the filled databases here, and use those that are here already",
    )  # fmt: skip
    return words.parse_args()


def of_engine(engine: str, tickets: int, folder: Path, *, grown: bool) -> list[Check]:
    """All checks on one engine."""
    few = None
    if grown:
        with served(engine, tickets // 10, folder) as app:
            few = measure(app, engine, tickets // 10)
    with served(engine, tickets, folder) as app:
        many = measure(app, engine, tickets)
        checks = list(speed(engine, tickets, many))
        checks += exact(engine, many.differences)
        checks += growth(engine, few, many) if few else []
    return checks


@contextmanager
def served(engine: str, tickets: int, folder: Path) -> Iterator[Flask]:
    """The application on a database with so many reports and their figures."""
    with ExitStack() as held:
        if engine == "sqlite":
            url = f"sqlite:///{folder}/figures-{tickets}.sqlite3"
        else:
            url = held.enter_context(fresh_database(held.enter_context(postgresql(**SERVER))))
        app = create_app("test", SQLALCHEMY_DATABASE_URI=url, DATA_DIR=str(folder),
                         LOG_LEVEL="ERROR")  # fmt: skip
        with app.app_context():
            fill(engine, tickets)
            db.session.remove()
        keep_warm(app)
        yield app
        with app.app_context():
            db.engine.dispose()


def fill(engine: str, tickets: int) -> None:
    """Populate, unless it was done before, and make the figures."""
    flask_migrate.upgrade()
    if db.session.scalar(select(Agency.id).limit(1)) is None:
        made = populate.populate(tickets, reached=populate.tell)
        say(f"{engine}: {made.reports} reports in {made.seconds:.0f} s with indexes")
    began = time.perf_counter()
    rebuild(None)
    say(f"{engine}: figures made in {time.perf_counter() - began:.0f} s")
    db.session.execute(text("ANALYZE"))
    db.session.commit()


def measure(app: Flask, engine: str, tickets: int) -> Measured:
    """Ask everything in turns, and the rows themselves."""
    asks = leader(app)
    collect_as_served()
    zone = ZoneInfo(app.config["TZ_NAME"])
    periods = Periods(datetime.now(zone).date())
    with app.app_context():
        quick, slow = questions(engine, periods), slow_questions(periods)
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


def questions(engine: str, periods: Periods) -> list[Question]:
    """What is answered from what was counted before."""
    parent, leaf = categories()
    whole = WHOLE_MS[engine]
    ask = Question.of_agencies
    filters = {
        "category": {"category": leaf},
        "parent category": {"category": parent},
        "area": {"area": "25010"},
        "channel": {"channel": "app"},
    }
    spans = {"quarter": periods.quarter, "all time": periods.all_time}
    return [
        ask("quarter", periods.quarter, whole),
        ask("year", periods.year, whole),
        ask("all time", periods.all_time, whole),
        ask("last 365 days", periods.last_365_days, FILTERED_MS),
        ask("default 30 days", None, FILTERED_MS),
        *(
            ask(f"{span}, by {name}", days, FILTERED_MS, **filtered)
            for span, days in spans.items()
            for name, filtered in filters.items()
        ),
        Question("backlog", "/api/v1/stats/backlog", BACKLOG_MS),
    ]


def slow_questions(periods: Periods) -> list[Question]:
    """What is counted from the rows when it is asked for."""
    parent, leaf = categories()
    ask, ever, odd = Question.of_agencies, periods.all_time, periods.odd_days
    return [
        ask("all time, category and channel", ever, ROWS_MS, category=leaf, channel="app"),
        ask("all time, category and area", ever, ROWS_MS, category=leaf, area="25010"),
        ask("all time, parent and channel", ever, ROWS_MS, category=parent, channel="app"),
        ask("parts of months, by category", odd, ROWS_MS, category=leaf),
        ask("parts of months, by parent", odd, ROWS_MS, category=parent),
        ask("parts of months, by channel", odd, ROWS_MS, channel="app"),
        ask("parts of months, by area", odd, ROWS_MS, area="25010"),
    ]


def categories() -> tuple[str, str]:
    """The first parent and a leaf below it."""
    leaf = db.session.scalars(
        select(Category).where(Category.parent_id.is_not(None)).order_by(Category.id).limit(1)
    ).one()
    assert leaf.parent is not None
    return leaf.parent.code, leaf.code


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
    differences.add(shown, ids, counted, straight.reports_received(begins, ends))
    db.session.rollback()


def utc(days: Days, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The moments of these days in UTC."""
    begins, ends = days.moments(zone)
    return begins.astimezone(UTC), ends.astimezone(UTC)


def speed(engine: str, tickets: int, found: Measured) -> Iterator[Check]:
    """Each question against its bound, and against straight SQL where there is enough of it."""
    for one in found.questions:
        what = f"{engine}, {tickets} tickets: {one.name}, median"
        yield Check.at_most(what, round(found.asked[one.name], 2), one.bound_ms, "ms")
    for name, bound in RATIOS.items():
        ratio = round(found.straight[name] / found.asked[name], 1)
        say(f"{engine}, {tickets}: {name}: {ratio} times faster than straight SQL")
        if tickets >= LARGE:
            what = f"{engine}: {name}, times faster than straight SQL"
            yield Check.at_least(what, ratio, bound, "times")


def exact(engine: str, found: Differences) -> list[Check]:
    """Counts the same, percentiles as near as they must be."""
    small, large = (f"{engine}: percentiles of {which} than 2000, largest error"
                    for which in ("fewer", "not fewer"))  # fmt: skip
    return [
        Check.at_least(f"{engine}: numbers compared", found.compared, 160 * 2 * 20, "numbers"),
        Check.at_most(f"{engine}: numbers that differ", found.counts.total(), 0, "numbers"),
        Check.at_most(small, found.small, EXACTLY, "share"),
        Check.at_most(large, round(found.large, 5), LARGE_ERROR, "share"),
    ]


def growth(engine: str, few: Measured, many: Measured) -> list[Check]:
    """How much longer ten times as many take."""
    return [
        Check.at_most(
            f"{engine}: {name}, ten times as many tickets",
            round(many.asked[name] / few.asked[name], 2), GROWTH, "times",
        )
        for name in ("quarter", "year", "all time")
    ]  # fmt: skip


def say(line: str) -> None:
    """A line for whoever watches; the result is the last line of standard output."""
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
