"""Sheets as they lie in the database: read by address, changed row by row, written back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select

from reports_service.statistics.cells import store
from reports_service.statistics.cells.facts import Rows
from reports_service.statistics.cells.layout import ROW_OF, Kind
from reports_service.statistics.cells.models import Sheet

Array = NDArray[Any]


class Address(NamedTuple):
    """Where a sheet lies."""

    kind: Kind
    month: int
    agency: int


Sheets = dict[Address, Array]


def load(addresses: Collection[Address]) -> Sheets:
    """The sheets at these addresses; an empty one where there is none yet."""
    found = {address: np.zeros(0, dtype=ROW_OF[address.kind]) for address in addresses}
    agencies: defaultdict[tuple[Kind, int], list[int]] = defaultdict(list)
    for kind, month, agency in addresses:
        agencies[kind, month].append(agency)
    for (kind, month), wanted in agencies.items():
        query = select(Sheet.agency_id, Sheet.rows).where(
            Sheet.kind == int(kind), Sheet.month == month, Sheet.agency_id.in_(wanted)
        )
        for agency, rows in store.rows(query):
            found[Address(kind, month, agency)] = np.frombuffer(rows, dtype=ROW_OF[kind])
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
    store.drop(Sheet, [(int(at.kind), at.month, at.agency) for at in sheets if at not in kept])


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
