"""The few figures of a closed month that the mail about it and its page both say."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from reports_service.core import words
from reports_service.statistics.closing.models import ClosedPeriod
from reports_service.statistics.monthly import numbers


def sentences(period: ClosedPeriod, language: str, zone: ZoneInfo) -> list[str]:
    """What was due and met, which promises were kept, what was overdue: as first closed."""
    figures, backlog = period.figures["figures"], period.figures["backlog"]
    total, promises = figures["total"], figures["promises"]
    as_of: datetime = period.as_of
    return [
        words.say(
            "month_brief_due",
            language,
            due=numbers.whole(total["due"], language),
            met=numbers.whole(total["met"], language),
            rate=numbers.percent(total["on_time_rate"], language),
        ),
        words.say(
            "month_brief_promises",
            language,
            kept=numbers.whole(promises["promises_kept"], language),
            due=numbers.whole(promises["promises_due"], language),
            rate=numbers.percent(promises["promise_kept_rate"], language),
        ),
        words.say(
            "month_brief_overdue",
            language,
            as_of=numbers.moment(as_of, zone),
            overdue=numbers.whole(backlog["overdue"], language),
        ),
    ]
