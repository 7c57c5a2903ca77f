"""Lengths of many groups, gathered from cells and rows, asked for their percentiles.

Groups are looked at some at a time: what is worked on stays small enough for a processor's cache,
and the memory it takes does not grow with the groups. Of cells that are in the database only those
are fetched whose groups were not worked out before (``remembered``).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from reports_service.statistics.cells.histograms import BINS, Histograms, Numbers, Values
from reports_service.statistics.cells.lengths import SORTS, Known, Lengths
from reports_service.statistics.cells.remembered import WorkedOut, remembered

PERCENTS: Final = np.array([50, 90])
AT_ONCE: Final = 20  # groups
NO_VERSION: Final = 0
Fetch = Callable[[Numbers], Sequence[bytes]]  # the bytes of cells, by their places


class _Cells(NamedTuple):
    groups: Numbers
    known: Numbers
    versions: Numbers
    places: Numbers
    fetch: Fetch

    def of(self, chosen: Any) -> _Cells:
        """Those at these places."""
        return _Cells(
            self.groups[chosen],
            self.known[chosen],
            self.versions[chosen],
            self.places[chosen],
            self.fetch,
        )

    def between(self, first: int, last: int) -> _Cells:
        """Those from one place on, before another."""
        return self.of(slice(first, last))


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
        self._prepared: list[_Stretch] | None = None
        self._known: tuple[NDArray[np.float64], Whole] | None = None

    def add_cells(self, groups: Numbers, known: Numbers, blobs: Sequence[bytes]) -> None:
        """Lengths kept as bytes: of which group each is, and its ``Known.known``."""
        none = np.full(len(groups), NO_VERSION, dtype=np.int64)
        self.add_stored(groups, known, none, lambda places: [blobs[one] for one in places.tolist()])

    def add_stored(self, groups: Numbers, known: Numbers, versions: Numbers, fetch: Fetch) -> None:
        """The same of cells whose bytes are fetched if they are needed, by their places here."""
        places = np.arange(len(groups), dtype=np.int64)
        self._parts.append(_Cells(groups, known, versions, places, fetch))

    def add_rows(self, groups: Numbers, lengths: Values) -> None:
        """Lengths (rows, sorts) of single rows; ``UNKNOWN`` where there is none."""
        self._parts.append(_Rows(groups, lengths))

    def blobs(self, counted: Known) -> list[bytes]:
        """The bytes of each group, joined from all that was poured in."""
        held = [next(_fetched([part])) for part in self._parts]
        return _decoded(self._parts, held, 0, self._groups).blobs(counted)

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
            whole = Whole(counted.together())
            percentiles = [np.zeros((0, SORTS, len(PERCENTS)))]
            for found in self._worked_out(counted, whole):
                percentiles.append(found.percentiles)
                whole.add(found.histograms)
            self._known = np.concatenate(percentiles), whole
        return self._known

    def prepare(self, counted: Known) -> None:
        """Fetch what ``percentiles`` will need, so that it reads nothing later."""
        self._put_in_order()
        needs_values = Whole(counted.together()).needs_values
        stretches = [
            _stretch(self._between(first, last), first, last, counted, needs_values)
            for first in range(0, self._groups, AT_ONCE)
            for last in [min(first + AT_ONCE, self._groups)]
        ]
        fresh = [one for one in stretches if one.found is None]
        for place in range(len(self._parts)):
            of_each = [one.parts[place] for one in fresh]
            for stretch, blobs in zip(fresh, _fetched(of_each), strict=True):
                stretch.blobs.append(blobs)
        self._prepared = stretches

    def _worked_out(self, counted: Known, whole: Whole) -> Iterator[WorkedOut]:
        """Of some groups after the other."""
        if self._prepared is None:
            self.prepare(counted)
        assert self._prepared is not None
        for stretch in self._prepared:
            found = stretch.found
            if found is None:
                lengths = _decoded(stretch.parts, stretch.blobs, stretch.first, stretch.last)
                found = WorkedOut(
                    _percentiles(lengths, stretch.counted), lengths.histograms.joined(SORTS)
                )
                whole.add_values(lengths)
                if stretch.key is not None:
                    remembered.keep(stretch.key, found)
            yield found

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


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Groups that lie together, and what was poured in of them: with what is remembered, or else
    with the bytes of its cells.
    """

    first: int
    last: int
    parts: list[_Cells | _Rows]
    counted: Known
    key: bytes | None
    found: WorkedOut | None
    blobs: list[Sequence[bytes]]  # of each part


def _stretch(
    parts: list[_Cells | _Rows], first: int, last: int, counted: Known, needs_values: bool
) -> _Stretch:
    own = counted.some(slice(first, last))
    key = None if needs_values else _key(parts, first, own)
    found = None if key is None else remembered.get(key)
    return _Stretch(first, last, parts, own, key, found, [])


def _key(parts: Sequence[_Cells | _Rows], first: int, counted: Known) -> bytes | None:
    """A digest of what lengths are made of; None where no versions say it."""
    said = hashlib.blake2b(digest_size=16)
    said.update(counted.known.tobytes() + counted.longer.tobytes())
    for part in parts:
        if isinstance(part, _Cells):
            if (part.versions == NO_VERSION).any():
                return None
            numbers = np.stack([part.groups - first, part.versions])
            said.update(np.int64(numbers.shape[1]).tobytes() + numbers.tobytes())
        elif len(part.groups):
            return None
    return said.digest()


class Whole:
    """All groups of a pool as one: their histograms, and of the sorts that are few the values."""

    def __init__(self, counted: Known) -> None:
        self._few = counted.exact[0]
        self._held = Lengths(1)
        self._held.histograms = Histograms(np.zeros((SORTS, BINS), dtype=np.int64))

    @property
    def needs_values(self) -> bool:
        """Whether histograms are not enough for one of the sorts."""
        return bool(self._few.any())

    def add(self, histograms: Histograms) -> None:
        """Those of some of the groups."""
        self._held.histograms = self._held.histograms.plus(histograms)

    def add_values(self, lengths: Lengths) -> None:
        """The values of the same groups, as far as they are needed."""
        if self.needs_values:
            self._held.add_all_of(lengths, self._few)

    def percentiles(self, counted: Known) -> NDArray[np.float64]:
        """(1, sorts, ``PERCENTS``) in seconds, as a pool's."""
        return _percentiles(self._held, counted)


def _fetched(parts: Sequence[_Cells | _Rows]) -> Iterator[Sequence[bytes]]:
    """The bytes of the same cells in each of some stretches; of rows there are none."""
    cells = [part for part in parts if isinstance(part, _Cells)]
    if not cells:
        yield from ([] for _ in parts)
        return
    places = np.concatenate([part.places for part in cells])
    blobs = cells[0].fetch(places) if len(places) else []
    begins = 0
    for part in cells:
        yield blobs[begins : begins + len(part.places)]
        begins += len(part.places)


def _decoded(
    parts: Sequence[_Cells | _Rows], blobs: Sequence[Sequence[bytes]], first: int, last: int
) -> Lengths:
    """Parts of these groups, which are numbered from 0 then."""
    lengths = Lengths(last - first)
    for part, held in zip(parts, blobs, strict=True):
        if isinstance(part, _Cells):
            lengths.add_cells(part.groups - first, part.known, held)
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
