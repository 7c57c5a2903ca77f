"""Reports of a map's view gathered by a grid, so that a million of them make some hundred marks.

A cell of the grid is as wide as ``CELL_PX`` pixels of a map in Web Mercator at its zoom, in degrees
and equally high. Points are those that strangers may know (``boxes``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import BigInteger, ColumnElement, Row, case, cast, func, select

from reports_service.core.db import db
from reports_service.reports import published
from reports_service.reports.boxes import Box, Column, blurring
from reports_service.reports.models import Report
from reports_service.reports.places import METRES_PER_DEGREE
from reports_service.reports.published import State, state_of

CELL_PX: Final = 80
TILE_PX: Final = 256
ZOOM_MAX: Final = 19
CELLS_ACROSS: Final = 48  # of a view; one that would need more is shown as from further away
ONE_SPOT: Final = 1e-6  # degrees, some 10 cm
_ABOVE_ZERO: Final = 2**21  # makes cells positive: a cast rounds down then, on every engine
_STRIDE: Final = 2**22


@dataclass(frozen=True, slots=True)
class Cluster:
    """The reports of one cell: how many, how many of them open and late, around which point.

    ``together``: all at one spot, so that no closer look tells them apart. ``code`` and ``state``
    of the only one, where there is only one.
    """

    lat: float
    lon: float
    count: int
    open: int
    late: int
    together: bool
    box: Box
    code: str | None = None
    state: State | None = None


def clusters(filters: Mapping[str, Any], zoom: int, now: datetime) -> list[Cluster]:
    """The clusters of published reports that fit the filters, among them ``box``, the view.

    Two queries, however many there are. Raises as ``lookup.listing`` does.
    """
    size = cell_size(filters["box"], zoom)
    rows = db.session.execute(_grouped(filters, size, now)).all()
    single = _singles([row.first for row in rows if row.number == 1])
    return [_cluster(row, size, single.get(row.first), now) for row in rows]


def cell_size(box: Box, zoom: int) -> float:
    """How wide a cell is at this zoom, in degrees; wider where the view would hold too many."""
    size = 360 / 2**zoom * CELL_PX / TILE_PX
    across = max(box.east - box.west, box.north - box.south)
    while across > size * CELLS_ACROSS:
        size *= 2
    return size


def _grouped(filters: Mapping[str, Any], size: float, now: datetime) -> Any:
    lat, lon = _shown(Report.lat), _shown(Report.lon)
    cell = (_floor(lat / size) * _STRIDE + _floor(lon / size)).label("cell")
    late = published.in_state(State.LATE, now)
    return (
        select(
            cell,
            func.count().label("number"),
            func.sum(case((Report.is_open, 1), else_=0)).label("open"),
            func.sum(case((late, 1), else_=0)).label("late"),
            func.avg(lat).label("lat"),
            func.avg(lon).label("lon"),
            (func.max(lat) - func.min(lat) + func.max(lon) - func.min(lon)).label("spread"),
            func.min(Report.id).label("first"),
        )
        .where(published.conditions(filters, now))
        .group_by(cell)
    )


def _shown(column: Column) -> Any:
    """A coordinate as strangers may know it: ``places.blurred`` in SQL."""
    squares = [
        (Report.category_id.in_(sorted(ids)), _middle(column, metres / METRES_PER_DEGREE))
        for metres, ids in sorted(blurring().items())
    ]
    return case(*squares, else_=column) if squares else column


def _middle(column: Column, cell: float) -> ColumnElement[Any]:
    return (_floor(column / cell) - _ABOVE_ZERO + 0.5) * cell


def _floor(number: ColumnElement[Any]) -> ColumnElement[Any]:
    """Rounded down, plus ``_ABOVE_ZERO``."""
    raised = number + float(_ABOVE_ZERO)
    if db.engine.dialect.name != "sqlite":
        raised = func.floor(raised)  # PostgreSQL's cast rounds to the nearest
    return cast(raised, BigInteger)


def _singles(ids: Sequence[int]) -> dict[int, Any]:
    columns = (Report.id, Report.code, Report.status, Report.promised_by, Report.resolved_at)
    found = db.session.execute(select(*columns).where(Report.id.in_(ids))).all() if ids else []
    return {row.id: row for row in found}


def _cluster(row: Row[Any], size: float, single: Any, now: datetime) -> Cluster:
    high, wide = divmod(int(row.cell), _STRIDE)
    south, west = (high - _ABOVE_ZERO) * size, (wide - _ABOVE_ZERO) * size
    return Cluster(
        lat=round(row.lat, 6),
        lon=round(row.lon, 6),
        count=row.number,
        open=row.open,
        late=row.late,
        together=row.spread < ONE_SPOT,
        box=Box(*(round(edge, 6) for edge in (west, south, west + size, south + size))),
        code=single.code if single else None,
        state=state_of(single, now) if single else None,
    )
