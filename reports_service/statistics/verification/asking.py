"""From a query to the daily heads that answer it: for JSON and for spreadsheets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import func, select

from reports_service.core import clock
from reports_service.core.auth import answer_in, current_language
from reports_service.core.db import db
from reports_service.core.words import say
from reports_service.reports.models import DailyHead
from reports_service.statistics.interface.asking import zone
from reports_service.statistics.periods import remarked
from reports_service.statistics.scope import scope_of
from reports_service.statistics.verification import heads

Query = Mapping[str, Any]


def daily_heads(query: Query) -> dict[str, Any]:
    """The heads of a period, and in words why there are none.

    Raises ``PeriodBackwards``, ``PeriodTooLong``, ``FiguresNotBegun``.
    """
    if query["lang"]:
        answer_in(query["lang"])
    period = remarked(scope_of(query, clock.now(), zone()), query).period
    items = heads.kept(period)
    return {
        "period": period,
        "items": items,
        "notes": [] if items else list(_why_none()),
        "next_cursor": None,
    }


def _why_none() -> Iterator[str]:
    """The days that heads were kept of, for who asked for others."""
    first = db.session.scalar(select(func.min(DailyHead.day)))
    last = db.session.scalar(select(func.max(DailyHead.day)))
    if first is None or last is None:
        yield say("heads_none_yet", current_language())
    else:
        days = {"first": f"{first:%d/%m/%Y}", "last": f"{last:%d/%m/%Y}"}
        yield say("heads_of_other_days", current_language(), **days)
