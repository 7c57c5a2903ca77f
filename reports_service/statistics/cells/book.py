"""Cells as they lie in the database, and the longer spans that are joined from shorter ones."""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Collection, Iterator
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import delete, select

from reports_service.core.db import db
from reports_service.statistics.cells import making, store
from reports_service.statistics.cells.layout import COUNTS, PAIRS, Axis
from reports_service.statistics.cells.making import Cells
from reports_service.statistics.cells.models import Cell

Array = NDArray[Any]
ASKED_AT_ONCE: Final = 300
COUNT: Final = np.dtype("<i4")
FIRST_YEAR: Final = 1970
VERSION_BITS: Final = 62
_KEY: Final = (Cell.axis, Cell.span, Cell.member, Cell.agency_id)


def save(cells: Cells, *, new: bool = False) -> None:
    """Write cells over those with their keys; one that counts nothing is taken away.

    ``new``: there are none with these keys.
    """
    filled: Array = np.asarray(cells.counts.any(axis=1))
    store.put(Cell, _rows(cells.chosen(filled)), new=new)
    if not new:
        store.drop(Cell, list(map(tuple, cells.keys[~filled].tolist())))


def _rows(cells: Cells) -> list[tuple[Any, ...]]:
    counts = cells.counts.astype(COUNT)
    size = len(COUNTS) * COUNT.itemsize
    blob = counts.tobytes()
    # Of each cell its own: cells of one writing are told apart by nothing else.
    drawn = 1 + secrets.randbits(VERSION_BITS)
    return [
        (*key, blob[n * size : (n + 1) * size], lengths, marks, drawn + n)
        for n, (key, lengths, marks) in enumerate(
            zip(cells.keys.tolist(), cells.lengths, cells.marks, strict=True)
        )
    ]


def longer_spans(fresh: Cells, past_before: int, *, alone: bool = False) -> Cells:
    """The years and the past that these cells are part of, joined anew.

    ``alone``: all other parts of these are among them; else they are looked up.
    """
    axis, span = fresh.column("axis"), fresh.column("span")
    pairs = np.isin(axis, list(PAIRS))
    # Other axes than the agency's whole work have years that are over only: those change seldom.
    in_years = ~pairs & (axis != Axis.DAY) & ((axis == Axis.AGENCY) | (span // 100 < past_before))
    years = _joined(fresh.chosen(in_years), lambda spans: spans // 100, _months_of, alone)
    ended = Cells.joined([years.chosen(years.column("span") < past_before), fresh.chosen(pairs)])
    past = _joined(
        ended,
        lambda spans: 0 * spans + making.past(past_before),
        lambda _: _years(past_before),
        alone,
    )
    return Cells.joined([years, past])


def year_of_agency(agency_id: int, year: int) -> Cells:
    """A year that is over, of all members of all axes but pairs, joined from its months."""
    axes = [axis for axis in Axis if axis is not Axis.DAY and axis not in PAIRS]
    months = _found(
        Cell.axis.in_(axes), Cell.span.in_(_months_of(year)), Cell.agency_id == agency_id
    )
    return making.merged(months.of_span(year))


def past_of_agency(agency_id: int, before: int) -> Cells:
    """All years before that one, joined."""
    years = _found(  # the axes by name, for the key begins with them
        Cell.axis.in_(list(Axis)), Cell.span.in_(_years(before)), Cell.agency_id == agency_id
    )
    return making.merged(years.of_span(making.past(before)))


def forget_past(before: int) -> None:
    """Take away the past up to a year, once another one counts."""
    db.session.execute(delete(Cell).where(Cell.span == making.past(before)))


def _months_of(year: int) -> Collection[int]:
    return range(year * 100 + 1, year * 100 + 13)


def _years(before: int) -> Collection[int]:
    return range(FIRST_YEAR, before)


def _joined(fresh: Cells, longer: Any, parts_of: Any, alone: bool) -> Cells:
    """The longer cells that fresh ones are part of, from all their parts."""
    own = fresh.of_span(longer(fresh.column("span")))
    if alone or not len(fresh.counts):
        return making.merged(own)
    known = set(map(tuple, fresh.keys.tolist()))
    parts = [own]
    for axis, span in np.unique(own.keys[:, :2], axis=0).tolist():
        of = own.chosen((own.column("axis") == axis) & (own.column("span") == span))
        for stored in _stored(axis, parts_of(span), np.unique(of.keys[:, 2:], axis=0).tolist()):
            others = [tuple(key) not in known for key in stored.keys.tolist()]
            parts.append(stored.chosen(np.array(others, dtype=bool)).of_span(span))
    return making.merged(Cells.joined(parts))


def _stored(axis: int, spans: Collection[int], pairs: list[Any]) -> Iterator[Cells]:
    """Stored cells of these (member, agency) in these spans."""
    members: defaultdict[int, list[int]] = defaultdict(list)
    for member, agency in pairs:
        members[agency].append(member)
    for agency, wanted in members.items():
        for start in range(0, len(wanted), ASKED_AT_ONCE):
            yield _found(
                Cell.axis == axis,
                Cell.span.in_(spans),
                Cell.agency_id == agency,
                Cell.member.in_(wanted[start : start + ASKED_AT_ONCE]),
            )


def _found(*conditions: Any) -> Cells:
    query = select(*_KEY, Cell.counts, Cell.lengths).where(*conditions)
    found = store.rows(query)
    if not found:
        return Cells.joined([])
    *keys, counts, lengths = zip(*found, strict=True)
    held = np.frombuffer(b"".join(counts), dtype=COUNT).reshape(-1, len(COUNTS))
    return Cells.of([np.array(key) for key in keys], held.astype(np.int64), lengths)
