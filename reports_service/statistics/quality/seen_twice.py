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
from typing import Any

from geopy.distance import geodesic
from sqlalchemy import func, select

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
    highest = (
        select(Report.category_id, func.max(func.abs(Report.lat)))
        .join(Assignment, Assignment.report_id == Report.id)
        .where(held(opened_before), Report.is_open, Report.lat.is_not(None))
        .group_by(Report.category_id)
    )
    for category_id, lat in db.session.execute(highest).all():
        category = categories.book().by_id(category_id) if category_id else None
        if category is not None and category.duplicate_radius_m > 0:
            places = _places(category_id, opened_before)
            yield from among(places, category.duplicate_radius_m, lat)


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


def _places(category_id: int, opened_before: datetime) -> Iterator[Open]:
    columns: tuple[Any, ...] = (
        Assignment.id,
        Assignment.agency_id,
        Report.id,
        Report.lat,
        Report.lon,
        Report.created_at,
    )
    query = (
        select(*columns)
        .join(Assignment, Assignment.report_id == Report.id)
        .where(
            held(opened_before),
            Report.is_open,
            Report.category_id == category_id,
            Report.lat.is_not(None),
            Report.lon.is_not(None),
        )
        .order_by(Report.created_at, Report.id, Assignment.id)
        .execution_options(yield_per=AT_ONCE)
    )
    for row in db.session.execute(query):
        yield Open(*row)
