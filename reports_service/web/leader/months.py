"""The closed months, what was corrected since, and their reports on paper."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import url_for

from reports_service.core.pages import Key, page
from reports_service.core.schemas import PageQuery
from reports_service.statistics.closing import checking, service
from reports_service.statistics.closing.models import ClosedPeriod
from reports_service.statistics.closing.months import Month
from reports_service.web.leader import asked

NEWEST_FIRST = (Key(ClosedPeriod.month, lambda row: row.month, descending=True),)


@dataclass(frozen=True)
class Correction:
    """What was stated later, and why."""

    number: int
    at: datetime
    reason: str
    sha256: str


@dataclass(frozen=True)
class Closed:
    """A closed month. ``differing``: figures of now that differ, as last looked at."""

    written: str
    closed_at: datetime
    sha256: str
    corrections: Sequence[Correction]
    differing: int
    page: str
    figures: str
    pdf: str
    frozen: str


def months() -> dict[str, Any]:
    """A page of them, newest first."""
    found, checks = (
        page(service.listing(), NEWEST_FIRST, **asked.read(PageQuery)),
        checking.checks(),
    )
    return {
        "months": [closed(one, checks.get(one.month)) for one in found.items],
        "next": url_for("leader.months", cursor=found.next_cursor) if found.next_cursor else None,
    }


def closed(one: ClosedPeriod, check: Any) -> Closed:
    """A closed month as it stands in the list; ``check``: what the nightly look found, if any."""
    month = Month.parse(one.month)
    return Closed(
        written=month.written,
        closed_at=one.frozen_at,
        sha256=one.sha256,
        corrections=[
            Correction(each.number, each.frozen_at, each.reason, each.sha256)
            for each in one.corrections
        ],
        differing=check.differing if check else 0,
        page=url_for("leader.month", month=one.month),
        figures=url_for("leader.figures", **_days(month)),
        pdf=url_for("leader.month_pdf", month=one.month),
        frozen=url_for("closing.PeriodContent", month=one.month),
    )


def _days(month: Month) -> dict[str, Any]:
    return {"from": month.first.isoformat(), "to": month.last.isoformat()}
