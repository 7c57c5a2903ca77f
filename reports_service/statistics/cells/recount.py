"""Keeping the figures: a change is counted soon after it is durable, and nothing is counted twice.

Every event leaves an effect in the outbox that names its report. One worker at a time takes the
effects that wait, copies those reports' rows anew into their sheets, counts the cells in which old
and new copies stand from the sheets, and writes all of it, and that the effects are done, in one
transaction: figures are always those of a moment, and what died half-way never happened.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

import numpy as np
from flask import current_app
from numpy.typing import NDArray
from sqlalchemy import delete, select, union

from reports_service.core import clock, outbox
from reports_service.core.db import db, snapshot, unit_of_work
from reports_service.reports.chain import FIGURES
from reports_service.reports.models import Assignment, Report
from reports_service.statistics.cells import book, facts, making, sheets, turns
from reports_service.statistics.cells.layout import PAIRS, Kind
from reports_service.statistics.cells.local_months import LocalMonths, local_months, month_of
from reports_service.statistics.cells.making import Cells, Touched
from reports_service.statistics.cells.models import Cell, Sheet
from reports_service.statistics.cells.sheets import Address, Sheets
from reports_service.statistics.cells.turns import TurnLost

TAKEN_AT_ONCE: Final = 2_000
READ_AT_ONCE: Final = 500
Array = NDArray[Any]
log = logging.getLogger(__name__)
Reached = Callable[[int, str], None]


def catch_up(limit: int = TAKEN_AT_ONCE) -> int:
    """Count the changes that wait, up to ``limit`` effects. Returns how many were counted.

    0 as well while another worker counts. Builds the figures where there are none.
    """
    if not turns.built():
        return rebuild()
    if turns.of_last_year(_present().year):
        roll_over()
    if not outbox.anything_together(FIGURES):
        return 0
    turn = turns.take()
    if turn is None:
        return 0
    try:
        return _count(turn, limit)
    except TurnLost:
        log.warning("another worker took the turn to recount; it counts what this one would have")
        return 0


def _count(turn: int, limit: int) -> int:
    with snapshot():
        waiting = outbox.together(FIGURES, limit)
        changed, counted = _recounted({effect.payload["report_id"] for effect in waiting})
    with unit_of_work():
        turns.end(turn)
        sheets.save(changed)
        book.save(counted)
        outbox.forget_together([effect.id for effect in waiting])
    return len(waiting)


def rebuild(reached: Reached | None = None) -> int:
    """Make all figures anew from assignments and reports, agency by agency.

    Until it is done there are none. Returns how many rows were counted, 0 while another counts.
    """
    turn = turns.take(again=True)
    if turn is None:
        return 0
    with unit_of_work():
        turns.begin_to_build(turn, _present().year)
        for model in (Cell, Sheet):
            db.session.execute(delete(model))
        outbox.forget_all_together(FIGURES)  # what they name is read after this
    total, agencies = 0, _agencies()
    for number, agency_id in enumerate(agencies, start=1):
        total += _build(agency_id)
        with unit_of_work():
            turns.renew(turn)
        if reached is not None:
            reached(number * 100 // len(agencies), f"{total:,}")
    with unit_of_work():
        turns.end(turn, built=True)
    return total


def roll_over() -> None:
    """A year is over: what it was becomes part of the past."""
    turn = turns.take()
    if turn is None:
        return
    year = turns.past_before()
    for agency_id in _agencies():
        with unit_of_work():
            turns.renew(turn)
            book.save(book.year_of_agency(agency_id, year))
            book.save(_pairs_of_agency(agency_id, year))
            book.save(book.past_of_agency(agency_id, year + 1))
    with unit_of_work():
        turns.end(turn, past_before=year + 1)


def _recounted(report_ids: set[int]) -> tuple[Sheets, Cells]:
    """The sheets that rows of these reports change, and the cells that change with them."""
    months = _months()
    everyone = sorted(report_ids | facts.followers_of(sorted(report_ids)))
    fresh = sheets.by_address(
        part for ids in _chunks(everyone) for part in facts.of_reports(ids, months)
    )
    opened = sheets.load([at for at in fresh if at.kind is Kind.OPENED])
    before = list(_addresses_before(fresh, opened, months))
    held = opened | sheets.load({at for at in (*fresh, *before) if at not in opened})
    ids = _ids(fresh)
    touched, changed = Touched(months, turns.past_before()), {}
    for at, sheet in held.items():
        replaced = _replaced(sheet, fresh.get(at), ids[at.kind])
        if replaced is not None:
            changed[at], differing = replaced
            touched.add(at, differing)
    return changed, _counted(held | changed, touched)


def _addresses_before(fresh: Sheets, opened: Sheets, months: LocalMonths) -> Iterator[Address]:
    """Where the old copies lie of the rows that are copied anew: OPENED remembers."""
    ids = _ids(fresh)[Kind.OPENED]
    for at, sheet in opened.items():
        old = sheet[sheets.among(sheet["id"], ids)]
        for kind, name in _REMEMBERED.items():
            yield from _each(kind, months, old[name], np.full(len(old), at.agency))
        first = old[old["report"] > 0]
        yield from _each(Kind.FILED, months, first["filed"], first["report_agency"])
        yield from _each(Kind.PROMISED, months, first["promised"], first["report_agency"])


_REMEMBERED: Final = {
    Kind.DUE: "due",
    Kind.DUE_WITH_EXTENSIONS: "due_with_extensions",
    Kind.ACKNOWLEDGEMENT_DUE: "acknowledgement_due",
    Kind.RESOLVED: "resolved",
}


def _each(kind: Kind, months: LocalMonths, at: Array, agency: Array) -> Iterator[Address]:
    has = at > 0
    where = np.column_stack([months.months(at[has]), agency[has]])
    for month, of in np.unique(where, axis=0):
        yield Address(kind, int(month), int(of))


def _ids(fresh: Sheets) -> dict[Kind, Array]:
    """Of each kind the ids whose rows are copied anew, ascending: every assignment was opened,
    every report filed.
    """
    found: dict[Kind, Array] = {}
    for source, kinds in (
        (Kind.OPENED, tuple(kind for kind in Kind if kind not in (Kind.FILED, Kind.PROMISED))),
        (Kind.FILED, (Kind.FILED, Kind.PROMISED)),
    ):
        parts = [rows["id"] for at, rows in fresh.items() if at.kind is source]
        ids = np.unique(np.concatenate(parts)) if parts else np.zeros(0, dtype=np.uint32)
        found |= dict.fromkeys(kinds, ids)
    return found


def _replaced(sheet: Array, fresh: Array | None, ids: Array) -> tuple[Array, Array] | None:
    """The sheet with these rows anew, and all rows that are not what they were; None: no change."""
    of_these = sheets.among(sheet["id"], ids)
    old, new = sheet[of_these], sheet[:0] if fresh is None else fresh
    if sheets.ordered(old).tobytes() == sheets.ordered(new).tobytes():
        return None
    return sheets.ordered(np.concatenate([sheet[~of_these], new])), np.concatenate([old, new])


def _counted(known: Sheets, touched: Touched) -> Cells:
    """The touched cells, with what longer spans they are part of."""
    needed = [Address(kind, *place) for place in touched.sheets() for kind in Kind]
    held = known | sheets.load([at for at in needed if at not in known])
    past_before = turns.past_before()
    cells = making.of_sheets(held, _months(), past_before, month_of(_present()), touched)
    return Cells.joined([cells, book.longer_spans(cells, past_before)])


def _pairs_of_agency(agency_id: int, year: int) -> Cells:
    """The cells of pairs of a year that has just ended."""
    held = sheets.load(
        [Address(kind, year * 100 + month, agency_id) for kind in Kind for month in range(1, 13)]
    )
    cells = making.of_sheets(held, _months(), year + 1, month_of(_present()))
    return cells.chosen(np.isin(cells.column("axis"), list(PAIRS)))


def _build(agency_id: int) -> int:
    """All sheets and cells of an agency, from nothing."""
    months, past_before = _months(), turns.past_before()
    found = sheets.by_address(facts.of_agency(agency_id, months))
    made = {at: sheets.ordered(rows) for at, rows in found.items()}
    cells = making.of_sheets(made, months, past_before, month_of(_present()))
    longer = book.longer_spans(cells, past_before, alone=True)
    with unit_of_work():
        sheets.save(made, new=True)
        book.save(cells, new=True)
        book.save(longer, new=True)
    return sum(len(rows) for rows in made.values())


def _agencies() -> Sequence[int]:
    """Every agency that ever held a report."""
    query = union(select(Assignment.agency_id).distinct(), select(Report.agency_id).distinct())
    return sorted(db.session.scalars(query))


def _chunks(ids: Sequence[int]) -> Iterable[Sequence[int]]:
    return (ids[start : start + READ_AT_ONCE] for start in range(0, len(ids), READ_AT_ONCE))


def _zone() -> ZoneInfo:
    return ZoneInfo(current_app.config["TZ_NAME"])


def _months() -> LocalMonths:
    return local_months(_zone())


def _present() -> datetime:
    return clock.now().astimezone(_zone())
