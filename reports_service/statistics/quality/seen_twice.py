"""Open reports that may be about the same thing as one filed before them, and still stand apart.

Reports of one category are walked in the order of their filing and laid into squares as wide as
the category's radius; what is near a report lies in its own square or in the eight around it.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from geopy.distance import geodesic
from sqlalchemy import Select, func, select

from reports_service.categories import service as categories
from reports_service.core.db import db
from reports_service.domain.duplicates import is_possible_duplicate
from reports_service.domain.quality import SEEN_TWICE_WITHIN
from reports_service.reports.models import Assignment, Report
from reports_service.reports.nearby import edges
from reports_service.statistics.quality.checks import held

AT_ONCE = 5000
_SQUARES = sorted(
    ((down, right) for down in (-1, 0, 1) for right in (-1, 0, 1)),
    key=lambda step: abs(step[0]) + abs(step[1]),  # its own square first
)


@dataclass(frozen=True, slots=True)
class Open:
    """An open assignment and where its report lies."""

    assignment_id: int
    agency_id: int
    report_id: int
    lat: float
    lon: float
    filed_at: datetime


@dataclass(frozen=True, slots=True)
class Twice:
    """An open assignment, the report filed before it, and the metres between the two."""

    open: Open
    other_report_id: int
    metres: float


def find(opened_before: datetime) -> Iterator[Twice]:
    """Every open assignment with such a report. One category's places are in memory at a time."""
    highest = db.session.scalar(_of_open(opened_before, func.max(func.abs(Report.lat))))
    for category_id, places in groupby(_places(opened_before), key=lambda pair: pair[0]):
        category = categories.book().by_id(category_id)
        if category is not None and category.duplicate_radius_m > 0:
            yield from among((place for _, place in places), category.duplicate_radius_m, highest)


def among(places: Iterable[Open], radius_m: float, highest_lat: float) -> Iterator[Twice]:
    """Those of ``places``, which come in the order of filing, that lie near one before them.

    ``highest_lat``: no place lies farther from the equator (degrees).
    """
    edge = edges(highest_lat, 0, radius_m)
    high, wide = edge["north"] - highest_lat, edge["east"]
    squares: defaultdict[tuple[int, int], list[Open]] = defaultdict(list)
    for place in places:
        row, column = math.floor(place.lat / high), math.floor(place.lon / wide)
        around = [squares.get((row + down, column + right), ()) for down, right in _SQUARES]
        before = _before(place, around, radius_m)
        if before is not None:
            yield before
        squares[row, column].append(place)


def _before(place: Open, around: Sequence[Sequence[Open]], radius_m: float) -> Twice | None:
    """The place with another that was filed before it, if one is near and not too old."""
    for square in around:
        for other in reversed(square):
            if place.filed_at - other.filed_at > SEEN_TWICE_WITHIN:
                break
            if other.report_id == place.report_id:
                continue
            metres = geodesic((place.lat, place.lon), (other.lat, other.lon)).meters
            if is_possible_duplicate(same_category=True, metres=metres, radius_m=radius_m):
                return Twice(place, other.report_id, metres)
    return None


def _places(opened_before: datetime) -> Iterator[tuple[int, Open]]:
    """Category id and place of all that is open, by category and then in the order of filing."""
    columns = (
        Report.category_id,
        Assignment.id,
        Assignment.agency_id,
        Report.id,
        Report.lat,
        Report.lon,
        Report.created_at,
    )
    # Sorted by what no index is sorted by: an index of all reports in this order would be walked
    # to its end for the few that are open.
    by_category = func.coalesce(Report.category_id, 0)
    query = _of_open(opened_before, *columns).order_by(
        by_category, Report.created_at, Report.id, Assignment.id
    )
    for category_id, *place in db.session.execute(query.execution_options(yield_per=AT_ONCE)):
        yield category_id, Open(*place)


def _of_open(opened_before: datetime, *columns: Any) -> Select[Any]:
    return (
        select(*columns)
        .select_from(Assignment)
        .join(Assignment.report)
        .where(
            held(opened_before),
            Report.is_open,
            Report.category_id.is_not(None),
            Report.lat.is_not(None),
            Report.lon.is_not(None),
        )
    )
