"""Has it come back? A new report where one of the same kind was closed within a year."""

from __future__ import annotations

from geopy.distance import geodesic
from sqlalchemy import bindparam, select

from reports_service.categories import service as categories
from reports_service.core.db import db
from reports_service.domain.duplicates import RECURS_WITHIN, is_recurrence
from reports_service.domain.lifecycle import Status
from reports_service.reports.models import Report
from reports_service.reports.nearby import edges

# Asked by every filing, so it is made once.
_CLOSED_NEAR = (
    select(
        Report.id,
        Report.code,
        Report.lat,
        Report.lon,
        Report.closed_at,
        Report.recurrence_number,
    )
    .where(
        Report.category_id == bindparam("category"),
        Report.status == Status.CLOSED,
        Report.closed_at > bindparam("since"),
        Report.lat.between(bindparam("south"), bindparam("north")),
        Report.lon.between(bindparam("west"), bindparam("east")),
    )
    .order_by(Report.closed_at.desc())
)


def link_recurrence(report: Report) -> str | None:
    """Find the latest report of the same kind that was closed near here within a year.

    Returns its code; None where there is none.
    """
    if report.category_id is None or report.lat is None or report.lon is None:
        return None
    category = categories.book().by_id(report.category_id)
    assert category is not None
    radius_m = category.duplicate_radius_m
    closed = db.session.connection().execute(
        _CLOSED_NEAR,
        {
            "category": report.category_id,
            "since": report.created_at - RECURS_WITHIN,
            **edges(report.lat, report.lon, radius_m),
        },
    )
    here = (report.lat, report.lon)
    for row in closed:
        metres = geodesic(here, (row.lat, row.lon)).meters
        if is_recurrence(
            closed_at=row.closed_at, now=report.created_at, metres=metres, radius_m=radius_m
        ):
            report.recurrence_of_id = row.id
            report.recurrence_number = row.recurrence_number + 1
            earlier: str = row.code
            return earlier
    return None
