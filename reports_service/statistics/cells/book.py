"""Cells as they lie in the database, and the longer spans that are joined from shorter ones."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from itertools import groupby
from typing import Any, Final

import numpy as np
from sqlalchemy import delete, select, tuple_

from reports_service.core.db import db
from reports_service.statistics.cells import making, store
from reports_service.statistics.cells.layout import Axis
from reports_service.statistics.cells.making import PAST, Cells, Counted, Key
from reports_service.statistics.cells.models import Cell

ASKED_AT_ONCE: Final = 300
COUNT: Final = np.dtype("<i4")
_KEY: Final = (Cell.axis, Cell.span, Cell.member, Cell.agency_id)


def save(cells: Cells) -> None:
    """Write cells over those with their keys; one that counts nothing is taken away."""
    kept = {key: cell for key, cell in cells.items() if cell.counts.any()}
    store.put(Cell, [_row(key, cell) for key, cell in kept.items()])
    for part in _chunks([key for key in cells if key not in kept]):
        db.session.execute(delete(Cell).where(tuple_(*_KEY).in_(part)))


def _row(key: Key, cell: Counted) -> dict[str, Any]:
    return {
        "axis": int(key.axis),
        "span": key.span,
        "member": key.member,
        "agency_id": key.agency,
        "counts": cell.counts.astype(COUNT).tobytes(),
        "lengths": cell.lengths,
        "marks": cell.marks,
    }


def longer_spans(fresh: Cells, past_before: int, *, alone: bool = False) -> Cells:
    """The years and the past that these cells of months are part of, joined anew.

    ``alone``: all other months of these agencies are among them; else they are looked up.
    """
    years = _joined(fresh, lambda key: _year_of(key, past_before), _months_of, alone)
    past = _joined(years, lambda key: _past_of(key, past_before), _years_before(past_before), alone)
    return years | past


def year_of_agency(agency_id: int, year: int) -> Cells:
    """A year that is over, of all members of all axes, joined from its months."""
    months = _of_agency(agency_id, _months_of(Key(0, year, 0, 0)))
    return making.merged((key._replace(span=year), cell) for key, cell in months)


def past_of_agency(agency_id: int, before: int) -> Cells:
    """All years before that one, joined."""
    years = _of_agency(agency_id, _years_before(before)(Key(0, PAST, 0, 0)))
    return making.merged((key._replace(span=PAST), cell) for key, cell in years)


def _year_of(key: Key, past_before: int) -> Key | None:
    """The cell of the year that a month's cell is part of: on other axes than the agency's own
    work, of years that are over only, for they are changed seldom.
    """
    year = key.span // 100
    if key.axis == Axis.DAY or (key.axis != Axis.AGENCY and year >= past_before):
        return None
    return key._replace(span=year)


def _past_of(key: Key, past_before: int) -> Key | None:
    return key._replace(span=PAST) if key.span < past_before else None


def _months_of(key: Key) -> Collection[int]:
    return range(key.span * 100 + 1, key.span * 100 + 13)


def _years_before(past_before: int) -> Any:
    """The years of the past, as spans: all that are not months."""

    def years(_key: Key) -> Collection[int]:
        return range(1970, past_before)

    return years


def _joined(fresh: Cells, longer: Any, parts_of: Any, alone: bool) -> Cells:
    """The longer cells that fresh ones are part of, from all their parts."""
    wanted = {whole for key in fresh if (whole := longer(key)) is not None}
    own = ((longer(key), cell) for key, cell in fresh.items() if longer(key) is not None)
    if alone:
        return making.merged(own)
    stored = ((whole, cell) for whole, key, cell in _parts(wanted, parts_of) if key not in fresh)
    return making.merged([*own, *stored])


def _parts(wanted: Collection[Key], parts_of: Any) -> Iterator[tuple[Key, Key, Counted]]:
    """(longer cell, key of a part, the part) of all stored parts of the wanted cells."""
    by_span = groupby(sorted(wanted), key=lambda key: (key.axis, key.span))
    for (axis, span), keys in by_span:
        pairs = [(key.member, key.agency) for key in keys]
        spans = parts_of(Key(axis, span, 0, 0))
        for part in _chunks(pairs):
            for key, cell in _found(
                Cell.axis == axis,
                Cell.span.in_(spans),
                tuple_(Cell.member, Cell.agency_id).in_(part),
            ):
                yield key._replace(span=span), key, cell


def _of_agency(agency_id: int, spans: Collection[int]) -> Iterator[tuple[Key, Counted]]:
    axes = [axis for axis in Axis if axis is not Axis.DAY]
    return _found(Cell.axis.in_(axes), Cell.span.in_(spans), Cell.agency_id == agency_id)


def _found(*conditions: Any) -> Iterator[tuple[Key, Counted]]:
    query = select(*_KEY, Cell.counts, Cell.lengths).where(*conditions)
    for *key, counts, lengths in db.session.execute(query):
        held = np.frombuffer(counts, dtype=COUNT).astype(np.int64)
        yield Key(*key), Counted(held, lengths)


def _chunks(keys: list[Any]) -> Iterable[list[Any]]:
    return (keys[start : start + ASKED_AT_ONCE] for start in range(0, len(keys), ASKED_AT_ONCE))
