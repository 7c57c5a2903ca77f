"""Sheets as they lie in the database: read by address, changed row by row, written back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import delete, select, tuple_

from reports_service.core.db import db
from reports_service.statistics.cells import store
from reports_service.statistics.cells.facts import Rows
from reports_service.statistics.cells.layout import ROW_OF, Kind
from reports_service.statistics.cells.models import Sheet

Array = NDArray[Any]
ASKED_AT_ONCE = 300


class Address(NamedTuple):
    """Where a sheet lies."""

    kind: Kind
    month: int
    agency: int


Sheets = dict[Address, Array]


def load(addresses: Collection[Address]) -> Sheets:
    """The sheets at these addresses; an empty one where there is none yet."""
    found = {address: np.zeros(0, dtype=ROW_OF[address.kind]) for address in addresses}
    wanted = list(found)
    for start in range(0, len(wanted), ASKED_AT_ONCE):
        part = wanted[start : start + ASKED_AT_ONCE]
        query = select(Sheet.kind, Sheet.month, Sheet.agency_id, Sheet.rows).where(
            tuple_(Sheet.kind, Sheet.month, Sheet.agency_id).in_(part)
        )
        for kind, month, agency, rows in store.rows(query):
            address = Address(Kind(kind), month, agency)
            found[address] = np.frombuffer(rows, dtype=ROW_OF[address.kind])
    return found


def save(sheets: Mapping[Address, Array], *, new: bool = False) -> None:
    """Write sheets over what lies at their addresses; an empty one is taken away.

    ``new``: nothing lies there.
    """
    kept = {address: rows for address, rows in sheets.items() if len(rows)}
    store.put(
        Sheet,
        [(int(at.kind), at.month, at.agency, rows.tobytes()) for at, rows in kept.items()],
        new=new,
    )
    empty = [address for address in sheets if address not in kept]
    for start in range(0, len(empty), ASKED_AT_ONCE):
        part = empty[start : start + ASKED_AT_ONCE]
        db.session.execute(
            delete(Sheet).where(tuple_(Sheet.kind, Sheet.month, Sheet.agency_id).in_(part))
        )


def by_address(found: Iterable[Rows]) -> Sheets:
    """Rows put together by where they lie."""
    parts: defaultdict[Address, list[Array]] = defaultdict(list)
    for part in found:
        order = np.lexsort((part.month, part.agency))
        agency, month, rows = part.agency[order], part.month[order], part.rows[order]
        starts = np.flatnonzero(np.diff(agency, prepend=-1) | np.diff(month, prepend=-1))
        for first, last in pairwise([*starts.tolist(), len(rows)]):
            address = Address(part.kind, int(month[first]), int(agency[first]))
            parts[address].append(rows[first:last])
    return {address: np.concatenate(rows) for address, rows in parts.items()}


def among(ids: Array, ascending: Array) -> Array:
    """Which ids are in an ascending list: as ``numpy.isin``, which sorts the list each time."""
    if not len(ascending):
        return np.zeros(len(ids), dtype=bool)
    place = np.minimum(np.searchsorted(ascending, ids), len(ascending) - 1)
    held: Array = ascending[place] == ids
    return held


def ordered(sheet: Array) -> Array:
    """By moment, and by id where two share one: equal contents are equal bytes."""
    return sheet[np.lexsort((sheet["id"], sheet["at"]))]
