"""What is open, agency by agency: deadlines and ages of open assignments, counted at any moment.

They hold what the cells hold: every change that is counted. While one waits to be, or all are made
anew, the assignments know better (``queries.standing``, ``backlog.of_rows``).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select

from reports_service.core import together
from reports_service.reports.chain import FIGURES
from reports_service.reports.models import Assignment
from reports_service.statistics.cells import store
from reports_service.statistics.cells.facts import micros, raw
from reports_service.statistics.cells.models import Standing, Turn
from reports_service.statistics.cells.narrowed import agencies_of
from reports_service.statistics.scope import Scope

MOMENT: Final = np.dtype("<i8")  # microseconds since 1970; 0: none, the clock stands still


class Moments(NamedTuple):
    """Of what is open at an agency, each ascending: the deadlines, and since when it is open."""

    deadlines: NDArray[np.int64]
    opened: NDArray[np.int64]


def of_agencies(agency_ids: Collection[int]) -> Mapping[int, Moments]:
    """What these agencies hold open, from the assignments."""
    columns = (Assignment.agency_id, raw(Assignment.resolve_by), raw(Assignment.opened_at))
    found = store.rows(
        select(*columns).where(Assignment.outcome.is_(None), Assignment.agency_id.in_(agency_ids))
    )
    agency, deadline, opened = zip(*found, strict=True) if found else ((), (), ())
    agencies = np.array(agency, dtype=np.int64)
    deadlines, since = _sorted(agencies, micros(deadline)), _sorted(agencies, micros(opened))
    agencies.sort()
    bounds = {one: np.searchsorted(agencies, (one, one + 1)).tolist() for one in agency_ids}
    return {
        one: Moments(deadlines[first:last], since[first:last])
        for one, (first, last) in bounds.items()
    }


def _sorted(agencies: NDArray[np.int64], moments: NDArray[np.int64]) -> NDArray[np.int64]:
    """By agency, then by moment."""
    return moments[np.lexsort((moments, agencies))]


def save(kept: Mapping[int, Moments]) -> None:
    """Write them over what is there."""
    filled = {agency_id: held for agency_id, held in kept.items() if len(held.deadlines)}
    rows = [
        (agency_id, *(moments.astype(MOMENT).tobytes() for moments in held))
        for agency_id, held in filled.items()
    ]
    store.put(Standing, rows)
    store.drop(Standing, [(agency_id,) for agency_id in kept.keys() - filled.keys()])


def counts(scope: Scope) -> dict[int, dict[str, int]] | None:
    """How things stand at the scope's agencies, as ``queries.standing`` says it; None where what is
    kept does not tell.
    """
    found, moment = _kept(scope, Standing.deadlines), micros_of(scope.asked_at)
    if found is None:
        return None
    return {agency_id: _counted(_moments(deadlines), moment) for agency_id, deadlines in found}


def held(scope: Scope) -> dict[int, Moments] | None:
    """What the scope's agencies hold open; None where what is kept does not tell."""
    found = _kept(scope, Standing.deadlines, Standing.opened)
    if found is None or any(opened is None for _, _, opened in found):
        return None
    return {one: Moments(*map(_moments, moments)) for one, *moments in found}


def _kept(scope: Scope, *columns: Any) -> Sequence[Any] | None:
    """Agency id and columns of what is kept. None where it does not tell: a part of the agencies'
    work is asked for, a change waits to be counted, all are made anew, or nothing is kept.
    """
    if scope.is_narrowed or together.anything(FIGURES):
        return None
    query = select(Standing.agency_id, *columns).where(
        select(Turn.id).where(Turn.built_at.is_not(None)).exists()
    )
    agency_ids = agencies_of(scope)
    if agency_ids is not None:
        query = query.where(Standing.agency_id.in_(agency_ids))
    return store.rows(query) or None


def micros_of(moment: datetime) -> int:
    """A moment as ``MOMENT``."""
    return int(moment.timestamp()) * 1_000_000 + moment.microsecond


def _moments(held: bytes) -> NDArray[np.int64]:
    return np.frombuffer(held, dtype=MOMENT)


def _counted(deadlines: NDArray[np.int64], moment: int) -> dict[str, int]:
    paused, passed = np.searchsorted(deadlines, (1, moment)).tolist()
    return {"open": len(deadlines), "overdue": passed - paused, "paused": paused}
