"""Runs every check and the suite on both engines, and says at the end what held and what did not.

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
NO_POSTGRESQL = 77  # what the question below answers where there is none
ASK_FOR_POSTGRESQL = f"""
import sys
from tests import servers
try:
    with servers.postgresql():
        pass
except servers.PostgresMissing as why:
    print(why)
    sys.exit({NO_POSTGRESQL})
"""


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
    ended = subprocess.run(
        command, cwd=ROOT, env=environment, stdin=subprocess.DEVNULL, check=False
    )
    return Outcome(name, time.monotonic() - started, failed=ended.returncode != 0)


def suite_on(engine: str, pytest_arguments: list[str]) -> Outcome:
    name = f"tests on {engine}"
    if engine == "postgresql" and (why := why_no_postgresql()):
        return Outcome(name, 0, left_out=why)
    arguments = pytest_arguments or ["-q"]
    return check(name, [sys.executable, "-m", "pytest", *processes(arguments), *arguments], engine)


def processes(arguments: list[str]) -> list[str]:
    """One test process per core, unless the arguments speak of processes or of a debugger."""
    chosen = any(word.startswith(("-n", "--pdb", "--numprocesses")) for word in arguments)
    return [] if chosen else ["-n", "auto", "--dist", "worksteal"]


def why_no_postgresql() -> str:
    asked = subprocess.run(
        [sys.executable, "-c", ASK_FOR_POSTGRESQL],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    return asked.stdout.strip() if asked.returncode == NO_POSTGRESQL else ""


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
