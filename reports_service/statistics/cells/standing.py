"""What is open, agency by agency: the deadlines of open assignments, to be counted at any moment.

They hold what the cells hold: every change that is counted. While one waits to be, the rows know
better (``queries.standing``).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select

from reports_service.reports.models import Assignment
from reports_service.statistics.cells import store
from reports_service.statistics.cells.facts import micros, raw
from reports_service.statistics.cells.models import Standing

MOMENT: Final = np.dtype("<i8")  # microseconds since 1970; 0: none, the clock stands still


def of_agencies(agency_ids: Collection[int]) -> Mapping[int, bytes]:
    """The deadlines of these agencies as they are kept; empty where nothing is open."""
    query = select(Assignment.agency_id, raw(Assignment.resolve_by)).where(
        Assignment.outcome.is_(None), Assignment.agency_id.in_(agency_ids)
    )
    found = store.rows(query)
    agency, deadline = zip(*found, strict=True) if found else ((), ())
    agencies, deadlines = np.array(agency, dtype=np.int64), micros(deadline)
    order = np.lexsort((deadlines, agencies))
    agencies, deadlines = agencies[order], deadlines[order]
    return {
        one: _between(deadlines, *np.searchsorted(agencies, (one, one + 1)).tolist())
        for one in agency_ids
    }


def _between(deadlines: NDArray[Any], first: int, last: int) -> bytes:
    return deadlines[first:last].astype(MOMENT).tobytes()


def save(kept: Mapping[int, bytes]) -> None:
    """Write them over what is there."""
    store.put(Standing, [(agency_id, held) for agency_id, held in kept.items() if held])
    store.drop(Standing, [(agency_id,) for agency_id, held in kept.items() if not held])


def counts(agency_ids: Sequence[int] | None, now: datetime) -> dict[int, dict[str, int]]:
    """How things stand at these agencies, or at all, as ``queries.standing`` says it."""
    query = select(Standing.agency_id, Standing.deadlines)
    if agency_ids is not None:
        query = query.where(Standing.agency_id.in_(agency_ids))
    moment = int(now.timestamp()) * 1_000_000 + now.microsecond
    return {agency_id: _counted(held, moment) for agency_id, held in store.rows(query)}


def _counted(held: bytes, moment: int) -> dict[str, int]:
    deadlines = np.frombuffer(held, dtype=MOMENT)
    paused, passed = np.searchsorted(deadlines, (1, moment)).tolist()
    return {"open": len(deadlines), "overdue": passed - paused, "paused": paused}
