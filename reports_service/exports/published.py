"""What may leave the house of a report: codes, dates, the place as the public sees it; no words."""

from __future__ import annotations

from reports_service.agencies import service as agencies
from reports_service.areas import service as areas
from reports_service.categories import service as categories
from reports_service.reports import codes
from reports_service.reports.places import blurred


def report_code(code: str | None) -> str | None:
    """A report's public code, in its groups."""
    return codes.grouped(code) if code else None


def agency_code(agency_id: int | None) -> str | None:
    """An agency by its code, also one that has ended."""
    return agencies.known(agency_id).code if agency_id else None


def category_code(category_id: int | None) -> str | None:
    """A category by its code, also one that has ended."""
    category = categories.book().by_id(category_id) if category_id else None
    return category.code if category else None


def area_code(area_id: int | None) -> str | None:
    """An area by its code, also one that has ended."""
    return areas.version(area_id).code if area_id else None


def precision_m(category_id: int | None) -> int:
    """How wide the cell is that places of this category are rounded to, in metres; 0: not."""
    category = categories.book().by_id(category_id) if category_id else None
    return category.location_precision_m if category else 0


def rounded(degrees: float | None, category_id: int | None) -> float | None:
    """A coordinate as the public sees it."""
    return None if degrees is None else blurred(degrees, precision_m(category_id))
