"""Spoilt pictures without end: ``bin/bench fuzz_pictures --files N``.

Each is inspected as in a request and derived as in a worker. It has to end as ready or as rejected
with a reason, within its limits of memory and time, and publish pixels alone. A file that does not
is written to ``--keep``.
"""

from __future__ import annotations

from argparse import ArgumentParser
from collections import Counter
from importlib import import_module
from pathlib import Path
from time import perf_counter

from bench.hostile.going_through import Became, went_through
from bench.hostile.mutations import mutated
from bench.hostile.seeds import seeds
from bench.result import Check, report
from reports_service.attachments.isolation import Bounds

BOUNDS = Bounds()
LONGEST_S = BOUNDS.seconds + 5


def outcome(content: bytes) -> tuple[str, Became | None]:
    """What became of a file, or which fault of ours it met."""
    try:
        became = went_through(content, BOUNDS)
    except Exception as fault:
        return f"FAULT {type(fault).__name__}: {fault}"[:200], None
    if became.leaks:
        return f"LEAK {', '.join(became.leaks)}", became
    return became.reason or became.state, became


def main() -> None:
    """Fuzz; report."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1022)
    parser.add_argument("--keep", type=Path)
    asked = parser.parse_args()
    import_module("workers.run")  # the child is born from a process like a worker
    counts: Counter[str] = Counter()
    longest, peak = 0.0, 0
    for number, content in enumerate(mutated(seeds(), asked.files, asked.seed)):
        began = perf_counter()
        said, became = outcome(content)
        longest = max(longest, perf_counter() - began)
        peak = max(peak, became.peak_bytes if became else 0)
        counts[said] += 1
        if asked.keep and said.startswith(("FAULT", "LEAK")):
            (asked.keep / f"{asked.seed}-{number}").write_bytes(content)
    for said, times in counts.most_common():
        print(f"{times:>8}  {said}")
    bad = sum(times for said, times in counts.items() if said.startswith(("FAULT", "LEAK")))
    report(
        "fuzz_pictures",
        [
            Check.at_least("files", asked.files, 1, "files"),
            Check.at_most("neither ready nor rejected, or leaking", bad, 0, "files"),
            Check.at_most("longest", round(longest, 2), LONGEST_S, "s"),
            Check.at_most("largest resident memory", round(peak / 1e6, 1), 600, "MB"),
        ],
    )


if __name__ == "__main__":
    main()
