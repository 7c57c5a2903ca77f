"""Who of a ranking is held up: named as keeping the word best, or as needing attention."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Generic, TypeVar

SHOWN: Final = 3  # of each end, where little room is
# A rank needs few; to be held up, good or bad, needs that no single case decides.
HELD_UP_FROM: Final = 10

Row = TypeVar("Row", bound=Mapping[str, Any])


@dataclass(frozen=True, slots=True)
class HeldUp(Generic[Row]):
    """The best by rank, and those that need attention, the last first; nobody is both.

    ``firm`` of the ``among`` that are ranked had enough due to be held up.
    """

    best: Sequence[Row]
    worst: Sequence[Row]
    firm: int
    among: int


def held_up(of_kind: Sequence[Row], shown: int = SHOWN) -> HeldUp[Row]:
    """Read from rows of one kind of agency: ``rank`` (None: not ranked), ``due`` and ``met``.

    Needs attention who is in the lower half of all that are ranked and kept less than these
    together: so never the first of its kind, and never the only one. ``shown`` of each end at most.
    """
    ranked = sorted((row for row in of_kind if row["rank"]), key=lambda row: row["rank"])
    among = len(ranked)
    firm = [row for row in ranked if row["due"] >= HELD_UP_FROM]
    below = [row for row in firm if 2 * row["rank"] > among + 1]
    met, due = (sum(row[code] for row in ranked) for code in ("met", "due"))
    late = [row for row in below if row["met"] * due < met * row["due"]]
    best = [row for row in firm if row not in below] if among > 1 else []
    return HeldUp(best[:shown], late[-shown:][::-1], len(firm), among)
