"""Counts of a scope, read from cells; from sheets where no cell is kept of what is asked."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import groupby
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, and_, func, or_, select

from reports_service.core.db import db
from reports_service.domain.errors import Unavailable
from reports_service.statistics.cells import grouping, spans, store, turns
from reports_service.statistics.cells.book import COUNT
from reports_service.statistics.cells.grouping import Grouped
from reports_service.statistics.cells.intervals import Intervals, of_days, passed
from reports_service.statistics.cells.keyed import FIRST_MONTH, ByMember, ByPeriod, Keyed
from reports_service.statistics.cells.layout import (
    COUNTS,
    DEADLINES,
    IS_DEADLINE,
    LENGTHS_OF,
    MARK,
    PAIRS,
    ROW_OF,
    Axis,
    Kind,
)
from reports_service.statistics.cells.models import Cell, Sheet
from reports_service.statistics.cells.narrowed import Narrowed
from reports_service.statistics.cells.pool import Pool, Whole
from reports_service.statistics.cells.spans import Cover, Kept, Plan, Until
from reports_service.statistics.cells.stored import Moved, Stored
from reports_service.statistics.scope import Period, Scope

Array = NDArray[Any]
READ_AGAIN: Final = 10
HAPPENED: Final = ~IS_DEADLINE
BOTH: Final = np.ones(len(COUNTS), dtype=bool)
TAKEN_OFF: Final = -IS_DEADLINE.astype(np.int32)
HAPPENINGS: Final = tuple(kind for kind in Kind if kind not in DEADLINES)


@dataclass(frozen=True, slots=True)
class Found:
    """What was counted: each group's counts and lengths, and those of all groups together."""

    groups: Array
    counts: Array
    pool: Pool | Whole

    def percentiles(self) -> Array:
        """(groups, sorts, percents) in seconds."""
        return self.pool.percentiles(grouping.known_of(self.counts))

    def whole(self) -> Found:
        """All groups as one, 0."""
        assert isinstance(self.pool, Pool)
        together = self.pool.together(grouping.known_of(self.counts))
        counts = self.counts.sum(axis=0, keepdims=True)
        return Found(np.zeros(1, dtype=np.int64), counts, together)

    def joined(self, places: Sequence[int]) -> Found:
        """The groups at these places as one, 0."""
        assert isinstance(self.pool, Pool)
        counts = self.counts[list(places)].sum(axis=0, keepdims=True)
        return Found(np.zeros(1, dtype=np.int64), counts, self.pool.joined(places))


def read(scope: Scope, axis: Axis) -> Found:
    """Every count within ``scope`` by agency id, or by member of another axis.

    Raises ``FiguresNotReady``.
    """
    return _read(scope, ByMember(axis), [scope.period])


def course(scope: Scope, periods: Sequence[Period]) -> Found:
    """Every count within ``scope``, but for its period, by the place of periods that follow each
    other without a gap. Raises ``FiguresNotReady``.
    """
    return _read(scope, ByPeriod(periods), periods)


def _read(scope: Scope, keyed: Keyed, periods: Sequence[Period]) -> Found:
    """All statements see the cells of one recount: else it is read again.

    Raises ``FiguresNotReady``, ``Unavailable``.
    """
    for _ in range(READ_AGAIN):
        state = turns.require_built(scope.period.zone)
        with suppress(Moved):
            found = _read_once(scope, keyed, periods, state.past_before)
            if turns.state() == state:
                return found
    raise Unavailable(part="figures")


def _read_once(scope: Scope, keyed: Keyed, periods: Sequence[Period], past_before: int) -> Found:
    narrowed = Narrowed(scope, keyed.axis)
    pair = narrowed.axis is None or narrowed.axis in PAIRS
    long_spans = keyed.beyond_months and narrowed.axis is not None
    kept = Kept(
        earliest=_earliest(),
        past_before=past_before if long_spans else 0,
        years_to_date=long_spans and narrowed.axis is Axis.AGENCY,
        months=not pair,
    )
    plan = spans.joined([spans.plan(period, scope.as_of, kept) for period in periods])
    gathered = _Gathered(narrowed, keyed)
    if narrowed.axis is not None:
        gathered.cells(narrowed.axis, plan)
    zone = scope.period.zone
    if narrowed.axis is not Axis.AGENCY:
        gathered.sheets(HAPPENINGS, of_days(plan.happened.days, zone))
        gathered.sheets(DEADLINES, of_days(plan.passed.days, zone))
    if pair and plan.running is not None:
        gathered.sheets(DEADLINES, Intervals.until(plan.running), plan.running)
    return gathered.together()


class _Gathered:
    """What is read for one question, until it is put together by group."""

    def __init__(self, narrowed: Narrowed, keyed: Keyed) -> None:
        self._narrowed = narrowed
        self._keyed = keyed
        self._counts: list[tuple[Array, Array]] = []
        self._lengths: list[tuple[Array, Stored]] = []
        self._rows: list[tuple[Array, Array]] = []

    def cells(self, axis: Axis, plan: Plan) -> None:
        """All cells that a plan names, and the deadlines of the month that runs."""
        both = plan.happened.spans & plan.passed.spans
        self._spans(axis, both, BOTH, lengths=True)
        self._spans(axis, plan.happened.spans - both, HAPPENED, lengths=True)
        self._spans(axis, plan.passed.spans - both, IS_DEADLINE)
        if axis is Axis.AGENCY:
            self._days(plan.happened, HAPPENED, lengths=True)
            self._days(plan.passed, IS_DEADLINE)
        if plan.ahead:
            self._spans(axis, plan.ahead, TAKEN_OFF)
        if plan.running is not None and axis not in PAIRS:
            self._marks(axis, plan.running, ahead=plan.ahead is not None)

    def _spans(
        self, axis: Axis, wanted: Collection[int], mask: Array, *, lengths: bool = False
    ) -> None:
        if wanted:
            condition = Cell.span.in_(wanted) & self._narrowed.of_members(axis)
            self._add_cells(axis, condition, mask, lengths)

    def _days(self, cover: Cover, mask: Array, *, lengths: bool = False) -> None:
        if cover.days:
            parts = [
                (Cell.span == part.month) & Cell.member.between(part.first, part.last)
                for part in cover.days
            ]
            self._add_cells(Axis.DAY, or_(*parts), mask, lengths)

    def _add_cells(
        self, axis: Axis, condition: ColumnElement[bool], mask: Array, lengths: bool
    ) -> None:
        wanted = (Cell.axis == int(axis)) & and_(condition, *self._narrowed.of_agencies(Cell))
        found = store.rows(
            select(Cell.span, Cell.member, Cell.agency_id, Cell.counts, Cell.version).where(wanted)
        )
        if not found:
            return
        *columns, counts, version = zip(*found, strict=True)
        place = np.array(columns, dtype=np.int64)
        held = np.frombuffer(b"".join(counts), dtype=COUNT).reshape(-1, len(COUNTS))
        keys, versions = self._keyed.cells(axis, *place), np.array(version, dtype=np.int64)
        if axis in PAIRS:
            chosen = self._narrowed.second(axis, place[1])
            keys, held = keys[chosen], held[chosen]
            place, versions = place[:, chosen], versions[chosen]
        self._counts.append((keys, held * mask))
        if lengths:
            known = grouping.known_of(held).known
            self._lengths.append((keys, Stored(axis, wanted, place, known, versions)))

    def _marks(self, axis: Axis, until: Until, *, ahead: bool) -> None:
        """The deadlines of the month that runs; ``ahead``: those that had not passed, off again."""
        found = store.rows(
            select(Cell.span, Cell.member, Cell.agency_id, Cell.marks).where(
                Cell.axis == int(axis),
                Cell.span == until.month,
                self._narrowed.of_members(axis),
                Cell.marks.is_not(None),
                *self._narrowed.of_agencies(Cell),
            )
        )
        if not found:
            return
        *keys, blobs = zip(*found, strict=True)
        marks = np.frombuffer(b"".join(blobs), dtype=MARK)
        sizes = np.array([len(blob) for blob in blobs]) // MARK.itemsize
        of_cells = self._keyed.cells(axis, *(np.array(column) for column in keys))
        chosen = ~passed(marks, until) if ahead else passed(marks, until)
        groups, of = grouping.factored(self._keyed.marks(marks, np.repeat(of_cells, sizes))[chosen])
        counts = grouping.counts_of_marks(
            of, marks["kind"][chosen], marks["flags"][chosen], len(groups)
        )
        self._counts.append((groups, -counts if ahead else counts))

    def sheets(self, kinds: Sequence[Kind], wanted: Intervals, until: Until | None = None) -> None:
        """Rows one by one: where filters meet that no cells are kept for, or a month is cut."""
        years = groupby(wanted.months, key=lambda month: month // 100)  # memory for one at a time
        for months in [list(of_year) for _, of_year in years]:
            for kind in kinds:
                self._sheets_of(kind, months, wanted, until)

    def _sheets_of(
        self, kind: Kind, months: Sequence[int], wanted: Intervals, until: Until | None
    ) -> None:
        query = select(Sheet.agency_id, Sheet.rows).where(
            Sheet.kind == int(kind),
            Sheet.month.in_(months),
            *self._narrowed.of_agencies(Sheet),
        )
        found = store.rows(query)
        if not found:
            return
        agency, blobs = zip(*found, strict=True)
        rows = np.frombuffer(b"".join(blobs), dtype=ROW_OF[kind])
        sizes = np.array([len(blob) for blob in blobs]) // ROW_OF[kind].itemsize
        chosen = wanted.hold(rows["at"]) & self._narrowed.rows(rows)
        if until is not None:
            chosen &= passed(rows, until)
        agencies = np.repeat(np.array(agency), sizes)[chosen]
        self._add_rows(kind, self._keyed.rows(rows[chosen], agencies), rows[chosen])

    def _add_rows(self, kind: Kind, keys: Array, rows: Array) -> None:
        groups, of = grouping.factored(keys)
        self._counts.append((groups, grouping.counts_of({kind: Grouped(of, rows)}, len(groups))))
        if kind in LENGTHS_OF:
            self._rows.append((keys, grouping.lengths_in(kind, rows)))

    def together(self) -> Found:
        """Everything gathered, by group."""
        parts = [keys for keys, _ in self._counts]
        groups = np.unique(np.concatenate(parts)) if parts else np.zeros(0, dtype=np.int64)
        counts = np.zeros((len(groups), len(COUNTS)), dtype=np.int64)
        for keys, held in self._counts:
            _add_up(counts, np.searchsorted(groups, keys), held)
        pool = Pool(len(groups))
        for keys, cells in self._lengths:
            of = np.searchsorted(groups, keys)
            pool.add_stored(of, cells.known, cells.versions, cells.fetch)
            if self._keyed.joins:
                cells.fetch_all()
        for keys, lengths in self._rows:
            pool.add_rows(np.searchsorted(groups, keys), lengths)
        pool.prepare(grouping.known_of(counts))
        return Found(groups, counts, pool)


def _add_up(counts: Array, groups: Array, held: Array) -> None:
    """Add each row of ``held`` to the counts of its group."""
    if not len(groups):
        return
    order = np.argsort(groups, kind="stable")
    ordered = groups[order]
    starts = np.flatnonzero(np.diff(ordered, prepend=-1))
    counts[ordered[starts]] += np.add.reduceat(held[order].astype(np.int64), starts, axis=0)


def _earliest() -> int | None:
    """The first month that there are cells of."""
    months = Cell.span > FIRST_MONTH
    return db.session.scalar(
        select(func.min(Cell.span)).where(Cell.axis == int(Axis.AGENCY), months)
    )
