"""Whether the service says what the rows say: counts the same, percentiles as near as is due."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bench.figured.straight import LENGTHS, Spread, Straight
from reports_service.domain.measures import Unit, of_agencies

EXACT_BELOW = 2_000
COUNTS = [measure.code for measure in of_agencies(Unit.COUNT)]
EXACTLY = 1e-9
SPREADS = {
    "acknowledge_working_s": ("hours_to_acknowledge", "working"),
    "acknowledge_elapsed_s": ("hours_to_acknowledge", "elapsed"),
    "resolve_working_s": ("hours_to_resolve", "working"),
    "resolve_elapsed_s": ("hours_to_resolve", "elapsed"),
    "first_sign_s": ("hours_to_first_sign", "elapsed"),
}


@dataclass
class Differences:
    """Which numbers differ how often, and the largest relative errors of percentiles."""

    counts: Counter[str] = field(default_factory=Counter)
    compared: int = 0
    small: float = 0.0
    large: float = 0.0

    def add(self, shown: Any, ids: Mapping[str, int], straight: Straight) -> None:
        """Compare the rows of an answer of ``/stats/agencies`` with what was counted straight."""
        rows = {ids[row["agency"]["code"]]: row for row in shown["items"]}
        for agency_id in {*straight.counts, *rows}:
            row, counted = rows.get(agency_id), straight.counts.get(agency_id, {})
            if row is None:
                self._count("agency", None, 1)
                continue
            for name in COUNTS:
                self._count(name, row[name], counted.get(name, 0))
            self._mean(row["satisfaction"], counted)
            self._spreads(row, straight.spreads.get(agency_id, {}))

    def add_total(self, total: Any, reports: int, first_signs: Spread) -> None:
        """Compare what the total counts of reports, with what was counted straight."""
        self._count("total", total["received"], reports)
        self._hours("first_sign_s", total, first_signs)

    def _count(self, name: str, shown: int | None, counted: int) -> None:
        self.compared += 1
        self.counts[name] += shown != counted

    def _mean(self, shown: float | None, counted: Mapping[str, int]) -> None:
        number = counted.get("satisfaction_n", 0)
        mean = counted["stars"] / number if number else None
        self.compared += 1
        near = mean is not None and shown is not None and abs(shown - mean) <= EXACTLY * mean
        self.counts["satisfaction"] += not (shown == mean or near)

    def _spreads(self, row: Any, straight: Mapping[str, Spread]) -> None:
        for seconds in LENGTHS:
            self._hours(seconds, row, straight.get(seconds, (0, None, None)))

    def _hours(self, seconds: str, row: Any, straight: Spread) -> None:
        name, kind = SPREADS[seconds]
        number, *known = straight
        self._count(f"{name} n", row[name]["n"], number)
        shown = row[name][kind]["median"], row[name][kind]["p90"]
        for value, right in zip(shown, known, strict=True):
            self._spread(value, right, number)

    def _spread(self, shown: float | None, right_s: float | None, number: int) -> None:
        self.compared += 1
        if shown is None or right_s is None:
            self.counts["percentile"] += shown is not right_s
            return
        right = right_s / 3600
        error = abs(shown - right) / right if right else float(shown != right)
        if number < EXACT_BELOW:
            self.small = max(self.small, error)
        else:
            self.large = max(self.large, error)
