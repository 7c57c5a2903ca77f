"""Lengths counted in bins: how many, which, and in which bin the one at an ordered place lies.

Each doubling of length has 64 bins of equal width, and a bin stands for the middle of its whole
seconds: a percentile read from them is within 0.8 % of the true one (log-linear bins, as those of
G. Tene's HdrHistogram).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

# The bin of a length is read off its float32: exponent and the first six bits behind the point.
_BELOW_BIN: Final = 17  # bits of a float32 that say where in its bin a length lies
_BIN_OF_ONE: Final = int(np.float32(1).view(np.uint32) >> _BELOW_BIN)
BINS: Final = int(np.float32(2**32).view(np.uint32) >> _BELOW_BIN) - _BIN_OF_ONE + 2

Numbers = NDArray[np.int64]
Values = NDArray[np.uint32]
Labels = NDArray[np.int32]


def bins_of(seconds: Values) -> Values:
    """The bin of each length: 0 for 0, 1 for one second, and so on in ever wider ones."""
    found = seconds.astype(np.float32).view(np.uint32)
    found >>= np.uint32(_BELOW_BIN)
    np.maximum(found, np.uint32(_BIN_OF_ONE - 1), out=found)
    found -= np.uint32(_BIN_OF_ONE - 1)
    return found


def _middles() -> NDArray[np.float64]:
    """The length that each bin stands for: the middle of the whole seconds in it."""
    bins = np.arange(_BIN_OF_ONE, _BIN_OF_ONE + BINS, dtype=np.uint32)
    edges = np.ceil((bins << np.uint32(_BELOW_BIN)).view(np.float32).astype(np.float64))
    first, last = edges[:-1], np.maximum(edges[1:] - 1, edges[:-1])
    return np.concatenate([[0.0], (first + last) / 2])


MIDDLES: Final = _middles()


@dataclass(frozen=True, slots=True)
class Histograms:
    """How many lengths lie in each bin: (histograms, ``BINS``)."""

    held: Numbers

    def find(self, places: Numbers) -> tuple[Numbers, Numbers]:
        """In which bin the lengths at these places (histograms, …) of the ordered lie, and at which
        place in it. Bins are counted on through all histograms; beyond the last length it is any.
        """
        flat = self.held.ravel()
        cumulated = np.cumsum(flat)
        first = np.arange(len(self.held))[:, None] * BINS
        sought = places + np.where(first > 0, cumulated[first - 1], 0)
        bins = np.searchsorted(cumulated, sought, side="right")
        bins = np.minimum(bins, first + BINS - 1)
        return bins, np.maximum(sought - (cumulated[bins] - flat[bins]), 0)

    def joined(self, every: int) -> Self:
        """So many, of which each is the sum of those at every so many places."""
        return type(self)(self.held.reshape(-1, every, BINS).sum(axis=0))

    def plus(self, other: Self) -> Self:
        """Each with the lengths of another's."""
        return type(self)(self.held + other.held)
