"""A report that colleagues work on together: for who sees inside it, and for nobody else."""

from __future__ import annotations

from reports_service.core.auth import Actor
from reports_service.domain.errors import NotAllowed
from reports_service.reports import service
from reports_service.reports.models import Report


class ForColleagues(NotAllowed):
    """Drafts, templates and colleagues belong to the agencies that hold or held the report."""

    code = "for_colleagues"


def opened(code: str, actor: Actor) -> Report:
    """The report with this code. Raises ``ReportUnknown``, ``ForColleagues``."""
    report, _ = service.find(code, actor)
    if not service.sees_inside(report, actor):
        raise ForColleagues()
    return report
