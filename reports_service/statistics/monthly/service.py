"""The monthly report of a month: from its frozen figures where it is closed, else marked open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import current_app

from reports_service.core import clock
from reports_service.domain.errors import Invalid
from reports_service.statistics.closing import freezing
from reports_service.statistics.closing import service as closing
from reports_service.statistics.closing.models import ClosedPeriod
from reports_service.statistics.closing.months import Month
from reports_service.statistics.monthly import corrections, layout, typesetting
from reports_service.statistics.monthly.layout import Edition

PERIODS = "/api/v1/stats/periods/"


class MonthNotBegun(Invalid):
    """Of a month to come there is nothing to report."""

    code = "month_not_begun"


@dataclass(frozen=True)
class Report:
    """What a report is set from: strings and lengths, and the moment its figures are of."""

    document: dict[str, Any]
    as_of: datetime

    def pdf(self) -> bytes:
        """The report as PDF; the same figures give the same bytes."""
        return typesetting.pdf(self.document, self.as_of)


def report(month: Month, zone: ZoneInfo, language: str) -> Report:
    """The report of a month in ``language``. Raises ``MonthNotBegun``,
    ``MonthWithoutReports``, ``FiguresDoNotAddUp``.
    """
    period = closing.find(month)
    if period is not None:
        return _report(period.figures, _closed_edition(period, language), language)
    if month.period(zone).begins > clock.now():
        raise MonthNotBegun(field="month", month=month.written)
    closing.require_begun(month, zone)
    content = freezing.freeze(month, zone, closing.course_known(month))
    return _report(content.value, Edition(), language)


def file_name(month: Month, language: str) -> str:
    """What the file is called where it is saved."""
    return f"1022-{month}-{language}.pdf"


def _report(content: Any, edition: Edition, language: str) -> Report:
    as_of = datetime.fromisoformat(content["as_of"])
    return Report(layout.document(content, edition, language), as_of)


def _closed_edition(period: ClosedPeriod, language: str) -> Edition:
    return Edition(
        closed_at=period.frozen_at,
        sha256=period.sha256,
        address=f"{current_app.config['PUBLIC_URL'].rstrip('/')}{PERIODS}{period.month}.json",
        corrections=corrections.corrected(period, language),
    )
