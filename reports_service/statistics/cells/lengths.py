"""How long things took, for many groups at once: exact while they are few, else a histogram.

A group's lengths are whole seconds in the sorts of ``layout.LENGTHS``; of how many there are,
each sort decides by itself. Kept as bytes they are

- of the sorts below ``EXACT_BELOW`` the values (uint32), ascending, one sort after the other;
- then, of the others, pairs (uint32) of a bin and how many lie in it, for the bins that hold any.

Groups join without loss, whichever form they are kept in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from reports_service.statistics.cells.histograms import (
    BINS,
    MIDDLES,
    Histograms,
    Labels,
    Numbers,
    Values,
    bins_of,
)
from reports_service.statistics.cells.layout import EXACT_BELOW, LENGTHS, UNKNOWN

SORTS: Final = len(LENGTHS)
FEW: Final = 32  # values for each sort of each group
_BIN_BITS: Final = 12  # of the number that a bin is kept by; its sort stands above them
Chosen = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Known:
    """Per group: how many lengths of each sort are known, and how many count as longer."""

    known: Numbers  # (groups, sorts)
    longer: Numbers  # (groups, sorts)

    @classmethod
    def of(cls, known: Sequence[Any], longer: Sequence[Any]) -> Known:
        """From counts by group: to acknowledge and to resolve, each for a sort in working and one
        in elapsed time; to the first sign of life.
        """
        return cls(_by_sort(*known), _by_sort(*longer))

    def some(self, groups: slice) -> Known:
        """Those of some groups."""
        return Known(self.known[groups], self.longer[groups])

    def together(self) -> Known:
        """All groups as one."""
        return Known(self.known.sum(axis=0, keepdims=True), self.longer.sum(axis=0, keepdims=True))

    @property
    def exact(self) -> Chosen:
        """(groups, sorts): which are few enough to be kept one by one."""
        few: Chosen = self.known < EXACT_BELOW
        return few


def _by_sort(acknowledge: Any, resolve: Any, first_sign: Any) -> Numbers:
    sorts = [acknowledge, acknowledge, resolve, resolve, first_sign]
    return np.stack(sorts, axis=1).astype(np.int64)


def whole(known: Numbers, blobs: Sequence[bytes]) -> Chosen:
    """Of which cells the bytes hold as many lengths as are known; of histograms, whole pairs."""
    rest = np.fromiter(map(len, blobs), dtype=np.int64, count=len(blobs)) - _bytes_of_exact(known)
    binned = (known >= EXACT_BELOW).any(axis=1)
    fits: Chosen = np.where(binned, (rest > 0) & (rest % 8 == 0), rest == 0)
    return fits


def _bytes_of_exact(known: Numbers) -> Numbers:
    """How many bytes the lengths take that are kept one by one, of each cell."""
    return 4 * np.where(known < EXACT_BELOW, known, 0).sum(axis=1)


class Lengths:
    """Lengths of ``groups`` groups, numbered from 0: single values, and counts of bins."""

    def __init__(self, groups: int) -> None:
        self.groups = groups
        self._values: list[Values] = []
        self._runs: list[tuple[Labels, Numbers]] = []  # of values: group * SORTS + sort, and length
        self._bin_labels: list[Labels] = []  # the same of each bin
        self._bins: list[Labels] = []
        self._in_bins: list[Values] = []

    def add_cells(self, groups: Numbers, known: Numbers, blobs: Sequence[bytes]) -> None:
        """Lengths kept as bytes: of which group each is, and its ``Known.known``."""
        ends = _bytes_of_exact(known).tolist()
        self._add_exact(groups, known, [blob[:end] for blob, end in zip(blobs, ends, strict=True)])
        self._add_bins(groups, [blob[end:] for blob, end in zip(blobs, ends, strict=True)])

    def _add_exact(self, groups: Numbers, known: Numbers, blobs: list[bytes]) -> None:
        labels = (groups[:, None] * SORTS + np.arange(SORTS)).astype(np.int32).ravel()
        self._runs.append((labels, np.where(known < EXACT_BELOW, known, 0).ravel()))
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
        self._runs.append((labels[known], np.ones(int(known.sum()), dtype=np.int64)))
        self._values.append(lengths[known])

    def add_all_of(self, other: Lengths, sorts: Chosen) -> None:
        """Into the one group: all of another's groups, of these sorts."""
        wanted = np.tile(sorts, other.groups)
        for (labels, sizes), values in zip(other._runs, other._values, strict=True):
            held = wanted[labels]
            self._runs.append((labels[held] % SORTS, sizes[held]))
            self._values.append(values[np.repeat(held, sizes)])
        parts = zip(other._bin_labels, other._bins, other._in_bins, strict=True)
        for labels, bins, numbers in parts:
            held = wanted[labels]
            self._bin_labels.append(labels[held] % SORTS)
            self._bins.append(bins[held])
            self._in_bins.append(numbers[held])

    def blobs(self, counted: Known) -> list[bytes]:
        """The bytes of each group."""
        exact = counted.exact
        values, starts = self._sorted(exact)
        bounds = starts[::SORTS].tolist()
        kept = [values[first:last].tobytes() for first, last in pairwise(bounds)]
        for group, sort, held in zip(*np.nonzero(~exact), self._binned(~exact), strict=True):
            filled = np.flatnonzero(held)
            pairs = np.stack([(sort << _BIN_BITS) | filled, held[filled]], axis=1)
            kept[group] += pairs.astype("<u4").tobytes()
        return kept

    def at(self, places: Numbers, exact: Chosen) -> NDArray[np.float64]:
        """The lengths at these places (groups, sorts, …) of the ordered, found by their bins: of
        those that are to be exact, only what lies in a wanted bin is put in order. Where all are,
        and so few that the bins would be empty, all is put in order instead.
        """
        if exact.all() and sum(map(len, self._values)) < exact.size * FEW:
            return self._ordered_at(places, exact)
        bins, ranks = self.histograms.find(places.reshape(-1, places.shape[2]))
        found: NDArray[np.float64] = MIDDLES[bins % BINS]
        chosen = exact.ravel()
        if chosen.any():
            found[chosen] = self._in_bins_of(bins[chosen], ranks[chosen])
        return found.reshape(places.shape)

    def _ordered_at(self, places: Numbers, exact: Chosen) -> NDArray[np.float64]:
        """The same, from all values in order; anything where there is none."""
        values, starts = self._sorted(exact)
        if not len(values):
            return np.zeros(places.shape)
        index = starts[:-1].reshape(exact.shape)[:, :, None] + places
        return values[np.minimum(index, len(values) - 1)].astype(np.float64)

    def _in_bins_of(self, bins: Numbers, ranks: Numbers) -> NDArray[np.float64]:
        """Of the values in each of these bins the one with this rank; anything if there is none."""
        wanted = np.zeros(self.groups * SORTS * BINS, dtype=bool)
        wanted[bins] = True
        chosen = np.flatnonzero(wanted[self._value_bins])
        keys = _ordered(self._value_bins[chosen], _joined(self._values, np.uint32)[chosen])
        if not len(keys):
            return np.zeros(ranks.shape)
        place = np.searchsorted(keys >> np.uint64(32), bins) + ranks
        return keys.astype(np.uint32)[np.minimum(place, len(keys) - 1)].astype(np.float64)

    @cached_property
    def histograms(self) -> Histograms:
        """Those of all sorts of all groups."""
        size = self.groups * SORTS * BINS
        held = np.bincount(self._value_bins, minlength=size)
        if self._bins:
            places = _joined(self._bin_labels, np.int32) * np.int32(BINS)
            places += _joined(self._bins, np.int32)
            numbers = _joined(self._in_bins, np.uint32)
            held += np.bincount(places, weights=numbers, minlength=size).astype(np.int64)
        return Histograms(held.reshape(-1, BINS))

    @cached_property
    def _value_bins(self) -> Numbers:
        """Of each value the bin that it lies in, counted on through all labels: an index."""
        bins = self._labels(BINS)
        bins += bins_of(_joined(self._values, np.uint32))
        return bins

    def _labels(self, times: int = 1) -> Numbers:
        """Of each value the label, so many times."""
        parts = [np.repeat(labels.astype(np.int64) * times, sizes) for labels, sizes in self._runs]
        found: Numbers = _joined(parts, np.int64)
        return found

    def _sorted(self, wanted: Chosen) -> tuple[Values, Numbers]:
        """Values by label, ascending, of the wanted ones; and where each label's begin."""
        labels, values = self._labels(), _joined(self._values, np.uint32)
        if not wanted.all():
            chosen = wanted.ravel()[labels]
            labels, values = labels[chosen], values[chosen]
        sizes = np.bincount(labels, minlength=self.groups * SORTS)
        return _ordered(labels, values).astype(np.uint32), np.concatenate([[0], np.cumsum(sizes)])

    def _binned(self, wanted: Chosen) -> Numbers:
        """How many lie in each bin of each wanted sort of each group; without room for others."""
        size = int(wanted.sum()) * BINS
        labels, values = self._labels(), _joined(self._values, np.uint32)
        if not size:
            return np.zeros((0, BINS), dtype=np.int64)
        # Where the bins of each label begin; those not wanted share one behind all others.
        begins = np.full(wanted.size, size, dtype=np.int64)
        begins[wanted.ravel()] = np.arange(0, size, BINS, dtype=np.int64)
        places = begins[labels]
        places += bins_of(values)
        held = np.bincount(np.minimum(places, size), minlength=size + 1)
        if self._bins:
            places = begins[_joined(self._bin_labels, np.int32)] + _joined(self._bins, np.int32)
            numbers = _joined(self._in_bins, np.uint32)
            more = np.bincount(np.minimum(places, size), weights=numbers, minlength=size + 1)
            held += more.astype(np.int64)
        return held[:size].reshape(-1, BINS)


def _ordered(labels: Numbers, values: Values) -> NDArray[np.uint64]:
    """By label, then by value: each label and value as one number."""
    keys = labels.astype(np.uint64)
    keys <<= np.uint64(32)
    keys |= values
    keys.sort()
    return keys


def _joined(parts: list[Any], kind: Any) -> Any:
    if len(parts) == 1:
        return parts[0]
    return np.concatenate(parts) if parts else np.zeros(0, dtype=kind)
