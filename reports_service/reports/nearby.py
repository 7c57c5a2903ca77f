"""Reports near a point: a box in degrees that an index serves, then exact distances in metres."""

from __future__ import annotations

import math
from dataclasses import dataclass

from geopy.distance import geodesic
from sqlalchemy import ColumnElement, Select, select

from reports_service.categories import service as categories
from reports_service.core.db import db
from reports_service.domain.duplicates import is_possible_duplicate
from reports_service.reports.lookup import shown_in_lists
from reports_service.reports.models import STILL_OPEN, Report

DEGREE_M = 110_000  # no degree of latitude is shorter, so a box made with it is never too small
RADIUS_DEFAULT_M = 50
RADIUS_MAX_M = 2000
SHOWN_MAX = 20


@dataclass(frozen=True)
class Near:
    """An open report and its distance."""

    report: Report
    distance_m: float


def edges(lat: float, lon: float, metres: float) -> dict[str, float]:
    """South, north, west and east of a box with every point within ``metres`` of one (degrees)."""
    high = metres / DEGREE_M
    wide = metres / (DEGREE_M * max(math.cos(math.radians(lat)), 0.01))
    return {"south": lat - high, "north": lat + high, "west": lon - wide, "east": lon + wide}


def box(lat: float, lon: float, metres: float) -> tuple[ColumnElement[bool], ...]:
    """Conditions for that box."""
    edge = edges(lat, lon, metres)
    return (
        Report.lat.between(edge["south"], edge["north"]),
        Report.lon.between(edge["west"], edge["east"]),
    )


def open_near(lat: float, lon: float, category: str | None, radius_m: float | None) -> list[Near]:
    """Published open reports within the radius (by default the category's), nearest first."""
    facts = categories.book().by_code(category) if category else None
    radius = min(
        radius_m or (facts.duplicate_radius_m if facts else RADIUS_DEFAULT_M), RADIUS_MAX_M
    )
    query = open_in_box(lat, lon, facts.id if facts else None, radius)
    found = [
        Near(report, geodesic((lat, lon), (report.lat, report.lon)).meters)
        for report in db.session.scalars(query.options(*shown_in_lists()))
    ]
    near = [
        one
        for one in found
        if is_possible_duplicate(same_category=True, metres=one.distance_m, radius_m=radius)
    ]
    return sorted(near, key=lambda one: one.distance_m)[:SHOWN_MAX]


def open_in_box(lat: float, lon: float, category_id: int | None, metres: float) -> Select[Report]:
    """Published open reports in the box, of one category where it is given."""
    query = select(Report).where(STILL_OPEN, Report.restricted.is_(False), *box(lat, lon, metres))
    return query.where(Report.category_id == category_id) if category_id else query
