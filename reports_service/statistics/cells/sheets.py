"""Sheets as they lie in the database: read by address, changed row by row, written back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select

from reports_service.core.db import db
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
    for (kinds, agencies), months in _blocks(addresses).items():
        query = select(Sheet.kind, Sheet.month, Sheet.agency_id, Sheet.rows).where(
            Sheet.kind.in_(kinds), Sheet.month.in_(months), Sheet.agency_id.in_(agencies)
        )
        for kind, month, agency, rows in store.rows(query):
            at = Address(Kind(kind), month, agency)
            found[at] = np.frombuffer(rows, dtype=ROW_OF[at.kind])
    return found


def agencies() -> Sequence[int]:
    """The ids of the agencies that have any sheet, ascending."""
    return db.session.scalars(select(Sheet.agency_id).distinct().order_by(Sheet.agency_id)).all()


def _blocks(
    addresses: Collection[Address],
) -> Mapping[tuple[tuple[int, ...], tuple[int, ...]], Sequence[int]]:
    """The addresses as few blocks, each of which is full: (kinds, agencies) -> months.

    A statement for each block instead of each kind and month: a year of an agency is one.
    """
    agencies: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
    for kind, month, agency in sorted(addresses):
        agencies[int(kind), month].append(agency)
    kinds: defaultdict[tuple[int, tuple[int, ...]], list[int]] = defaultdict(list)
    for (kind_code, month), of_both in agencies.items():
        kinds[month, tuple(of_both)].append(kind_code)
    months: defaultdict[tuple[tuple[int, ...], tuple[int, ...]], list[int]] = defaultdict(list)
    for (month, of_month), of_block in kinds.items():
        months[tuple(of_block), of_month].append(month)
    return months


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
