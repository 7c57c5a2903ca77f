"""The place of a report as each may see it."""

from __future__ import annotations

from reports_service.categories import service as categories
from reports_service.domain.masking import mask_people
from reports_service.reports.models import Report
from reports_service.reports.onlooker import Onlooker

METRES_PER_DEGREE = 111_000


def location(report: Report, eye: Onlooker) -> dict[str, float] | None:
    """Its point, the middle of a larger square for strangers where the category wants it."""
    if report.lat is None or report.lon is None:
        return None
    precision = 0 if eye.sees_original else _precision(report)
    return {"lat": blurred(report.lat, precision), "lon": blurred(report.lon, precision)}


def address(report: Report, eye: Onlooker) -> str | None:
    """Its address; none for strangers where its point is not for them either."""
    if eye.sees_original:
        return report.address or None
    if _precision(report) or report.text_hidden_at is not None:
        return None
    return mask_people(report.address) or None


def _precision(report: Report) -> int:
    category = categories.book().by_id(report.category_id) if report.category_id else None
    return category.location_precision_m if category else 0


def blurred(degrees: float, metres: int) -> float:
    """The middle of the grid cell, ``metres`` wide, that holds the coordinate."""
    if not metres:
        return degrees
    cell = metres / METRES_PER_DEGREE
    return round((degrees // cell + 0.5) * cell, 6)
