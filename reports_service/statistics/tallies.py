"""What was counted of one group: its counts, and how long things took, however they were read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol, Self

from reports_service.domain.measures import Spread


@dataclass(frozen=True, slots=True)
class Hours:
    """How long something took. ``n`` were counted, of them ``still_open`` count as longest."""

    working: Spread
    elapsed: Spread
    n: int
    still_open: int

    @property
    def why_null(self) -> str | None:
        """The code of the words that say why a percentile is missing; None when none is."""
        if not self.n:
            return "spread_of_none"
        return "spread_reaches_open" if self.elapsed.p90 is None else None


NOTHING = Hours(Spread(None, None), Spread(None, None), 0, 0)


class Lengths(Protocol):
    """How long a group's work took, wherever that is kept."""

    def hours(self, others: Sequence[Self]) -> tuple[Hours, Hours]:
        """To acknowledge and to resolve, of this group and of others together."""


@dataclass(slots=True)
class Tally:
    """What was counted of one group; of several, once they are joined."""

    counts: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    stars: int = 0
    lengths: tuple[Lengths, ...] = ()

    def join(self, other: Tally) -> None:
        """Count what ``other`` counted too."""
        for code, number in other.counts.items():
            self.counts[code] += number
        self.stars += other.stars
        self.lengths += other.lengths

    def hours(self) -> tuple[Hours, Hours]:
        """How long it took to acknowledge, and to resolve."""
        if not self.lengths:
            return NOTHING, NOTHING
        first, *others = self.lengths
        return first.hours(others)
