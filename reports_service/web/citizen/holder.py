"""Who looks at a report from this device: its reporter where the device holds its token."""

from __future__ import annotations

from reports_service.core.auth import Actor
from reports_service.domain.errors import NotAllowed
from reports_service.domain.roles import Party
from reports_service.reports import service
from reports_service.reports.codes import ReportUnknown
from reports_service.reports.service import TrackingTokenWrong
from reports_service.web.citizen import mine
from reports_service.web.pages import language


class NotYourReport(NotAllowed):
    """Only who filed the report may do this, and this device does not hold its private link."""

    code = "not_your_report"


def asker(code: str) -> Actor:
    """Its reporter, or anybody where the device holds no token that is still the report's."""
    anybody = Actor(language=language())
    token = mine.token_for(code)
    if token is None:
        return anybody
    reporter = Actor(language=language(), tracking=token)
    try:
        service.find(code, reporter)
    except (ReportUnknown, TrackingTokenWrong):
        return anybody
    return reporter


def reporter(code: str) -> Actor:
    """Its reporter. Raises ``NotYourReport``, and ``ReportUnknown`` where the public knows none."""
    actor = asker(code)
    _, party = service.find(code, actor)
    if party is not Party.REPORTER:
        raise NotYourReport()
    return actor
