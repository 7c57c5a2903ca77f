"""Runs every check and the suite on both engines, and says at the end what held and what did not.

Tests in which no database has a part (``any_engine``) and those in a browser run with SQLite only.

Usage: checks.py [PYTEST_ARGUMENTS...]. With arguments only pytest runs, with them. TEST_ENGINE
(sqlite or postgresql) narrows to one engine. What this machine cannot run is left out and named;
with CI=true that is a failure.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SCRIPTS = Path(sys.executable).parent
ENGINES = ("sqlite", "postgresql")
MISSING = 77  # what the questions below answer where there is none
NOTHING_TO_RUN = 5  # pytest's status where no test is left
BROWSER_TESTS = "tests/browser"
ASK_FOR_POSTGRESQL = f"""
import sys
from tests import servers
try:
    with servers.postgresql():
        pass
except servers.PostgresMissing as why:
    print(why)
    sys.exit({MISSING})
"""
ASK_FOR_CHROMIUM = f"""
import sys
from tests.browser import chromium
try:
    chromium.program()
except chromium.ChromiumMissing as why:
    print(why)
    sys.exit({MISSING})
"""
NEEDED: dict[str, tuple[str, ...]] = {"sqlite": (), "postgresql": (ASK_FOR_POSTGRESQL,)}


@dataclass(frozen=True)
class Outcome:
    """How one check ended; ``left_out`` says why it did not run."""

    name: str
    seconds: float
    failed: bool = False
    left_out: str = ""

    def __str__(self) -> str:
        word = "FAILED" if self.failed else f"LEFT OUT: {self.left_out}" if self.left_out else "ok"
        return f"  {self.name:<24}{self.seconds:6.1f} s  {word}"


def main(pytest_arguments: list[str]) -> int:
    engines = [engine for engine in ENGINES if os.environ.get("TEST_ENGINE", engine) == engine]
    if not engines:
        print(f"TEST_ENGINE must be one of {', '.join(ENGINES)}", file=sys.stderr)
        return 2
    outcomes = [] if pytest_arguments else [check(*named) for named in static_checks()]
    outcomes += [suite_on(engine, pytest_arguments) for engine in engines]
    outcomes += [] if pytest_arguments else [suite_in_browser(engines[0])]
    return conclude(outcomes)


def static_checks() -> list[tuple[str, list[str]]]:
    return [
        ("ruff check", [script("ruff"), "check", "."]),
        ("ruff format", [script("ruff"), "format", "--check", "."]),
        ("mypy", [script("mypy")]),
        ("import arrows", [script("lint-imports")]),
    ]


def script(name: str) -> str:
    return str(SCRIPTS / name)


def check(name: str, command: list[str], engine: str = "") -> Outcome:
    print(f"\n== {name}", flush=True)
    started = time.monotonic()
    environment = {**os.environ, **({"TEST_ENGINE": engine} if engine else {})}
    # Some hundred processes would compile everything anew, each for itself.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    ended = subprocess.run(
        command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, check=False
    )
    if engine and ended.returncode == NOTHING_TO_RUN:
        return Outcome(name, time.monotonic() - started, left_out="nothing of it hangs on that")
    return Outcome(name, time.monotonic() - started, failed=ended.returncode != 0)


def suite_on(engine: str, pytest_arguments: list[str]) -> Outcome:
    name = f"tests on {engine}"
    if why := why_missing(*NEEDED[engine]):
        return Outcome(name, 0, left_out=why)
    arguments = pytest_arguments or ["-q", f"--ignore={BROWSER_TESTS}"]
    return check(name, [sys.executable, "-m", "pytest", *processes(arguments), *arguments], engine)


def suite_in_browser(engine: str) -> Outcome:
    """The pages in Chromium, on one engine: what a browser shows does not hang on the engine, and
    the views behind it are tested on both.
    """
    name = "pages in a browser"
    if why := why_missing(ASK_FOR_CHROMIUM, *NEEDED[engine]):
        return Outcome(name, 0, left_out=why)
    arguments = ["-q", BROWSER_TESTS]
    return check(name, [sys.executable, "-m", "pytest", *processes(arguments), *arguments], engine)


def processes(arguments: list[str]) -> list[str]:
    """A test process per core and one more, since some wait for the servers that they hurt; unless
    the arguments speak of processes or of a debugger.
    """
    chosen = any(word.startswith(("-n", "--pdb", "--numprocesses")) for word in arguments)
    number = (os.cpu_count() or 1) + 1
    return [] if chosen else ["-n", str(number), "--dist", "worksteal"]


def why_missing(*questions: str) -> str:
    """What this machine lacks to run a suite, in words; nothing if it has it."""
    return next(filter(None, map(answer, questions)), "")


def answer(question: str) -> str:
    asked = subprocess.run(
        [sys.executable, "-c", question],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    return asked.stdout.strip() if asked.returncode == MISSING else ""


def conclude(outcomes: list[Outcome]) -> int:
    print("\n== In short")
    for outcome in outcomes:
        print(outcome)
    failed = any(outcome.failed for outcome in outcomes)
    left_out = any(outcome.left_out for outcome in outcomes)
    if left_out and os.environ.get("CI") == "true":
        print("In CI nothing may be left out.")
        return 1
    return 1 if failed else 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
