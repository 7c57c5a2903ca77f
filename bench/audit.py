"""Acts of staff per second with an entry of the audit log in each, beside the same acts without.

Several threads on PostgreSQL with its commits on the disk; each entry locks the row of the head.
"""

from __future__ import annotations

import argparse
import time
from concurrent.futures import ThreadPoolExecutor
from tempfile import TemporaryDirectory

from flask import Flask

from bench.result import Check, report
from reports_service import create_app
from reports_service.core import audit, outbox
from reports_service.core.auth import Actor
from reports_service.core.db import db, unit_of_work
from tests.databases import migrate
from tests.servers import postgresql

THREADS = 8
ROUNDS = 5
AT_LEAST = 100  # acts per second; a province's staff do some ten in their busiest minute
OFFICER = Actor(name="officer@demo.example", account_id=1)


def main() -> None:
    """Measure in turns and report."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--acts", type=int, default=400, help="in each round")
    acts = words.parse_args().acts
    with postgresql(fsync="on", synchronous_commit="on") as url, TemporaryDirectory() as folder:
        migrate(url)
        app = create_app("test", SQLALCHEMY_DATABASE_URI=url, DATA_DIR=folder)
        rates = [(per_second(app, acts, logged=False), per_second(app, acts, logged=True))
                 for _ in range(ROUNDS)]  # fmt: skip
        with app.app_context():
            db.engine.dispose()
    plain, logged = max(rate for rate, _ in rates), max(rate for _, rate in rates)
    report(
        "audit",
        [
            Check.at_least("acts with an entry", round(logged, 1), AT_LEAST, "1/s"),
            Check.at_least("beside acts without", round(logged / plain, 3), 0.05, "ratio"),
        ],
    )


def per_second(app: Flask, acts: int, *, logged: bool) -> float:
    """How many units of work end in a second, with ``THREADS`` at it."""
    started = time.perf_counter()
    with ThreadPoolExecutor(THREADS) as at_once:
        list(at_once.map(lambda number: act(app, number, logged=logged), range(acts)))
    return acts / (time.perf_counter() - started)


def act(app: Flask, number: int, *, logged: bool) -> None:
    """One act: a row, and perhaps its entry."""
    with app.app_context(), unit_of_work():
        outbox.put("measured", {"number": number})
        if logged:
            audit.record(
                OFFICER, "acknowledged", "report", str(number), event=number, hash="0" * 64
            )


if __name__ == "__main__":
    main()
