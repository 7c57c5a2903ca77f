"""What was counted of one group: its counts, and how long things took, however they were read."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol, Self

from reports_service.domain.measures import Spread


@dataclass(frozen=True, slots=True)
class Hours:
    """How long something took. ``n`` were counted, of them ``still_open`` count as longest.

    ``working`` is None where it is citizens who wait: they do so through nights and holidays too.
    """

    working: Spread | None
    elapsed: Spread
    n: int
    still_open: int

    @property
    def of_citizens(self) -> bool:
        """Whether it is citizens' waiting, of reports, and no agency's work on an assignment."""
        return self.working is None

    @property
    def why_null(self) -> str | None:
        """The code of the words that say why a percentile is missing; None when none is."""
        if not self.n:
            return "waits_of_none" if self.of_citizens else "spread_of_none"
        if self.elapsed.p90 is not None:
            return None
        return "waits_reach_open" if self.of_citizens else "spread_reaches_open"


class Waits(NamedTuple):
    """How long things took in a group: its assignments, and its reports to their first sign of
    life.
    """

    acknowledge: Hours
    resolve: Hours
    first_sign: Hours


_NO_SPREAD = Spread(None, None)
NOTHING = Waits(
    Hours(_NO_SPREAD, _NO_SPREAD, 0, 0),
    Hours(_NO_SPREAD, _NO_SPREAD, 0, 0),
    Hours(None, _NO_SPREAD, 0, 0),
)


class Lengths(Protocol):
    """How long a group's work took, wherever that is kept."""

    def hours(self, others: Sequence[Self]) -> Waits:
        """Of this group and of others together."""


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

    def hours(self) -> Waits:
        """How long things took."""
        if not self.lengths:
            return NOTHING
        first, *others = self.lengths
        return first.hours(others)
