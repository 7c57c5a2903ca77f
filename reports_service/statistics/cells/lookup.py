"""Counts of a scope, read from cells; from sheets where no cell is kept of what is asked."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, func, or_, select, true

from reports_service.agencies.models import Agency
from reports_service.core.db import db
from reports_service.statistics.cells import grouping, spans, store, turns
from reports_service.statistics.cells.book import COUNT
from reports_service.statistics.cells.facts import CHANNELS
from reports_service.statistics.cells.grouping import Grouped
from reports_service.statistics.cells.layout import (
    COUNTS,
    DEADLINES,
    FLAGS,
    FRACTION,
    IS_DEADLINE,
    MARK,
    PAIRS,
    PLACE,
    ROW_OF,
    Axis,
    Kind,
)
from reports_service.statistics.cells.lengths import Pool
from reports_service.statistics.cells.local_months import begins
from reports_service.statistics.cells.making import SECOND_BITS
from reports_service.statistics.cells.models import Cell, Sheet
from reports_service.statistics.cells.spans import Days, Kept, Plan, Until
from reports_service.statistics.scope import Scope

Array = NDArray[Any]
FILTERED: Final = (Axis.CATEGORY, Axis.AREA, Axis.CHANNEL)
HAPPENED: Final = ~IS_DEADLINE
MANY_IDS: Final = 1_000_000  # beyond it sorting costs less than a place for each id
SECOND_MASK: Final = (1 << SECOND_BITS) - 1


@dataclass(frozen=True, slots=True)
class Found:
    """What was counted: each group's counts and lengths, and those of all groups together."""

    groups: Array
    counts: Array
    pool: Pool

    def percentiles(self) -> Array:
        """(groups, sorts, percents) in seconds."""
        return self.pool.percentiles(grouping.known_of(self.counts))

    def whole(self) -> Found:
        """All groups as one, 0."""
        counts = self.counts.sum(axis=0, keepdims=True)
        return Found(np.zeros(1, dtype=np.int64), counts, self.pool.joined())

    def joined(self, places: Sequence[int]) -> Found:
        """The groups at these places as one, 0."""
        counts = self.counts[list(places)].sum(axis=0, keepdims=True)
        return Found(np.zeros(1, dtype=np.int64), counts, self.pool.joined(places))


def read(scope: Scope, axis: Axis) -> Found:
    """Every count within ``scope`` by agency id, or by member of another axis.

    Raises ``FiguresNotReady``.
    """
    turns.require_built()
    reading = _Reading(scope, axis)
    return reading.found()


class _Reading:
    """One question: what is gathered on the way to its answer."""

    def __init__(self, scope: Scope, axis: Axis) -> None:
        self._scope = scope
        self._by = axis
        self._filters = _filters(scope)
        self._agencies = _agencies(scope)
        self._axis = _axis_for(axis, self._filters)
        self._counts: list[tuple[Array, Array]] = []
        self._lengths: list[tuple[Array, Array, Sequence[bytes]]] = []
        self._rows: list[tuple[Array, Array]] = []

    def found(self) -> Found:
        """Gather everything and put it together by group."""
        pair = self._axis is None or self._axis in PAIRS
        kept = Kept(
            earliest=_earliest(),
            past_before=turns.past_before() if self._axis is not None else 0,
            years_to_date=self._axis is Axis.AGENCY,
            months=not pair,
        )
        plan = spans.plan(self._scope.period, self._scope.as_of, kept)
        if self._axis is not None:
            self._from_cells(self._axis, plan)
        if self._axis is not Axis.AGENCY:
            self._from_sheets(plan.happened.days, HAPPENED)
            self._from_sheets(plan.passed.days, IS_DEADLINE)
        if pair:
            self._running_sheets(plan.running)
        return self._together()

    def _from_cells(self, axis: Axis, plan: Plan) -> None:
        both = plan.happened.spans & plan.passed.spans
        self._cells(axis, both, np.ones(len(COUNTS), dtype=bool), lengths=True)
        self._cells(axis, plan.happened.spans - both, HAPPENED, lengths=True)
        self._cells(axis, plan.passed.spans - both, IS_DEADLINE)
        if axis is Axis.AGENCY:
            self._days(plan.happened.days, HAPPENED, lengths=True)
            self._days(plan.passed.days, IS_DEADLINE)
        if plan.running is not None and axis not in PAIRS:
            self._marks(axis, plan.running)

    def _cells(
        self, axis: Axis, wanted: Collection[int], mask: Array, *, lengths: bool = False
    ) -> None:
        if wanted:
            condition = Cell.span.in_(wanted) & self._of_members(axis)
            self._add_cells(axis, condition, mask, lengths)

    def _days(self, wanted: Collection[Days], mask: Array, *, lengths: bool = False) -> None:
        for part in wanted:
            days = Cell.member.between(part.first, part.last)
            self._add_cells(Axis.DAY, (Cell.span == part.month) & days, mask, lengths)

    def _of_members(self, axis: Axis) -> ColumnElement[bool]:
        """The members of an axis that are asked for; of a pair, those with the first id so."""
        if axis is Axis.AGENCY:
            return Cell.member == 0
        first = PAIRS[axis][0] if axis in PAIRS else axis
        wanted = self._filters.get(first)
        if wanted is None:
            return true()
        if axis not in PAIRS:
            return Cell.member.in_(wanted)
        return or_(
            *(
                Cell.member.between(one << SECOND_BITS, ((one + 1) << SECOND_BITS) - 1)
                for one in wanted
            )
        )

    def _add_cells(
        self, axis: Axis, condition: ColumnElement[bool], mask: Array, lengths: bool
    ) -> None:
        columns = [Cell.agency_id, Cell.member, Cell.counts]
        if lengths:
            columns.append(Cell.lengths)
        query = select(*columns).where(Cell.axis == int(axis), condition, *self._of_agencies())
        found = store.rows(query)
        if axis in PAIRS:
            found = self._of_pair(axis, found)
        if not found:
            return
        agency, member, counts, *rest = zip(*found, strict=True)
        keys = self._keys(axis, agency, member)
        held = np.frombuffer(b"".join(counts), dtype=COUNT).reshape(-1, len(COUNTS))
        self._counts.append((keys, held * mask))
        if lengths:
            self._lengths.append((keys, grouping.known_of(held).known, rest[0]))

    def _of_pair(self, axis: Axis, found: list[Any]) -> list[Any]:
        """Those whose second id is asked for too."""
        wanted = self._filters.get(PAIRS[axis][1])
        if wanted is None:
            return found
        return [row for row in found if row[1] & SECOND_MASK in wanted]

    def _of_agencies(self) -> Iterator[ColumnElement[bool]]:
        if self._agencies is not None:
            yield Cell.agency_id.in_(self._agencies)

    def _keys(self, axis: Axis, agency: Sequence[int], member: Sequence[int]) -> Array:
        """The group of each cell."""
        if self._by is Axis.AGENCY:
            return np.array(agency, dtype=np.int64)
        members = np.array(member, dtype=np.int64)
        if axis not in PAIRS:
            return members
        return members >> SECOND_BITS if PAIRS[axis][0] is self._by else members & SECOND_MASK

    def _marks(self, axis: Axis, until: Until) -> None:
        query = select(Cell.agency_id, Cell.member, Cell.marks).where(
            Cell.axis == int(axis),
            Cell.span == until.month,
            self._of_members(axis),
            Cell.marks.is_not(None),
            *self._of_agencies(),
        )
        found = store.rows(query)
        if not found:
            return
        agency, member, blobs = zip(*found, strict=True)
        marks = np.frombuffer(b"".join(blobs), dtype=MARK)
        sizes = np.array([len(blob) for blob in blobs]) // MARK.itemsize
        groups, of = np.unique(self._keys(axis, agency, member), return_inverse=True)
        passed = _passed(marks, until)
        self._count_marks(groups, np.repeat(of, sizes)[passed], marks[passed])

    def _count_marks(self, groups: Array, of: Array, marks: Array) -> None:
        parts = {
            kind: Grouped(of[marks["kind"] == kind], marks[marks["kind"] == kind])
            for kind in DEADLINES
        }
        self._counts.append((groups, grouping.counts_of(parts, len(groups))))

    def _from_sheets(self, wanted: Collection[Days], mask: Array) -> None:
        """Rows of some days, one by one: where two filters meet, or a month is cut."""
        for kind in Kind:
            if mask[PLACE[FLAGS[kind][0]]]:
                for part in wanted:
                    self._sheet_rows(kind, part.month, *self._seconds(part))

    def _running_sheets(self, until: Until | None) -> None:
        if until is not None:
            for kind in DEADLINES:
                self._sheet_rows(kind, until.month, until.since, until.before, passed=until)

    def _seconds(self, part: Days) -> tuple[int, int]:
        """The first and the last second of these days."""
        first = date(part.month // 100, part.month % 100, part.first)
        last = first.replace(day=part.last) + timedelta(days=1)
        zone = self._scope.period.zone
        return begins(first, zone), begins(last, zone) - 1

    def _sheet_rows(
        self, kind: Kind, month: int, since: int, until: int, passed: Until | None = None
    ) -> None:
        query = select(Sheet.agency_id, Sheet.rows).where(
            Sheet.kind == int(kind), Sheet.month == month
        )
        if self._agencies is not None:
            query = query.where(Sheet.agency_id.in_(self._agencies))
        found = store.rows(query)
        if not found:
            return
        agency, blobs = zip(*found, strict=True)
        rows = np.frombuffer(b"".join(blobs), dtype=ROW_OF[kind])
        sizes = np.array([len(blob) for blob in blobs]) // ROW_OF[kind].itemsize
        chosen = _passed(rows, passed) if passed else _between(rows, since, until)
        for axis, members in self._filters.items():
            chosen &= np.isin(rows[axis.name.lower()], np.array(sorted(members)))
        if self._by is Axis.AGENCY:
            groups, of = np.unique(np.array(agency), return_inverse=True)
            of = np.repeat(of, sizes)
        else:
            groups, of = _factored(rows[self._by.name.lower()])
        self._count_rows(kind, groups, of[chosen], rows[chosen])

    def _count_rows(self, kind: Kind, groups: Array, of: Array, rows: Array) -> None:
        self._counts.append((groups, grouping.counts_of({kind: Grouped(of, rows)}, len(groups))))
        if kind is Kind.OPENED:
            self._rows.append((groups[of], rows["lengths"]))

    def _together(self) -> Found:
        """Everything gathered, by group."""
        parts = [keys for keys, _ in self._counts]
        groups = np.unique(np.concatenate(parts)) if parts else np.zeros(0, dtype=np.int64)
        counts = np.zeros((len(groups), len(COUNTS)), dtype=np.int64)
        for keys, held in self._counts:
            _add_up(counts, np.searchsorted(groups, keys), held)
        pool = Pool(len(groups))
        for keys, known, blobs in self._lengths:
            pool.add_cells(np.searchsorted(groups, keys), known, blobs)
        for keys, lengths in self._rows:
            pool.add_rows(np.searchsorted(groups, keys), lengths)
        return Found(groups, counts, pool)


def _factored(values: Array) -> tuple[Array, Array]:
    """The different ids, ascending, and the place of each row's among them."""
    if int(values.max(initial=0)) > MANY_IDS:
        groups, of = np.unique(values, return_inverse=True)
        return groups.astype(np.int64), of
    occurs = np.zeros(int(values.max(initial=0)) + 1, dtype=bool)
    occurs[values] = True
    return np.flatnonzero(occurs), (np.cumsum(occurs) - 1)[values]


def _add_up(counts: Array, groups: Array, held: Array) -> None:
    """Add each row of ``held`` to the counts of its group."""
    if not len(groups):
        return
    order = np.argsort(groups, kind="stable")
    ordered = groups[order]
    starts = np.flatnonzero(np.diff(ordered, prepend=-1))
    counts[ordered[starts]] += np.add.reduceat(held[order].astype(np.int64), starts, axis=0)


def _filters(scope: Scope) -> dict[Axis, Collection[int]]:
    """The members that are asked for, by axis; 0 stands for none."""
    found: dict[Axis, Collection[int]] = {}
    if scope.category_ids is not None:
        found[Axis.CATEGORY] = {one or 0 for one in scope.category_ids}
    if scope.area_ids is not None:
        found[Axis.AREA] = {one or 0 for one in scope.area_ids}
    if scope.channel is not None:
        found[Axis.CHANNEL] = {CHANNELS.get(scope.channel, 0)}
    return found


def _axis_for(by: Axis, filters: Mapping[Axis, Any]) -> Axis | None:
    """The axis whose cells answer; None where more than two would be needed."""
    needed = {*filters} | ({by} - {Axis.AGENCY})
    if len(needed) < 2:
        return needed.pop() if needed else Axis.AGENCY
    return next((axis for axis, pair in PAIRS.items() if {*pair} == needed), None)


def _agencies(scope: Scope) -> Collection[int] | None:
    if scope.agency_id is not None:
        return [scope.agency_id]
    if scope.kind is not None:
        return list(db.session.scalars(select(Agency.id).where(Agency.kind == scope.kind)))
    return None


def _earliest() -> int | None:
    """The first month that there are cells of."""
    months = select(func.min(Cell.span)).where(Cell.axis == int(Axis.AGENCY), Cell.span > 9999)
    return db.session.scalar(months)


def _between(rows: Array, since: int, until: int) -> Array:
    held: Array = (rows["at"] >= since) & (rows["at"] <= until)
    return held


def _passed(rows: Array, until: Until) -> Array:
    """The deadlines from a second on that had come by another."""
    at = rows["at"]
    held: Array = (at >= until.since) & (at < until.before)
    if until.itself:
        held |= (at == until.before) & ~((rows["flags"] & FRACTION) > 0)
    return held
