"""Cells counted: of months, and for pairs of years, from sheets; of longer spans from shorter."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Self

import numpy as np
from numpy.typing import NDArray

from reports_service.statistics.cells import grouping
from reports_service.statistics.cells.grouping import Grouped
from reports_service.statistics.cells.layout import (
    COUNTS,
    DEADLINES,
    PAIRS,
    Axis,
    Kind,
)
from reports_service.statistics.cells.local_months import LocalMonths
from reports_service.statistics.cells.pool import Pool
from reports_service.statistics.cells.sheets import Address

Array = NDArray[Any]
KEYS: Final = ("axis", "span", "member", "agency")
SECOND_BITS: Final = 32  # of a pair's member: the second id; the first stands above it


def one_member(axis: Axis, rows: Array, months: LocalMonths) -> Array:
    """The member of each row on an axis."""
    if axis in PAIRS:
        first, second = PAIRS[axis]
        above = one_member(first, rows, months) << SECOND_BITS
        return above | one_member(second, rows, months)
    return _MEMBERS[axis](rows, months)


_MEMBERS: Mapping[Axis, Callable[[Array, LocalMonths], Array]] = {
    Axis.AGENCY: lambda rows, _: np.zeros(len(rows), dtype=np.int64),
    Axis.CATEGORY: lambda rows, _: rows["category"].astype(np.int64),
    Axis.AREA: lambda rows, _: rows["area"].astype(np.int64),
    Axis.CHANNEL: lambda rows, _: rows["channel"].astype(np.int64),
    Axis.DAY: lambda rows, months: months.days(rows["at"]),
}


@dataclass(frozen=True, slots=True)
class Cells:
    """Many cells: the keys and the contents of each, at the same place of every column."""

    keys: Array  # (cells, KEYS)
    counts: Array  # (cells, COUNTS)
    lengths: Array  # of bytes
    marks: Array  # of bytes or None

    @classmethod
    def of(
        cls,
        keys: Sequence[Array],
        counts: Array,
        lengths: Sequence[bytes],
        marks: Sequence[bytes | None] | None = None,
    ) -> Self:
        """From columns of keys, in the order of ``KEYS``."""
        return cls(
            np.column_stack([np.broadcast_to(key, len(counts)) for key in keys]).astype(np.int64),
            counts,
            _objects(lengths),
            _objects(marks if marks is not None else [None] * len(counts)),
        )

    @classmethod
    def joined(cls, parts: Iterable[Self]) -> Self:
        """All cells of these."""
        every = [cls.of([np.zeros(0)] * len(KEYS), np.zeros((0, len(COUNTS)), np.int64), [])]
        every += parts
        columns = zip(*(part._columns() for part in every), strict=True)
        return cls(*map(np.concatenate, columns))

    def _columns(self) -> tuple[Array, ...]:
        return self.keys, self.counts, self.lengths, self.marks

    def chosen(self, held: Array) -> Self:
        """Those at which ``held`` is true."""
        return type(self)(*(column[held] for column in self._columns()))

    def column(self, name: str) -> Array:
        """One column of the keys."""
        found: Array = self.keys[:, KEYS.index(name)]
        return found

    def of_span(self, spans: Array | int) -> Self:
        """The same contents under other spans."""
        keys = self.keys.copy()
        keys[:, KEYS.index("span")] = spans
        return type(self)(keys, self.counts, self.lengths, self.marks)


def _objects(values: Sequence[Any]) -> Array:
    found = np.empty(len(values), dtype=object)
    found[:] = values
    return found


@dataclass
class Touched:
    """The cells that rows of sheets stand in: (span, agency, member) by axis."""

    months: LocalMonths
    past_before: int
    _keys: dict[Axis, list[Array]] = field(default_factory=lambda: {axis: [] for axis in Axis})

    def add(self, at: Address, rows: Array) -> None:
        """Note the cells of these rows of a sheet."""
        for axis in Axis:
            span = span_of(axis, at.month)
            if axis in PAIRS and span >= self.past_before:
                continue
            members = np.unique(one_member(axis, rows, self.months))
            fixed = np.full((len(members), 2), (span, at.agency))
            self._keys[axis].append(np.column_stack([fixed, members]))

    def of(self, axis: Axis) -> Array:
        """Each once, ascending."""
        noted = self._keys[axis]
        return np.unique(np.concatenate(noted), axis=0) if noted else np.zeros((0, 3), np.int64)

    def sheets(self) -> set[tuple[int, int]]:
        """(month, agency) of all that is needed to count them."""
        found = {(int(month), int(agency)) for month, agency, _ in self.of(Axis.AGENCY)}
        for axis in PAIRS:
            for year, agency, _ in self.of(axis):
                found |= {(int(year) * 100 + month, int(agency)) for month in range(1, 13)}
        return found


def past(before: int) -> int:
    """The span of all years before that one. The next one is written beside it before it counts."""
    return -before


def span_of(axis: Axis, month: Any) -> Any:
    """The shortest span that there are cells of: a month; a year for pairs."""
    return month // 100 if axis in PAIRS else month


def of_sheets(
    sheets: Mapping[Address, Array],
    months: LocalMonths,
    past_before: int,
    present: int,
    touched: Touched | None = None,
) -> Cells:
    """Cells of the shortest spans: those touched, or all that rows stand in.

    ``present``: the local month of now; it and later ones keep the seconds of their deadlines.
    All sheets that a touched cell is made of must be among ``sheets``.
    """
    joined = _joined(sheets)
    return Cells.joined(
        _of_axis(axis, joined, months, past_before, present, touched) for axis in Axis
    )


@dataclass(frozen=True, slots=True)
class _Joined:
    """All rows of one kind, with the month and the agency of each."""

    month: Array
    agency: Array
    rows: Array


def _joined(sheets: Mapping[Address, Array]) -> dict[Kind, _Joined]:
    found: dict[Kind, _Joined] = {}
    for kind in Kind:
        held = [(at, rows) for at, rows in sheets.items() if at.kind is kind and len(rows)]
        if held:
            sizes = [len(rows) for _, rows in held]
            found[kind] = _Joined(
                np.repeat(np.array([at.month for at, _ in held]), sizes),
                np.repeat(np.array([at.agency for at, _ in held]), sizes),
                np.concatenate([rows for _, rows in held]),
            )
    return found


def _of_axis(
    axis: Axis,
    joined: Mapping[Kind, _Joined],
    months: LocalMonths,
    past_before: int,
    present: int,
    touched: Touched | None,
) -> Cells:
    parts = {kind: _over(part, past_before) if axis in PAIRS else part
             for kind, part in joined.items()}  # fmt: skip
    keys = {
        kind: (span_of(axis, part.month), part.agency, one_member(axis, part.rows, months))
        for kind, part in parts.items()
    }
    groups, of = _grouped(keys, None if touched is None else touched.of(axis))
    chosen = {
        kind: Grouped(of[kind][of[kind] >= 0], part.rows[of[kind] >= 0])
        for kind, part in parts.items()
    }
    counts = grouping.counts_of(chosen, len(groups))
    lengths = grouping.lengths_of(chosen, counts)
    span, agency, member = groups.T
    marks = _marks(axis, chosen, span >= present)
    return Cells.of([np.array(int(axis)), span, member, agency], counts, lengths, marks)


def _over(part: _Joined, past_before: int) -> _Joined:
    """The rows of years that are over."""
    held = part.month // 100 < past_before
    return _Joined(part.month[held], part.agency[held], part.rows[held])


def _grouped(
    keys: Mapping[Kind, tuple[Array, Array, Array]], wanted: Array | None
) -> tuple[Array, dict[Kind, Array]]:
    """The groups (span, agency, member) and, by kind, the place of each row's group, -1 for none.

    ``wanted``: the only groups there are to be; else all that occur.
    """
    stacked = [np.column_stack(columns) for columns in keys.values()]
    asked = [] if wanted is None else [wanted]
    every = np.concatenate([np.zeros((0, 3), np.int64), *stacked, *asked])
    numbers, ends = _numbered(every), np.cumsum([len(part) for part in stacked])
    rows = numbers[: ends[-1]] if stacked else numbers[:0]
    if wanted is None:
        _, first, place = np.unique(rows, return_index=True, return_inverse=True)
        groups = every[first]
    else:
        groups, place = wanted, _places(numbers[len(rows) :], rows)
    return groups, dict(zip(keys, np.split(place, ends)[: len(keys)], strict=True))


def _places(ascending: Array, values: Array) -> Array:
    """Where each value stands in an ascending list; -1 where it does not."""
    if not len(ascending):
        return np.full(len(values), -1)
    place = np.searchsorted(ascending, values)
    held = ascending[np.minimum(place, len(ascending) - 1)] == values
    return np.where(held, place, -1)


def _numbered(keys: Array) -> Array:
    """A number for each row of keys: the same for the same keys, and in their order."""
    numbers = np.zeros(len(keys), dtype=np.int64)
    for column in keys.T:
        values, place = grouping.factored(np.ascontiguousarray(column))
        numbers = numbers * len(values) + place
    return numbers


def _marks(axis: Axis, parts: Mapping[Kind, Grouped], running: Array) -> Sequence[bytes | None]:
    """The deadlines of the groups whose month runs or is to come; None for the others."""
    kept: list[bytes | None] = [None] * len(running)
    if axis is Axis.DAY or axis in PAIRS or not running.any():
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


def merged(parts: Cells) -> Cells:
    """Cells that share their keys joined to one."""
    if not len(parts.counts):
        return parts
    numbers = _numbered(parts.keys)
    found, first, groups = np.unique(numbers, return_index=True, return_inverse=True)
    order = np.argsort(groups, kind="stable")
    starts = np.searchsorted(groups[order], np.arange(len(found)))
    counts = np.add.reduceat(parts.counts[order], starts, axis=0)
    pool = Pool(len(found))
    pool.add_cells(groups, grouping.known_of(parts.counts).known, parts.lengths.tolist())
    lengths = pool.blobs(grouping.known_of(counts))
    return Cells.of(list(parts.keys[first].T), counts, lengths)
