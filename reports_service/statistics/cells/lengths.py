"""How long things took, for many groups at once: exact while they are few, else a histogram.

A group's lengths are whole seconds in the four sorts of ``layout.LENGTHS``; of how many there are,
each sort decides by itself. Kept as bytes they are

- of the sorts below ``EXACT_BELOW`` the values (uint32), ascending, one sort after the other;
- then, of the others, pairs (uint32) of a bin and how many lie in it, for the bins that hold any.

Each doubling of length has 64 bins of equal width, and a bin stands for the middle of its whole
seconds: a percentile read from them is within 0.8 % of the true one (log-linear bins, as those of
G. Tene's HdrHistogram). Groups join without loss, whichever form they are kept in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from reports_service.statistics.cells.layout import EXACT_BELOW, LENGTHS, UNKNOWN

# The bin of a length is read off its float32: exponent and the first six bits behind the point.
_BELOW_BIN: Final = 17  # bits of a float32 that say where in its bin a length lies
_BIN_OF_ONE: Final = int(np.float32(1).view(np.uint32) >> _BELOW_BIN)
BINS: Final = int(np.float32(2**32).view(np.uint32) >> _BELOW_BIN) - _BIN_OF_ONE + 2
SORTS: Final = len(LENGTHS)
PERCENTS: Final = np.array([50, 90])
_BIN_BITS: Final = 12  # of the number that a bin is kept by; its sort stands above them

Numbers = NDArray[np.int64]
Values = NDArray[np.uint32]
Labels = NDArray[np.int32]
Chosen = NDArray[np.bool_]


def bins_of(seconds: Values) -> Labels:
    """The bin of each length: 0 for 0, 1 for one second, and so on in ever wider ones."""
    bits = seconds.astype(np.float32).view(np.uint32) >> np.uint32(_BELOW_BIN)
    found = bits.astype(np.int32)
    found -= _BIN_OF_ONE - 1
    return np.maximum(found, 0, out=found)


def _middles() -> NDArray[np.float64]:
    """The length that each bin stands for: the middle of the whole seconds in it."""
    bins = np.arange(_BIN_OF_ONE, _BIN_OF_ONE + BINS, dtype=np.uint32)
    edges = np.ceil((bins << np.uint32(_BELOW_BIN)).view(np.float32).astype(np.float64))
    first, last = edges[:-1], np.maximum(edges[1:] - 1, edges[:-1])
    return np.concatenate([[0.0], (first + last) / 2])


MIDDLES: Final = _middles()


@dataclass(frozen=True, slots=True)
class Known:
    """Per group: how many lengths of each sort are known, and how many count as longer."""

    known: Numbers  # (groups, sorts)
    longer: Numbers  # (groups, sorts)

    @classmethod
    def of(cls, acknowledge: Any, resolve: Any, acknowledge_open: Any, resolve_open: Any) -> Known:
        """From counts by group; each stands for a sort in working and one in elapsed time."""
        return cls(
            np.stack([acknowledge, acknowledge, resolve, resolve], axis=1).astype(np.int64),
            np.stack(
                [acknowledge_open, acknowledge_open, resolve_open, resolve_open], axis=1
            ).astype(np.int64),
        )

    @property
    def exact(self) -> Chosen:
        """(groups, sorts): which are few enough to be kept one by one."""
        few: Chosen = self.known < EXACT_BELOW
        return few


def whole(known: Numbers, blobs: Sequence[bytes]) -> Chosen:
    """Of which cells the bytes hold as many lengths as are known; of histograms, whole pairs."""
    rest = np.fromiter(map(len, blobs), dtype=np.int64, count=len(blobs)) - _bytes_of_exact(known)
    binned = (known >= EXACT_BELOW).any(axis=1)
    fits: Chosen = np.where(binned, (rest > 0) & (rest % 8 == 0), rest == 0)
    return fits


def _bytes_of_exact(known: Numbers) -> Numbers:
    """How many bytes the lengths take that are kept one by one, of each cell."""
    return 4 * np.where(known < EXACT_BELOW, known, 0).sum(axis=1)


class Pool:
    """Lengths of ``groups`` groups, numbered from 0, poured in from cells and from rows."""

    def __init__(self, groups: int) -> None:
        self._groups = groups
        self._labels: list[Labels] = []  # group * SORTS + sort, of each value
        self._values: list[Values] = []
        self._bin_labels: list[Labels] = []  # the same of each bin
        self._bins: list[Labels] = []
        self._in_bins: list[Values] = []
        self._made: Numbers | None = None

    def add_cells(self, groups: Numbers, known: Numbers, blobs: Sequence[bytes]) -> None:
        """Lengths kept as bytes: of which group each is, and its ``Known.known``."""
        ends = _bytes_of_exact(known).tolist()
        self._add_exact(groups, known, [blob[:end] for blob, end in zip(blobs, ends, strict=True)])
        self._add_bins(groups, [blob[end:] for blob, end in zip(blobs, ends, strict=True)])

    def _add_exact(self, groups: Numbers, known: Numbers, blobs: list[bytes]) -> None:
        labels = (groups[:, None] * SORTS + np.arange(SORTS)).astype(np.int32).ravel()
        self._labels.append(np.repeat(labels, np.where(known < EXACT_BELOW, known, 0).ravel()))
        self._values.append(np.frombuffer(b"".join(blobs), dtype="<u4"))

    def _add_bins(self, groups: Numbers, blobs: list[bytes]) -> None:
        pairs = np.frombuffer(b"".join(blobs), dtype="<u4").reshape(-1, 2)
        if not len(pairs):
            return
        sizes = np.fromiter(map(len, blobs), dtype=np.int64, count=len(blobs)) // 8
        kept = pairs[:, 0].astype(np.int32)
        labels = np.repeat((groups * SORTS).astype(np.int32), sizes)
        self._bin_labels.append(labels + (kept >> _BIN_BITS))
        self._bins.append(kept & ((1 << _BIN_BITS) - 1))
        self._in_bins.append(pairs[:, 1])

    def add_rows(self, groups: Numbers, lengths: Values) -> None:
        """Lengths (rows, sorts) of single rows; ``UNKNOWN`` where there is none."""
        known = lengths != UNKNOWN
        labels = (groups[:, None] * SORTS + np.arange(SORTS)).astype(np.int32)
        self._labels.append(labels[known])
        self._values.append(lengths[known])

    def blobs(self, counted: Known) -> list[bytes]:
        """The bytes of each group, joined from all that was poured in."""
        exact = counted.exact
        values, starts = self._sorted(exact)
        bounds = starts[::SORTS].tolist()
        kept = [values[first:last].tobytes() for first, last in pairwise(bounds)]
        histograms = self._histograms(~exact).reshape(-1, BINS)
        for group, sort, held in zip(*np.nonzero(~exact), histograms, strict=True):
            filled = np.flatnonzero(held)
            pairs = np.stack([(sort << _BIN_BITS) | filled, held[filled]], axis=1)
            kept[group] += pairs.astype("<u4").tobytes()
        return kept

    def percentiles(self, counted: Known) -> NDArray[np.float64]:
        """(groups, sorts, ``PERCENTS``) in seconds; NaN where those still open are reached.

        Between two values it is interpolated, as ``domain.measures.percentile`` does.
        """
        below, above, part = _places(counted)
        exact = counted.exact
        low, high = np.zeros_like(part), np.zeros_like(part)
        if exact.any():
            values, starts = self._sorted(exact)
            first = starts[:-1].reshape(self._groups, SORTS)[exact][:, None]
            low[exact] = _taken(values, first + below[exact])
            high[exact] = _taken(values, first + above[exact])
        if not exact.all():
            cumulated = np.cumsum(self._histograms(~exact))
            low[~exact] = _in_histogram(cumulated, below[~exact])
            high[~exact] = _in_histogram(cumulated, above[~exact])
        found = low + (high - low) * part
        found[above >= counted.known[:, :, None]] = np.nan
        return found

    def joined(self, groups: Sequence[int] | None = None) -> Pool:
        """These groups, or all, as one."""
        whole = Pool(1)
        if groups is None and self._bins:
            each = self._every_histogram().reshape(self._groups, SORTS * BINS)
            whole._made = each.sum(axis=0)
        for labels, values in zip(self._labels, self._values, strict=True):
            held = slice(None) if groups is None else np.isin(labels // SORTS, groups)
            whole._labels.append(labels[held] & (SORTS - 1))
            whole._values.append(values[held])
        for labels, bins, numbers in zip(self._bin_labels, self._bins, self._in_bins, strict=True):
            held = slice(None) if groups is None else np.isin(labels // SORTS, groups)
            whole._bin_labels.append(labels[held] & (SORTS - 1))
            whole._bins.append(bins[held])
            whole._in_bins.append(numbers[held])
        return whole

    def _sorted(self, wanted: Chosen) -> tuple[Values, Numbers]:
        """Values by label, ascending, of the wanted ones; and where each label's begin."""
        labels, values = _joined(self._labels, np.int32), _joined(self._values, np.uint32)
        if not wanted.all():
            chosen = wanted.ravel()[labels]
            labels, values = labels[chosen], values[chosen]
        sizes = np.bincount(labels, minlength=self._groups * SORTS)
        keys = labels.astype(np.uint64)
        keys <<= np.uint64(32)
        keys |= values
        keys.sort()
        return keys.astype(np.uint32), np.concatenate([[0], np.cumsum(sizes)])

    def _histograms(self, wanted: Chosen) -> Numbers:
        """How many lie in each bin of each wanted sort of each group, one behind the other."""
        if self._bins:
            return self._every_histogram().reshape(-1, BINS)[wanted.ravel()].ravel()
        return self._of_values(wanted)

    def _every_histogram(self) -> Numbers:
        """Those of all groups; made once, for the groups and for all of them as one."""
        if self._made is None:
            held = self._of_values(np.ones((self._groups, SORTS), dtype=bool))
            places = _joined(self._bin_labels, np.int32) * np.int32(BINS)
            places += _joined(self._bins, np.int32)
            numbers = _joined(self._in_bins, np.uint32)
            more = np.bincount(places, weights=numbers, minlength=len(held))
            self._made = held + more.astype(np.int64)
        return self._made

    def _of_values(self, wanted: Chosen) -> Numbers:
        """The histograms of what was poured in one by one."""
        size = int(wanted.sum()) * BINS
        labels, values = _joined(self._labels, np.int32), _joined(self._values, np.uint32)
        if not len(labels) or not size:
            return np.zeros(size, dtype=np.int64)
        # Where the bins of each label begin; those not wanted share one behind all others.
        begins = np.full(wanted.size, size, dtype=np.int32)
        begins[wanted.ravel()] = np.arange(0, size, BINS, dtype=np.int32)
        places = begins[labels]
        places += bins_of(values)
        return np.bincount(np.minimum(places, size), minlength=size + 1)[:size]


def _places(counted: Known) -> tuple[Numbers, Numbers, NDArray[np.float64]]:
    """(groups, sorts, percents): the two neighbours among the ordered, and how far between."""
    last = (counted.known + counted.longer)[:, :, None] - 1
    below, rest = np.divmod(np.maximum(last, 0) * PERCENTS, 100)
    return below, below + (rest > 0), rest / 100


def _taken(values: Values, places: Numbers) -> NDArray[np.float64]:
    """Values at these places; anything where there is none."""
    if not len(values):
        return np.zeros(places.shape)
    return values[np.minimum(places, len(values) - 1)].astype(np.float64)


def _in_histogram(cumulated: Numbers, places: Numbers) -> NDArray[np.float64]:
    """The length that the bin of each ordered place stands for; ``places``: (histograms, …).

    ``cumulated``: over the bins of all these histograms, one behind the other.
    """
    first = np.arange(len(places))[:, None] * BINS
    before = np.concatenate([[0], cumulated])[first]
    bins = np.searchsorted(cumulated, before + places, side="right") - first
    found: NDArray[np.float64] = MIDDLES[np.minimum(bins, BINS - 1)]
    return found


def _joined(parts: list[Any], kind: Any) -> Any:
    if len(parts) == 1:
        return parts[0]
    return np.concatenate(parts) if parts else np.zeros(0, dtype=kind)
