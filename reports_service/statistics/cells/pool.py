"""Lengths of many groups, gathered from cells and rows, asked for their percentiles.

Groups are looked at some at a time: what is worked on stays small enough for a processor's cache,
and the memory it takes does not grow with the groups.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from reports_service.statistics.cells.histograms import BINS, Histograms, Numbers, Values
from reports_service.statistics.cells.lengths import SORTS, Known, Lengths

PERCENTS: Final = np.array([50, 90])
AT_ONCE: Final = 20  # groups


class _Cells(NamedTuple):
    groups: Numbers
    known: Numbers
    blobs: Sequence[bytes]

    def of(self, chosen: Any) -> _Cells:
        """Those at these places."""
        blobs = [self.blobs[place] for place in chosen.tolist()]
        return _Cells(self.groups[chosen], self.known[chosen], blobs)

    def between(self, first: int, last: int) -> _Cells:
        """Those from one place on, before another."""
        held = slice(first, last)
        return _Cells(self.groups[held], self.known[held], self.blobs[held])


class _Rows(NamedTuple):
    groups: Numbers
    lengths: Values

    def of(self, chosen: Any) -> _Rows:
        """Those at these places."""
        return _Rows(self.groups[chosen], self.lengths[chosen])

    def between(self, first: int, last: int) -> _Rows:
        """Those from one place on, before another."""
        return _Rows(self.groups[first:last], self.lengths[first:last])


class Pool:
    """Lengths of ``groups`` groups, numbered from 0, poured in from cells and from rows."""

    def __init__(self, groups: int) -> None:
        self._groups = groups
        self._parts: list[_Cells | _Rows] = []
        self._known: tuple[NDArray[np.float64], Whole] | None = None

    def add_cells(self, groups: Numbers, known: Numbers, blobs: Sequence[bytes]) -> None:
        """Lengths kept as bytes: of which group each is, and its ``Known.known``."""
        self._parts.append(_Cells(groups, known, blobs))

    def add_rows(self, groups: Numbers, lengths: Values) -> None:
        """Lengths (rows, sorts) of single rows; ``UNKNOWN`` where there is none."""
        self._parts.append(_Rows(groups, lengths))

    def blobs(self, counted: Known) -> list[bytes]:
        """The bytes of each group, joined from all that was poured in."""
        return _decoded(self._parts, 0, self._groups).blobs(counted)

    def percentiles(self, counted: Known) -> NDArray[np.float64]:
        """(groups, sorts, ``PERCENTS``) in seconds; NaN where those still open are reached.

        Between two values it is interpolated, as ``domain.measures.percentile`` does.
        """
        return self._looked_up(counted)[0]

    def together(self, counted: Known) -> Whole:
        """All groups as one; ``counted`` as for ``percentiles``."""
        return self._looked_up(counted)[1]

    def _looked_up(self, counted: Known) -> tuple[NDArray[np.float64], Whole]:
        """Both at once, and once: most of the work is the same."""
        if self._known is None:
            self._put_in_order()
            whole = Whole(counted.together())
            found = [np.zeros((0, SORTS, len(PERCENTS)))]
            for first in range(0, self._groups, AT_ONCE):
                last = min(first + AT_ONCE, self._groups)
                lengths = _decoded(self._between(first, last), first, last)
                found.append(_percentiles(lengths, counted.some(slice(first, last))))
                whole.add(lengths)
            self._known = np.concatenate(found), whole
        return self._known

    def joined(self, groups: Sequence[int]) -> Pool:
        """These groups as one."""
        one = Pool(1)
        for part in self._parts:
            chosen = part.of(np.flatnonzero(np.isin(part.groups, groups)))
            one._parts.append(chosen._replace(groups=np.zeros_like(chosen.groups)))
        return one

    def _put_in_order(self) -> None:
        """By group, so that those of some groups lie together."""
        if self._groups > AT_ONCE:
            self._parts = [part.of(np.argsort(part.groups, kind="stable")) for part in self._parts]

    def _between(self, first: int, last: int) -> list[_Cells | _Rows]:
        """What belongs to the groups from ``first`` on, before ``last``."""
        if last - first == self._groups:
            return self._parts
        return [
            part.between(*np.searchsorted(part.groups, (first, last)).tolist())
            for part in self._parts
        ]


class Whole:
    """All groups of a pool as one: their histograms, and of the sorts that are few the values."""

    def __init__(self, counted: Known) -> None:
        self._few = counted.exact[0]
        self._held = Lengths(1)
        self._held.histograms = Histograms(np.zeros((SORTS, BINS), dtype=np.int64))

    def add(self, lengths: Lengths) -> None:
        """Some of the groups."""
        joined = lengths.histograms.joined(SORTS)
        self._held.histograms = self._held.histograms.plus(joined)
        if self._few.any():
            self._held.add_all_of(lengths, self._few)

    def percentiles(self, counted: Known) -> NDArray[np.float64]:
        """(1, sorts, ``PERCENTS``) in seconds, as a pool's."""
        return _percentiles(self._held, counted)


def _decoded(parts: Sequence[_Cells | _Rows], first: int, last: int) -> Lengths:
    """Parts of these groups, which are numbered from 0 then."""
    lengths = Lengths(last - first)
    for part in parts:
        if isinstance(part, _Cells):
            lengths.add_cells(part.groups - first, part.known, part.blobs)
        else:
            lengths.add_rows(part.groups - first, part.lengths)
    return lengths


def _percentiles(lengths: Lengths, counted: Known) -> NDArray[np.float64]:
    below, above, part = _places(counted)
    places = np.concatenate([below, above], axis=2)
    low, high = np.split(lengths.at(places, counted.exact), 2, axis=2)
    found: NDArray[np.float64] = low + (high - low) * part
    found[above >= counted.known[:, :, None]] = np.nan
    return found


def _places(counted: Known) -> tuple[Numbers, Numbers, NDArray[np.float64]]:
    """(groups, sorts, percents): the two neighbours among the ordered, and how far between."""
    last = (counted.known + counted.longer)[:, :, None] - 1
    below, rest = np.divmod(np.maximum(last, 0) * PERCENTS, 100)
    return below, below + (rest > 0), rest / 100
