"""From what was counted to figures: shares, spreads, satisfaction, each by its definition."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from reports_service.domain.measures import Spread, Unit, of_agencies, rate, share, wilson_lower
from reports_service.statistics.queries import Lengths, Tally


@dataclass(frozen=True, slots=True)
class Hours:
    """How long something took. ``n`` were counted, of them ``still_open`` count as longest."""

    working: Spread
    elapsed: Spread
    n: int
    still_open: int

    @classmethod
    def of(cls, lengths: Lengths) -> Hours:
        """The spread of these lengths."""
        return cls(
            working=Spread.of(lengths.working, lengths.still_open),
            elapsed=Spread.of(lengths.elapsed, lengths.still_open),
            n=len(lengths.elapsed) + lengths.still_open,
            still_open=lengths.still_open,
        )

    @property
    def why_null(self) -> str | None:
        """The code of the words that say why a percentile is missing; None when none is."""
        if not self.n:
            return "spread_of_none"
        return "spread_reaches_open" if self.elapsed.p90 is None else None


def figures(tally: Tally) -> dict[str, Any]:
    """All figures of one row, by the codes of their definitions, but for the rank."""
    counts = tally.counts
    return {
        **{measure.code: counts[measure.code] for measure in of_agencies(Unit.COUNT)},
        **{
            measure.code: share(counts, measure.code)
            for measure in of_agencies(Unit.SHARE)
            if measure.part
        },
        "on_time_lower_bound": wilson_lower(counts["met"], counts["due"]),
        "hours_to_acknowledge": Hours.of(tally.acknowledge),
        "hours_to_resolve": Hours.of(tally.resolve),
        "satisfaction": rate(tally.stars, counts["satisfaction_n"]),
    }
