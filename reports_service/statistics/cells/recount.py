"""Keeping the figures: a change is counted soon after it is durable, and nothing is counted twice.

Every event leaves an effect in the outbox that names its report. One worker at a time takes the
effects that wait, copies those reports' rows anew into their sheets, counts the cells in which old
and new copies stand from the sheets, and writes all of it, and that the effects are done, in one
transaction: readers see the cells before it or after it, and what died half-way never happened.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import numpy as np
from flask import current_app
from numpy.typing import NDArray
from sqlalchemy import delete, select

from reports_service.agencies.models import Agency
from reports_service.core import clock, together
from reports_service.core.db import db, snapshot, unit_of_work
from reports_service.reports.chain import FIGURES
from reports_service.statistics.cells import book, facts, making, sheets, standing, turns
from reports_service.statistics.cells.layout import LAYOUT, OF_REPORTS, PAIRS, Kind
from reports_service.statistics.cells.local_months import LocalMonths, local_months, month_of
from reports_service.statistics.cells.making import Cells, Touched
from reports_service.statistics.cells.models import Cell, Sheet, Standing
from reports_service.statistics.cells.sheets import Address, Sheets
from reports_service.statistics.cells.standing import Moments
from reports_service.statistics.cells.turns import TurnLost

TAKEN_AT_ONCE: Final = 2_000
READ_AT_ONCE: Final = 500
FEWER: Final = 10  # so many times fewer changes at once, where one of them cannot be counted
UNCOUNTABLE: Final = (ValueError, TypeError, LookupError, ArithmeticError)  # what data can cause
MARGIN: Final = timedelta(days=1)  # longer than any change takes to become durable
Array = NDArray[Any]
log = logging.getLogger(__name__)
Reached = Callable[[int, str], None]


def catch_up(limit: int = TAKEN_AT_ONCE) -> int:
    """Count the changes that wait, up to ``limit`` effects. Returns how many were counted.

    0 as well while another worker counts. Where there are no figures it builds those of the next
    agency instead, and returns 1.
    """
    with snapshot():
        built, year_ended = turns.built(_zone()), turns.of_last_year(_present().year)
        waiting = together.anything(FIGURES)
    if built and not waiting and not year_ended:
        return 0
    turn = turns.take(to_build=not built or year_ended)
    if turn is None:
        return 0
    try:
        if not built:
            return _go_on_building(turn, limit)
        return _roll_over(turn) if year_ended else _count(turn, limit)
    except TurnLost:
        log.warning("another worker took the turn to recount; it counts what this one would have")
        return 0
    except UNCOUNTABLE as failure:
        return _without_the_one_that_fails(turn, limit, failure)


def _count(turn: int, limit: int, *, while_building: bool = False) -> int:
    with snapshot():
        waiting = together.waiting(FIGURES, limit)
        ids = {effect.payload["report_id"] for effect in waiting}
        changed, counted, stand = _recounted(ids, everywhere=while_building)
    with unit_of_work():
        if while_building:
            turns.renew(turn)
        else:
            turns.end(turn, zone=_zone().key, layout=LAYOUT)
        sheets.save(changed)
        book.save(counted)
        standing.save(stand)
        together.forget([effect.id for effect in waiting])
    return len(waiting)


def _without_the_one_that_fails(turn: int, limit: int, failure: Exception) -> int:
    """Fewer at once, until the one that cannot be counted is alone; that one is given up, so that
    the others are not held up for ever.
    """
    db.session.rollback()
    log.exception("%d changes could not be counted at once", limit)
    with unit_of_work():
        turns.give_back(turn)
        if limit == 1:
            together.give_up_oldest(FIGURES, failure)
    return 1 if limit == 1 else catch_up(max(1, limit // FEWER))


def rebuild(reached: Reached | None = None) -> int:
    """Make all figures anew from assignments and reports, agency by agency.

    Until it is done there are none; whoever breaks off, a worker goes on. Returns how many rows
    were counted, 0 while another counts.
    """
    turn = turns.take(to_build=True)
    if turn is None:
        return 0
    _begin_to_build(turn)
    total = 0
    while (built := _build_next(turn)) is not None:
        rows, per_cent = built
        total += rows
        if reached is not None:
            reached(per_cent, f"{total:,}")
    return total


def _begin_to_build(turn: int) -> None:
    with unit_of_work():
        turns.begin_to_build(turn, _present().year, _zone())
        for model in (Cell, Sheet, Standing):
            db.session.execute(delete(model))
        together.forget_all(FIGURES)  # what they name is read after this


def _go_on_building(turn: int, limit: int) -> int:
    """The next agency, for a worker that has other things to do as well."""
    if turns.built_up_to(_zone()) is None:
        _begin_to_build(turn)
    if _build_next(turn, limit) is not None:
        with unit_of_work():
            turns.give_back(turn)
    return 1


def _build_next(turn: int, limit: int = TAKEN_AT_ONCE) -> tuple[int, int] | None:
    """Build the figures of the next agency: how many rows, and how many of 100 parts are done.

    None when all are, and what changed meanwhile is counted; then the turn has ended.
    """
    agencies, done = _agencies(), turns.built_up_to(_zone()) or 0
    left = [agency_id for agency_id in agencies if agency_id > done]
    if left:
        return _build(turn, left[0]), 100 - (len(left) - 1) * 100 // len(agencies)
    while _count(turn, limit, while_building=True):
        continue
    with unit_of_work():
        turns.end(turn, built=True)
    return None


def _roll_over(turn: int) -> int:
    """A year is over: what it was becomes part of the past, for all readers at once."""
    year = turns.past_before()
    for agency_id in sheets.agencies():  # who has none has no cells either
        with unit_of_work():
            turns.renew(turn)
            book.save(book.year_of_agency(agency_id, year))
            book.save(_pairs_of_agency(agency_id, year))
            book.save(book.past_of_agency(agency_id, year + 1))
    with unit_of_work():
        turns.end(turn, past_before=year + 1)
        book.forget_past(year)
    return 1


def _recounted(
    report_ids: set[int], *, everywhere: bool = False
) -> tuple[Sheets, Cells, Mapping[int, Moments]]:
    """The sheets that rows of these reports change, the cells that change with them, and what is
    open at their agencies.

    ``everywhere``: old copies may lie with any agency, since agencies were built one by one while
    reports went from one to another.
    """
    months = _months()
    everyone = sorted(report_ids | facts.followers_of(sorted(report_ids)))
    fresh = sheets.by_address(
        part for ids in _chunks(everyone) for part in facts.of_reports(ids, months)
    )
    opened = sheets.load([at for at in fresh if at.kind is Kind.OPENED])
    before = list(_addresses_before(fresh, opened, months))
    if everywhere:
        of_reports = [at for at in fresh if at.kind in OF_REPORTS]
        before += [at._replace(agency=each) for at in of_reports for each in _agencies()]
    held = opened | sheets.load({at for at in (*fresh, *before) if at not in opened})
    ids = _ids(fresh)
    touched, changed = Touched(months, turns.past_before()), {}
    for at, sheet in held.items():
        replaced = _replaced(sheet, fresh.get(at), ids[at.kind])
        if replaced is not None:
            changed[at], differing = replaced
            touched.add(at, differing)
    stand = standing.of_agencies({at.agency for at in fresh if at.kind is Kind.OPENED})
    return changed, _counted(held | changed, touched), stand


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
    cells = making.of_sheets(held, _months(), past_before, _unended_month(), touched)
    return Cells.joined([cells, book.longer_spans(cells, past_before)])


def _pairs_of_agency(agency_id: int, year: int) -> Cells:
    """The cells of pairs of a year that has just ended."""
    held = sheets.load(
        [Address(kind, year * 100 + month, agency_id) for kind in Kind for month in range(1, 13)]
    )
    cells = making.of_sheets(held, _months(), year + 1, _unended_month())
    return cells.chosen(np.isin(cells.column("axis"), list(PAIRS)))


def _build(turn: int, agency_id: int) -> int:
    """All sheets and cells of an agency, from nothing. Returns how many rows there are."""
    months, past_before = _months(), turns.past_before()
    found = sheets.by_address(facts.of_agency(agency_id, months))
    made = {at: sheets.ordered(rows) for at, rows in found.items()}
    cells = making.of_sheets(made, months, past_before, _unended_month())
    longer = book.longer_spans(cells, past_before, alone=True)
    stand = standing.of_agencies([agency_id])
    with unit_of_work():
        turns.built_agency(turn, agency_id)
        standing.save(stand)
        sheets.save(made, new=True)
        book.save(cells, new=True)
        book.save(longer, new=True)
    return sum(len(rows) for rows in made.values())


def _agencies() -> Sequence[int]:
    return db.session.scalars(select(Agency.id).order_by(Agency.id)).all()


def _chunks(ids: Sequence[int]) -> Iterable[Sequence[int]]:
    return (ids[start : start + READ_AT_ONCE] for start in range(0, len(ids), READ_AT_ONCE))


def _zone() -> ZoneInfo:
    return ZoneInfo(current_app.config["TZ_NAME"])


def _months() -> LocalMonths:
    return local_months(_zone())


def _unended_month() -> int:
    """The first month that is not over for who reads what is counted now: figures may be of the
    moment at which the oldest change that waits was written, and a little before.
    """
    now = clock.now()
    oldest = min(now, together.oldest(FIGURES) or now) - MARGIN
    return month_of(oldest.astimezone(_zone()))


def _present() -> datetime:
    return clock.now().astimezone(_zone())
