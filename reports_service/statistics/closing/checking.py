"""What of a closed month differs from the figures of now, and what the nightly look found."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from reports_service.core.db import db, snapshot, unit_of_work
from reports_service.statistics.closing import freezing
from reports_service.statistics.closing import standing as standing_version
from reports_service.statistics.closing.differences import differences
from reports_service.statistics.closing.models import ClosedPeriod, PeriodCheck
from reports_service.statistics.closing.months import Month
from reports_service.statistics.closing.service import closed, standing

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Comparison:
    """A closed month beside the figures of now: what differs and was not stated by anybody."""

    period: ClosedPeriod
    as_of: datetime
    uncorrected: list[dict[str, Any]]
    definitions_changed: bool


def checks() -> dict[str, PeriodCheck]:
    """What the nightly comparison found last, by month."""
    return {one.month: one for one in db.session.scalars(select(PeriodCheck))}


def compare(period: ClosedPeriod, zone: ZoneInfo) -> Comparison:
    """What of a closed month is different now. Raises ``FiguresDoNotAddUp``."""
    scope = freezing.scope_of_month(Month.parse(period.month), zone)
    stands = standing(period).figures
    return Comparison(
        period=period,
        as_of=scope.as_of,
        uncorrected=differences(stands["figures"], freezing.tables(scope)),
        definitions_changed=(stands["definitions"]["version"] != freezing.definitions()["version"]),
    )


def check(month: Month, zone: ZoneInfo) -> int:
    """Compare a closed month with now and keep how many figures differ, which is answered.

    All is read before the turn to write is taken; nothing is kept where another correction came
    meanwhile. Raises ``MonthNotClosed``, ``FiguresDoNotAddUp``.
    """
    with snapshot():
        stood = standing_version.standing(month)
        compared = compare(closed(month), zone)
    differing = len(compared.uncorrected)
    if differing:
        log.warning("a closed month differs", extra={"month": str(month), "figures": differing})
    with unit_of_work():
        if standing_version.standing(month) == stood:
            at = compared.as_of
            db.session.merge(PeriodCheck(month=str(month), checked_at=at, differing=differing))
    return differing
