"""Every file of a folder treated as its manifest says: ``bin/bench pictures --folder F``.

The folder holds ``manifest.csv`` with the columns ``file`` and ``expected_treatment``; the latter
begins with "accept" or "reject", and may ask that GPS or the date be ignored. Each file goes the
way of a picture that a citizen sends: inspected, its facts read, derived in a child with limits.
"""

from __future__ import annotations

import csv
from argparse import ArgumentParser
from pathlib import Path
from zoneinfo import ZoneInfo

from bench.hostile.going_through import READY, REJECTED, Became, went_through
from bench.result import Check, report

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


def wrong(treatment: str, became: Became) -> str | None:
    """What is not as the manifest has it; None where all is."""
    may_be_either = treatment.startswith("reject") and "first frame" in treatment
    expected = REJECTED if treatment.startswith("reject") else READY
    if became.state != expected and not may_be_either:
        return f"{became.state} ({became.reason})"
    if became.leaks:
        return f"publishes {', '.join(became.leaks)}"
    if "ignore date" in treatment and became.facts.taken_at is not None:
        return "believes its date"
    if "ignore GPS, no" in treatment and became.facts.lat is not None:
        return "believes its place"
    if ("suggest ward" in treatment or "flag" in treatment) and became.facts.lat is None:
        return "does not see its place"
    return None


def main() -> None:
    """Try the files; report."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, required=True)
    folder: Path = parser.parse_args().folder
    with (folder / "manifest.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    otherwise = 0
    for row in rows:
        became = went_through((folder / row["file"]).read_bytes(), zone=ZONE)
        fault = wrong(row["expected_treatment"], became)
        otherwise += fault is not None
        said = f"{became.state} {became.reason or ''}".strip()
        print(f"{row['file']}: {said}{f' — WRONG: {fault}' if fault else ''}")
    report(
        "pictures",
        [
            Check.at_least("files in the manifest", len(rows), 1, "files"),
            Check.at_most("treated otherwise than the manifest says", otherwise, 0, "files"),
        ],
    )


if __name__ == "__main__":
    main()
