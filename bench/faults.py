"""Nothing lost: reports with photos are filed while processes, servers, disk and clock fail.

Real processes in both modes: production (PostgreSQL, gunicorn, two workers, cron and queue server,
each started again by a parent) and embedded (SQLite, as ``bin/run`` starts it). Faults come at
random from ``--seed``, each at least once. When all is calm again everything is looked up in the
database and the stores: see ``tests/faults/checking.py``. A delay is how long an effect waited,
seen from outside, without the time in which the queue server, the database or the store was away.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.result import Check, report
from tests.databases import migrate
from tests.faults.service import Service, embedded_service, production_service
from tests.faults.storm import Weathered, at_random, say, tell, weather
from tests.faults.striking import Faults
from tests.province import lay

LONGEST_S = 90.0
# With their photos, what two cores work off beside the apps, the faults and the watching: with more
# the delays would be those of too much work.
SUSTAINED = 1.8


def main() -> None:
    """Weather a storm in each mode that was asked for; report."""
    asked = _asked()
    say(f"seed {asked.seed}: say --seed {asked.seed} for the same faults again")
    checks: list[Check] = []
    for mode in ("production", "embedded"):
        if asked.mode in (mode, "both"):
            checks += _of_mode(mode, asked)
    report("faults", checks)


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="bin/bench faults", description=__doc__)
    parser.add_argument("--reports", type=int, default=2000, help="of each mode")
    parser.add_argument("--mode", choices=["both", "production", "embedded"], default="both")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1_000_000))
    parser.add_argument(
        "--per-second", type=float, default=SUSTAINED, help="reports filed a second"
    )
    parser.add_argument("--gap", type=float, default=12.0, help="seconds between two faults")
    parser.add_argument("--away", type=float, default=60.0, help="seconds without queue server")
    return parser.parse_args()


def _of_mode(mode: str, asked: argparse.Namespace) -> list[Check]:
    with TemporaryDirectory(prefix="reports-bench-") as name, _service(mode, Path(name)) as service:
        say(f"{mode}: open at {service.address}")
        faults = Faults(service, random.Random(asked.seed), away_s=asked.away)
        strikes = at_random(asked.reports, asked.per_second, asked.gap)
        weathered = weather(service, faults, asked.seed, strikes)
        if weathered.wrong:
            say(service.said())
    tell(weathered)
    return _checks(weathered)


@contextmanager
def _service(mode: str, folder: Path) -> Iterator[Service]:
    if mode == "production":
        with production_service(folder) as service:
            yield service
        return
    database = f"sqlite:///{folder / 'reports.sqlite3'}"
    migrate(database)
    lay(database)
    with embedded_service(database, folder) as service:
        yield service


def _checks(found: Weathered) -> list[Check]:
    mode = found.mode
    answered = sum(one.answered is not None for one in found.filed)
    return [
        Check.at_least(f"{mode}: reports answered 2xx", answered, len(found.filed), "reports"),
        Check.at_most(f"{mode}: lost, doubled, stuck or wrong", len(found.wrong), 0, "things"),
        Check.at_most(
            f"{mode}: longest delay after a fault", round(found.longest_s, 1), LONGEST_S, "s"
        ),
    ]


if __name__ == "__main__":
    main()
