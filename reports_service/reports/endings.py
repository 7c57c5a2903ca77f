"""What reports object to when reference data is to end."""

from __future__ import annotations

from sqlalchemy import func, select

from reports_service.agencies import service as agencies
from reports_service.agencies.models import Agency
from reports_service.core.db import db
from reports_service.domain.errors import Conflict
from reports_service.reports.models import Assignment


class AgencyHoldsWork(Conflict):
    """An agency that ends would leave open reports with nobody."""

    code = "agency_holds_work"


@agencies.objects_to_ending
def _holds_work(agency: Agency) -> None:
    held = select(func.count(Assignment.id)).where(
        Assignment.agency_id == agency.id, Assignment.outcome.is_(None)
    )
    open_reports = db.session.scalar(held)
    if open_reports:
        raise AgencyHoldsWork(agency=agency.code, open=open_reports)
