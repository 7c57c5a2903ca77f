"""schemathesis with all its checks against the running service, as everybody who may call.

The service is served by the project's gunicorn settings on a demo province with a past. Each caller
tries what it may call, first with the values at every edge of the description, then with random
ones, until so many cases are reached. Rates are multiplied so that they are never reached.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.result import Check, report
from bench.served import PROJECT, environment, run, serving
from reports_service import create_app
from reports_service.core import embedded
from tests.fuzzing import CALLERS, PHASES, Tried, attack, authorization, open_to

CASES = 20_000
SEED = 1022
PAST = ("--reports", "150", "--months", "2")
RANDOM_ONLY = ("fuzzing",)


def main() -> None:
    """Serve, try, tell by operation, report."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--cases", type=int, default=CASES, help="at least so many")
    words.add_argument("--seed", type=int, default=SEED)
    words.add_argument("--as", dest="callers", action="append", choices=CALLERS, help="only these")
    asked = words.parse_args()
    with TemporaryDirectory(prefix="reports-fuzz-") as name:
        tried = served(Path(name), asked.callers or CALLERS, asked.cases, asked.seed)
    tell(tried)
    report(
        "fuzz",
        [
            Check.at_least("cases", tried.total, asked.cases, "cases"),
            Check.at_most("failures of any check", len(tried.failed), 0, "failures"),
        ],
    )


def served(folder: Path, callers: list[str] | tuple[str, ...], cases: int, seed: int) -> Tried:
    """Lay the province, serve it, and try until there are ``cases``."""
    redis = embedded.start(folder)
    try:
        database = f"sqlite:///{folder / 'reports.sqlite3'}"
        environ = environment(folder, database, redis.url)
        run(environ, "reports_service.cli", "seed")
        run(environ, "reports_service.cli", "simulate", *PAST)
        with (
            serving(environ, "wsgi:app", folder / "web.log") as port,
            working(environ, folder / "worker.log"),
        ):
            return until(f"http://127.0.0.1:{port}", callers, cases, seed)
    finally:
        redis.stop()


@contextmanager
def working(environ: Mapping[str, str], log: Path) -> Iterator[None]:
    """A worker, without which figures fall behind and are refused (503)."""
    with log.open("wb") as output:
        worker = subprocess.Popen(
            [sys.executable, "-m", "workers.run"],
            cwd=PROJECT,
            env=dict(environ),
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        yield
    finally:
        worker.terminate()
        worker.wait(30)


def until(address: str, callers: list[str] | tuple[str, ...], cases: int, seed: int) -> Tried:
    """One round with every phase, then random rounds with other seeds until there are enough."""
    app = create_app("test")
    shown = {caller: authorization(address, caller) for caller in callers}
    tried, phases, examples = Tried(), PHASES, 2
    while tried.total < cases:
        for caller in callers:
            met = attack(
                address, shown[caller], open_to(app, caller),
                examples=examples, seed=seed, phases=phases,
            )  # fmt: skip
            tried.add(met)
            say(f"{caller}: {met.total} cases, {len(met.failed)} failures, {tried.total} in all")
            tell_failures(met)
        phases, examples, seed = RANDOM_ONLY, 10, seed + 1
    return tried


def tell(tried: Tried) -> None:
    """Cases by operation."""
    for operation, count in sorted(tried.cases.items()):
        say(f"{count:6} {operation}")


def tell_failures(tried: Tried) -> None:
    """Each with the command that repeats it, as soon as it is met: a run may be broken off."""
    for (check, operation, said), command in sorted(tried.failed.items()):
        say(f"\n{check}: {operation}\n  {said}\n  {command}")


def say(line: str) -> None:
    """A line for whoever watches; the result is the last line of standard output."""
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
