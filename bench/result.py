"""How a benchmark ends: one JSON object on the last line, and exit status 1 if a bound fails."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import NoReturn, Self


@dataclass(frozen=True)
class Check:
    """One measured value beside its bound."""

    what: str
    value: float
    unit: str
    bound: float
    holds: bool

    @classmethod
    def at_least(cls, what: str, value: float, bound: float, unit: str) -> Self:
        """A value that must not be below ``bound``."""
        return cls(f"{what} (at least)", value, unit, bound, value >= bound)

    @classmethod
    def at_most(cls, what: str, value: float, bound: float, unit: str) -> Self:
        """A value that must not be above ``bound``."""
        return cls(f"{what} (at most)", value, unit, bound, value <= bound)


def machine() -> str:
    """What ran it, in a line: system, processor, cores, Python."""
    system = f"{platform.system()} {platform.machine()}"
    python = f"{platform.python_implementation()} {platform.python_version()}"
    return f"{system}, {os.cpu_count()} cores, {python}"


def report(bench: str, checks: Sequence[Check]) -> NoReturn:
    """Print the result and leave: status 0 if every bound holds, else 1."""
    result = {
        "bench": bench,
        "machine": machine(),
        "checks": [asdict(check) for check in checks],
    }
    print(json.dumps(result, ensure_ascii=False), flush=True)
    raise SystemExit(0 if checks and all(check.holds for check in checks) else 1)
