"""Four times what the service can do, for a minute: what becomes of those it takes and of the rest.

Each mode is served as it is: by the project's gunicorn settings, with a worker and cron beside it,
on SQLite as bin/run has it, on PostgreSQL (TEST_DATABASE_URL's, this machine's or a wheel's). What
it can do is found first, in the same run: eight clients without a pause. Those who ask are a
process of their own on the same machine, and take their share of it.

``--seconds`` and ``--mode`` shorten it.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from bench.intake import DURABLE, PATH, body
from bench.overloaded.asking import Met, Order, ask
from bench.overloaded.met import Sorted, normal_after, p95
from bench.result import Check, report
from bench.served import PROJECT, environment, fresh_database, run, serving
from reports_service.core import embedded
from tests.servers import postgresql

TIMES = 4
WARM_S, FIND_S, CALM_S, AFTER_S = 5.0, 10.0, 10.0, 20
USUAL_TIMES, USUAL_LEAST_S = 3.0, 0.5  # what counts as normal again, against the calm before
HEALTH, READ = "/healthz", "/api/v1/reports?limit=5"
BOUNDS = {
    "accepted": 2.0,
    "refused": 1.0,
    "health checks": 1.0,
    "lists read": 2.0,
    "normal": 10.0,
}


def main() -> None:
    """Overload both modes, or one; report."""
    asked = arguments()
    checks: list[Check] = []
    with TemporaryDirectory(prefix="reports-bench-") as name, ExitStack() as held:
        folder = Path(name)
        redis = embedded.start(folder)
        held.callback(redis.stop)
        if asked.mode in ("all", "sqlite"):
            file = f"sqlite:///{folder / 'reports.sqlite3'}"
            checks += overload("SQLite", folder / "sqlite", file, redis.url, asked.seconds)
        if asked.mode in ("all", "postgresql"):
            server = held.enter_context(postgresql(**DURABLE))
            database = held.enter_context(fresh_database(server))
            checks += overload("PostgreSQL", folder / "pg", database, redis.url, asked.seconds)
        report("overload", checks)


def arguments() -> argparse.Namespace:
    """How long, and which."""
    parser = argparse.ArgumentParser(prog="bin/bench overload")
    parser.add_argument("--seconds", type=int, default=60, help="of overload")
    parser.add_argument("--mode", choices=("all", "sqlite", "postgresql"), default="all")
    return parser.parse_args()


def overload(mode: str, folder: Path, database: str, redis: str, seconds: int) -> list[Check]:
    """Find the sustainable rate, offer four times as much, look how it is afterwards."""
    folder.mkdir()
    environ = environment(folder, database, redis)
    run(environ, "reports_service.cli", "seed")
    filing = body(random.Random(1022)).decode()
    with serving(environ, "wsgi:app", folder / "web.log") as port, working(environ):
        order = partial(Order, port, path=PATH, body=filing)
        ask(order(WARM_S))
        found = Sorted.of(ask(order(FIND_S)), FIND_S)
        calm = Sorted.of(ask(order(CALM_S, rate=found.rate / 2)), CALM_S)
        offered = TIMES * found.rate
        met = ask(order(float(seconds), rate=offered, also=(HEALTH, READ)))
        after = ask(order(float(AFTER_S), rate=found.rate / 2))
    during, later = Sorted.of(met, seconds), Sorted.of(after, AFTER_S)
    promised = [code for part in (found, calm, during, later) for code in part.codes]
    usual_s = max(USUAL_TIMES * p95(calm.accepted), USUAL_LEAST_S)
    say(mode, found, calm, during)
    return checks_of(
        mode,
        during,
        found.rate,
        met,
        lost(database, promised),
        normal_after(after, usual_s, AFTER_S),
    )


def checks_of(
    mode: str, during: Sorted, sustained: float, met: Sequence[Met], gone: int, normal: float
) -> list[Check]:
    """What is promised under overload, each beside its bound."""

    def watched(path: str) -> list[Met]:
        return [one for one in met if one.kind == path and one.status == 200]

    unwatched = sum(one.kind == HEALTH and one.status != 200 for one in met)
    at_least, at_most, bound = Check.at_least, Check.at_most, BOUNDS
    offered, accepted = ratio(during.offered, sustained), ratio(during.rate, sustained)
    neither, quick = (
        len(during.neither),
        [
            at_most(f"{mode}: p95 of {what}", round(p95(those), 3), bound[what], "s")
            for what, those in (
                ("accepted", during.accepted),
                ("refused", during.refused),
                ("health checks", watched(HEALTH)),
                ("lists read", watched(READ)),
            )
        ],
    )
    return [
        at_least(f"{mode}: offered, of what it can do", offered, 0.95 * TIMES, "times"),
        at_least(f"{mode}: accepted, of what it can do", accepted, 0.3, "times"),
        at_most(f"{mode}: accepted and lost", gone, 0, "reports"),
        at_most(f"{mode}: neither accepted nor refused in order", neither, 0, "requests"),
        *quick,
        at_most(f"{mode}: health checks that failed", unwatched, 0, "requests"),
        at_most(f"{mode}: normal again after", normal, bound["normal"], "s"),
    ]


def ratio(one: float, other: float) -> float:
    """How many times the other."""
    return round(one / other, 2) if other else 0.0


def lost(database: str, promised: Sequence[str]) -> int:
    """How many of the promised codes the database does not hold, or holds for another's too."""
    engine = create_engine(database, poolclass=NullPool)
    with engine.connect() as connection:
        kept = {row[0] for row in connection.execute(text("SELECT code FROM reports"))}
    codes = [code.replace("-", "") for code in promised]
    return len(codes) - len(set(codes) & kept)


@contextmanager
def working(environ: Mapping[str, str]) -> Iterator[None]:
    """A worker and cron beside the web server, as every deployment has them."""
    children = [
        subprocess.Popen(
            [sys.executable, "-m", module],
            cwd=PROJECT,
            env=dict(environ),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for module in ("workers.run", "workers.schedule")
    ]
    try:
        yield
    finally:
        for child in children:
            child.terminate()
        for child in children:
            try:
                child.wait(30)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()


def say(mode: str, found: Sorted, calm: Sorted, during: Sorted) -> None:
    """A few lines for whoever watches; the result is the last line of standard output."""
    lines = [
        f"it can do {found.rate:.0f}/s (p95 {p95(found.accepted):.3f} s); at half of it p95 is "
        f"{p95(calm.accepted):.3f} s",
        f"offered {during.offered:.0f}/s: accepted {during.rate:.0f}/s, p95 "
        f"{p95(during.accepted):.3f} s; refused {len(during.refused) / during.seconds:.0f}/s, p95 "
        f"{p95(during.refused):.3f} s; neither {len(during.neither)}",
    ]
    for status in sorted({one.status for one in during.neither}):
        lines.append(f"  {sum(one.status == status for one in during.neither)} times {status}")
    for line in lines:
        print(f"{mode}: {line}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
