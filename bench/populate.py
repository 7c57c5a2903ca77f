"""A database of any size: ten years of reports and assignments, consistent, made in bulk.

``python -m bench.populate --tickets N --database URL`` fills an empty database; it is migrated
first. The rows are what the services would have left, but for words, pictures and, unless asked
for, events. The same seed and end give the same rows.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import flask_migrate
import numpy as np
from flask import current_app
from sqlalchemy import Table, select

from bench.populated import postgres, sqlite
from bench.populated.columns import Columns
from bench.populated.histories import Historian
from bench.populated.hours import Hours
from bench.populated.province import Province, lay
from bench.populated.tables import Written, codes, ends, of_assignments, of_reports
from reports_service import create_app
from reports_service.core.db import db
from reports_service.reports.models import Assignment, Report

YEARS = 10
AT_ONCE = 100_000
SEED = 1022
TABLES = tuple(db.metadata.tables[model.__tablename__] for model in (Report, Assignment))
Reached = Callable[[int, float], None]


@dataclass(frozen=True)
class Populated:
    """What was written."""

    reports: int
    assignments: int
    seconds: float
    until: datetime


def migrate() -> None:
    """Bring the current application's database up to date."""
    flask_migrate.upgrade()


def populate(
    number: int, *, seed: int = SEED, until: datetime | None = None, reached: Reached | None = None
) -> Populated:
    """Fill the current application's migrated, empty database with so many reports.

    ``reached`` is told how many there are and after how many seconds. Statistics of the tables are
    gathered at the end.
    """
    if db.session.scalar(select(Report.id).limit(1)) is not None:
        raise SystemExit("There are reports already: another database, please.")
    until = (until or datetime.now(UTC)).replace(microsecond=0)
    zone = ZoneInfo(current_app.config["TZ_NAME"])
    province = lay(seed)
    hours = Hours(until.year - YEARS - 1, until.year + 45, zone)
    url = db.engine.url.render_as_string(hide_password=False)
    engine = sqlite if db.engine.dialect.name == "sqlite" else postgres
    db.session.remove()
    db.engine.dispose()
    writer = engine.Writer(url)
    past = Past(province, hours, _historian(province, hours, until, zone), number, seed)
    began, assignments = time.perf_counter(), 0
    with writer.open(*TABLES):
        for part in _one_ahead(past.parts(writer.prepared)):
            for rows in part.rows:
                writer.write(rows)
            assignments = part.assignments
            if reached:
                reached(part.reports, time.perf_counter() - began)
    writer.settle(*TABLES)
    return Populated(number, assignments, time.perf_counter() - began, until)


def _one_ahead(parts: Iterator[Part]) -> Iterator[Part]:
    """The same, each made while the one before is in use."""
    with ThreadPoolExecutor(1) as making:
        coming = making.submit(next, parts, None)
        while (part := coming.result()) is not None:
            coming = making.submit(next, parts, None)
            yield part


def _historian(province: Province, hours: Hours, until: datetime, zone: ZoneInfo) -> Historian:
    local = until.astimezone(zone)
    first = local.date() - timedelta(days=round(YEARS * 365.25))
    offset = int((local.utcoffset() or timedelta()).total_seconds())
    first_day = first.toordinal() - datetime(1970, 1, 1, tzinfo=UTC).toordinal()
    return Historian(province, hours, first_day, int(until.timestamp()), offset)


@dataclass(frozen=True)
class Part:
    """Rows ready to be written, and how many reports and assignments there are with them."""

    rows: Sequence[Any]
    reports: int
    assignments: int


@dataclass(frozen=True)
class Past:
    """All that is to be written, in parts of ``AT_ONCE`` reports."""

    province: Province
    hours: Hours
    historian: Historian
    total: int
    seed: int

    def parts(self, prepared: Callable[[Table, Columns], Any]) -> Iterator[Part]:
        """One part after the other, in the order of filing."""
        assignments = 0
        for first in range(0, self.total, AT_ONCE):
            number = min(AT_ONCE, self.total - first)
            columns, held = self._columns(first, number, assignments)
            assignments += held
            rows = [prepared(*pair) for pair in zip(TABLES, columns, strict=True)]
            yield Part(rows, first + number, assignments)

    def _columns(
        self, first: int, number: int, assignments: int
    ) -> tuple[tuple[Columns, ...], int]:
        """The columns of both tables for the reports from place ``first`` on; how many are held."""
        chance = np.random.default_rng([self.seed, 2, first])
        since, to = first / self.total, (first + number) / self.total
        told = self.historian.stretch(since, to, number, chance)
        end = ends(told, self.historian.until)
        filed = Written(
            ids=np.arange(first + 1, first + number + 1),
            codes=codes(first, number, self.total, chance),
            lat_lon=_places(told.filed.commune, chance),
        )
        reports = of_reports(told, end, self.province, self.hours, filed)
        held = of_assignments(told, self.province, assignments + 1, filed)
        return ({**reports, "event_seq": 0, "event_head": bytes(32)}, held), len(told.legs)


def _places(commune: Any, chance: np.random.Generator) -> Any:
    """Points around the centre of each commune, on a grid of ten by ten."""
    number = len(commune)
    lat = 10.9 + commune // 10 * 0.08 + chance.normal(0, 0.015, number)
    lon = 105.9 + commune % 10 * 0.08 + chance.normal(0, 0.015, number)
    return np.round(lat, 6), np.round(lon, 6)


def main() -> None:
    """Fill the database that is named."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--tickets", type=int, default=1_000_000)
    words.add_argument("--database", required=True, help="an SQLAlchemy URL")
    words.add_argument("--seed", type=int, default=SEED)
    asked = words.parse_args()
    app = create_app("test", SQLALCHEMY_DATABASE_URI=asked.database, LOG_LEVEL="WARNING")
    with app.app_context():
        migrate()
        made = populate(asked.tickets, seed=asked.seed, reached=tell)
    say(f"{made.assignments} assignments; {made.reports / made.seconds:.0f} reports/s in all")


def tell(number: int, seconds: float) -> None:
    """How far it is."""
    say(f"{number} reports, {number / seconds:.0f}/s")


def say(line: str) -> None:
    """A line for whoever watches; standard output is for the result."""
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
