"""Boxes of a map, and which reports lie in one: by the point that strangers may know.

Where a category blurs its places (``places.blurred``), a report lies in the middle of a square.
Boxes ask for that middle, not for the point itself: many small boxes must not find out more than
the square. The middles in a box are those of whole squares, so plain bounds on the kept columns
say the same, and an index serves them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, or_
from sqlalchemy.orm import InstrumentedAttribute

from reports_service.categories import service as categories
from reports_service.domain.errors import Invalid
from reports_service.reports.models import Report
from reports_service.reports.places import METRES_PER_DEGREE

Column = InstrumentedAttribute[float | None]


class BoxInvalid(Invalid):
    """A box is west,south,east,north in degrees."""

    code = "bbox_invalid"


@dataclass(frozen=True, slots=True)
class Box:
    """Degrees of WGS 84; its edges belong to it."""

    west: float
    south: float
    east: float
    north: float

    @classmethod
    def read(cls, text: str) -> Box:
        """From ``west,south,east,north``. Raises ``BoxInvalid``."""
        try:
            west, south, east, north = (float(part) for part in text.split(","))
        except ValueError as wrong:
            raise BoxInvalid(field="bbox", value=text[:80]) from wrong
        if not (-180 <= west <= east <= 180 and -90 <= south <= north <= 90):
            raise BoxInvalid(field="bbox", value=text[:80])
        return cls(west, south, east, north)


def blurring() -> Mapping[int, frozenset[int]]:
    """The categories that blur places: metres of their squares -> ids."""
    found: dict[int, set[int]] = {}
    for category in categories.book():
        if category.location_precision_m:
            found.setdefault(category.location_precision_m, set()).add(category.id)
    return {metres: frozenset(ids) for metres, ids in found.items()}


def within(box: Box) -> ColumnElement[bool]:
    """Whether the point that strangers know of a report lies in the box."""
    squares = blurring()
    blurred = frozenset[int]().union(*squares.values())
    sharp = or_(Report.category_id.is_(None), Report.category_id.not_in(sorted(blurred)))
    return and_(
        *_bounds(box, max(squares, default=0)),
        or_(
            and_(sharp, *_bounds(box)),
            *(
                and_(Report.category_id.in_(sorted(ids)), *_middles(box, metres))
                for metres, ids in sorted(squares.items())
            ),
        ),
    )


def _bounds(box: Box, wider_m: float = 0) -> tuple[ColumnElement[bool], ...]:
    """The box itself, or one that holds every square whose middle lies in it."""
    more = wider_m / METRES_PER_DEGREE
    return (
        Report.lat.between(box.south - more, box.north + more),
        Report.lon.between(box.west - more, box.east + more),
    )


def _middles(box: Box, metres: int) -> tuple[ColumnElement[bool], ...]:
    cell = metres / METRES_PER_DEGREE
    return (
        *_squares(Report.lat, box.south, box.north, cell),
        *_squares(Report.lon, box.west, box.east, cell),
    )


def _squares(
    column: Column, low: float, high: float, cell: float
) -> tuple[ColumnElement[bool], ...]:
    """From the first square whose middle is not below ``low`` to the last not above ``high``."""
    first, last = math.ceil(low / cell - 0.5), math.floor(high / cell - 0.5)
    return (column >= first * cell, column < (last + 1) * cell)
