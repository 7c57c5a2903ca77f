"""Cells counted: of months from sheets, of longer spans from the cells of shorter ones."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from reports_service.statistics.cells import grouping
from reports_service.statistics.cells.grouping import Grouped
from reports_service.statistics.cells.layout import COUNTS, DEADLINES, Axis, Kind
from reports_service.statistics.cells.lengths import Pool
from reports_service.statistics.cells.local_months import LocalMonths
from reports_service.statistics.cells.sheets import Address

Array = NDArray[Any]
PAST = 0  # the span of all years before the one that is not over


class Key(NamedTuple):
    """Which cell."""

    axis: int
    span: int
    member: int
    agency: int


@dataclass(frozen=True, slots=True)
class Counted:
    """What a cell holds."""

    counts: Array
    lengths: bytes
    marks: bytes | None = None


Cells = dict[Key, Counted]
_MEMBERS: Mapping[Axis, Callable[[Array, LocalMonths], Array]] = {
    Axis.AGENCY: lambda rows, _: np.zeros(len(rows), dtype=np.int64),
    Axis.CATEGORY: lambda rows, _: rows["category"].astype(np.int64),
    Axis.AREA: lambda rows, _: rows["area"].astype(np.int64),
    Axis.CHANNEL: lambda rows, _: rows["channel"].astype(np.int64),
    Axis.DAY: lambda rows, months: months.days(rows["at"]),
}
_MEMBER_BITS = 32


@dataclass
class Touched:
    """The cells of months that rows stand in; all of their sheets' cells where it is ``whole``."""

    months: LocalMonths
    whole: bool = False
    _keys: dict[Axis, list[Array]] = field(default_factory=lambda: {axis: [] for axis in Axis})

    def add(self, at: Address, rows: Array) -> None:
        """Note the cells of these rows of a sheet."""
        for axis in Axis:
            members = np.unique(_MEMBERS[axis](rows, self.months))
            fixed = np.full((len(members), 2), (at.month, at.agency))
            self._keys[axis].append(np.column_stack([fixed, members]))

    def of(self, axis: Axis) -> Array:
        """(month, agency, member) of each, without repeating any."""
        noted = self._keys[axis]
        return np.unique(np.concatenate(noted), axis=0) if noted else np.zeros((0, 3), np.int64)

    def sheets(self) -> set[tuple[int, int]]:
        """(month, agency) of all that is needed to count them."""
        return {(int(month), int(agency)) for month, agency, _ in self.of(Axis.AGENCY)}


def of_months(sheets: Mapping[Address, Array], touched: Touched, present: int) -> Cells:
    """The touched cells of months, counted from all sheets of their months and agencies.

    ``present``: the local month of now; it and later ones keep the seconds of their deadlines.
    """
    places = {place: number for number, place in enumerate(sorted(touched.sheets()))}
    joined = _joined(sheets, places)
    cells: Cells = {}
    for axis in Axis:
        cells |= _of_axis(axis, joined, touched, sorted(places), present)
    return cells


def _joined(
    sheets: Mapping[Address, Array], places: Mapping[tuple[int, int], int]
) -> dict[Kind, Grouped]:
    """All sheets of a kind one behind the other, grouped by the place of (month, agency)."""
    found: dict[Kind, tuple[list[Array], list[int], list[int]]] = {
        kind: ([], [], []) for kind in Kind
    }
    for at, rows in sheets.items():
        if (at.month, at.agency) in places and len(rows):
            parts, of, sizes = found[at.kind]
            parts.append(rows)
            of.append(places[at.month, at.agency])
            sizes.append(len(rows))
    return {
        kind: Grouped(np.repeat(np.array(of), sizes), np.concatenate(parts))
        for kind, (parts, of, sizes) in found.items()
        if parts
    }


def _of_axis(
    axis: Axis,
    joined: Mapping[Kind, Grouped],
    touched: Touched,
    places: Sequence[tuple[int, int]],
    present: int,
) -> Cells:
    keys = {
        kind: (part.groups << _MEMBER_BITS) | _MEMBERS[axis](part.rows, touched.months)
        for kind, part in joined.items()
    }
    wanted = _wanted(axis, keys, touched, places)
    parts = {kind: _chosen(keys[kind], part.rows, wanted) for kind, part in joined.items()}
    counts = grouping.counts_of(parts, len(wanted))
    lengths = grouping.lengths_of(parts, counts)
    of, members = wanted >> _MEMBER_BITS, wanted & ((1 << _MEMBER_BITS) - 1)
    marks = _marks(axis, parts, np.array([month for month, _ in places])[of] >= present)
    return {
        Key(axis, *_span(places[place], member)): Counted(counts[n], lengths[n], marks[n])
        for n, (place, member) in enumerate(zip(of.tolist(), members.tolist(), strict=True))
    }


def _span(place: tuple[int, int], member: int) -> tuple[int, int, int]:
    month, agency = place
    return month, member, agency


def _wanted(
    axis: Axis,
    keys: Mapping[Kind, Array],
    touched: Touched,
    places: Sequence[tuple[int, int]],
) -> Array:
    """The numbers of the groups to be counted, ascending."""
    if touched.whole:
        return np.unique(np.concatenate([np.unique(of_kind) for of_kind in keys.values()]))
    number = {place: n for n, place in enumerate(places)}
    return np.array(
        sorted(
            (number[int(month), int(agency)] << _MEMBER_BITS) | int(member)
            for month, agency, member in touched.of(axis)
        ),
        dtype=np.int64,
    )


def _chosen(keys: Array, rows: Array, wanted: Array) -> Grouped:
    """The rows of wanted groups, by the place of their group."""
    groups = np.searchsorted(wanted, keys)
    held = wanted[np.minimum(groups, len(wanted) - 1)] == keys
    return Grouped(groups[held], rows[held])


def _marks(axis: Axis, parts: Mapping[Kind, Grouped], running: Array) -> Sequence[bytes | None]:
    """The deadlines of the groups whose month runs or is to come; None for the others."""
    kept: list[bytes | None] = [None] * len(running)
    if axis is Axis.DAY or not running.any():
        return kept
    place = np.cumsum(running) - 1
    chosen: dict[Kind, Grouped] = {
        kind: Grouped(place[part.groups[of]], part.rows[of])
        for kind, part in parts.items()
        if kind in DEADLINES
        for of in [running[part.groups]]
    }
    for n, marks in zip(
        np.flatnonzero(running), grouping.marks_of(chosen, int(running.sum())), strict=True
    ):
        kept[n] = marks
    return kept


def merged(parts: Iterable[tuple[Key, Counted]]) -> Cells:
    """Cells joined under the keys that are given with them."""
    number: dict[Key, int] = {}
    of: list[int] = []
    held: list[Counted] = []
    for key, counted in parts:
        of.append(number.setdefault(key, len(number)))
        held.append(counted)
    if not number:
        return {}
    groups, each = np.array(of), np.stack([one.counts for one in held])
    counts = np.zeros((len(number), len(COUNTS)), dtype=np.int64)
    np.add.at(counts, groups, each)
    pool = Pool(len(number))
    pool.add_cells(groups, grouping.known_of(each).known, [one.lengths for one in held])
    lengths = pool.blobs(grouping.known_of(counts))
    return {key: Counted(counts[n], lengths[n]) for key, n in number.items()}
