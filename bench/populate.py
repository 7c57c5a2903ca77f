"""A database of any size: ten years of reports and assignments, consistent, made in bulk.

``bin/bench populate --tickets N --database URL`` fills an empty database; it is migrated first. The
rows are what the services would have left, but for words, pictures, clocks and, unless asked for,
events. The same seed and end give the same rows. Nothing is measured but how fast it goes.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

import flask_migrate
from flask import current_app
from sqlalchemy import select

from bench.populated import postgres, sqlite
from bench.populated.histories import Historian
from bench.populated.hours import Hours
from bench.populated.past import Part, Past
from bench.populated.province import Province, lay
from bench.result import Check, report
from reports_service import create_app
from reports_service.core.db import db
from reports_service.reports.models import Report

YEARS = 10
SEED = 1022
EACH_SECOND = 20_000
Reached = Callable[[int, float], None]


@dataclass(frozen=True)
class Populated:
    """What was written, and in how many seconds, without and with the indexes."""

    reports: int
    assignments: int
    events: int
    writing_s: float
    seconds: float


def main() -> None:
    """Fill the database that is named; report how fast."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--tickets", type=int, default=1_000_000)
    words.add_argument("--database", required=True, help="an SQLAlchemy URL")
    words.add_argument("--events", action="store_true", help="with the events of each report")
    words.add_argument("--seed", type=int, default=SEED)
    asked = words.parse_args()
    app = create_app("test", SQLALCHEMY_DATABASE_URI=asked.database, LOG_LEVEL="WARNING")
    with app.app_context():
        flask_migrate.upgrade()
        made = populate(asked.tickets, seed=asked.seed, with_events=asked.events, reached=tell)
    say(f"{made.assignments} assignments, {made.events} events, {made.seconds:.0f} s with indexes")
    rows = (made.reports + made.assignments + made.events) / made.writing_s
    report("populate", [Check.at_least("rows written a second", round(rows), EACH_SECOND, "rows")])


def populate(
    number: int,
    *,
    seed: int = SEED,
    until: datetime | None = None,
    with_events: bool = False,
    reached: Reached | None = None,
) -> Populated:
    """Fill the current application's migrated, empty database with so many reports.

    ``reached`` is told how many there are and after how many seconds. Indexes are made again and
    statistics of the tables gathered at the end.
    """
    if db.session.scalar(select(Report.id).limit(1)) is not None:
        raise SystemExit("There are reports already: another database, please.")
    until = (until or datetime.now(UTC)).replace(microsecond=0)
    zone = ZoneInfo(current_app.config["TZ_NAME"])
    hours = Hours(until.year - YEARS - 1, until.year + 45, zone)
    province = lay(seed)
    historian = _historian(province, hours, until, zone)
    past = Past(province, hours, historian, number, seed, with_events)
    writer = _writer()
    began, part = time.perf_counter(), Part((), 0, 0, 0)
    with writer.open(*past.tables):
        for part in _one_ahead(past.parts(writer.prepared)):
            for rows in part.rows:
                writer.write(rows)
            if reached:
                reached(part.reports, time.perf_counter() - began)
        written = time.perf_counter() - began
    writer.settle(*past.tables)
    took = time.perf_counter() - began
    return Populated(part.reports, part.assignments, part.events, written, took)


def _writer() -> sqlite.Writer | postgres.Writer:
    """Of the application's engine, whose own connections are closed."""
    url = db.engine.url.render_as_string(hide_password=False)
    name = db.engine.dialect.name
    db.session.remove()
    db.engine.dispose()
    return sqlite.Writer(url) if name == "sqlite" else postgres.Writer(url)


def _one_ahead(parts: Iterator[Part]) -> Iterator[Part]:
    """The same, each made while the one before is in use."""
    with ThreadPoolExecutor(1) as making:
        made = partial(next, parts, None)
        coming = making.submit(copy_context().run, made)
        while (part := coming.result()) is not None:
            coming = making.submit(copy_context().run, made)
            yield part


def _historian(province: Province, hours: Hours, until: datetime, zone: ZoneInfo) -> Historian:
    local = until.astimezone(zone)
    first = local.date() - timedelta(days=round(YEARS * 365.25))
    offset = int((local.utcoffset() or timedelta()).total_seconds())
    first_day = first.toordinal() - datetime(1970, 1, 1, tzinfo=UTC).toordinal()
    return Historian(province, hours, first_day, int(until.timestamp()), offset)


def tell(number: int, seconds: float) -> None:
    """How far it is."""
    say(f"{number} reports, {number / seconds:.0f}/s")


def say(line: str) -> None:
    """A line for whoever watches; standard output is for the result."""
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
