"""What leaders ask for, and how long the answer may take at ten million reports."""

from __future__ import annotations

from sqlalchemy import select

from bench.figured.asking import API, Periods, Question
from reports_service.categories.models import Category
from reports_service.core.db import db

WHOLE_MS = {"sqlite": 40.0, "postgresql": 80.0}
FILTERED_MS, ROWS_MS, BACKLOG_MS = 100.0, 2_000.0, 50.0
AREA = "25010"


def counted_before(engine: str, periods: Periods) -> list[Question]:
    """What is answered from what was counted before."""
    parent, leaf = categories()
    whole = WHOLE_MS[engine]
    ask = Question.of_agencies
    filters = {
        "category": {"category": leaf},
        "parent category": {"category": parent},
        "area": {"area": AREA},
        "channel": {"channel": "app"},
    }
    spans = {"quarter": periods.quarter, "all time": periods.all_time}
    return [
        ask("quarter", periods.quarter, whole),
        ask("year", periods.year, whole),
        ask("all time", periods.all_time, whole),
        ask("last 365 days", periods.last_365_days, FILTERED_MS),
        ask("default 30 days", None, FILTERED_MS),
        *(
            ask(f"{span}, by {name}", days, FILTERED_MS, **filtered)
            for span, days in spans.items()
            for name, filtered in filters.items()
        ),
        Question("backlog", f"{API}/backlog", BACKLOG_MS),
    ]


def counted_then(periods: Periods) -> list[Question]:
    """What is counted from the rows when it is asked for."""
    parent, leaf = categories()
    ask, ever, odd = Question.of_agencies, periods.all_time, periods.odd_days
    return [
        ask("all time, category and channel", ever, ROWS_MS, category=leaf, channel="app"),
        ask("all time, category and area", ever, ROWS_MS, category=leaf, area=AREA),
        ask("all time, parent and channel", ever, ROWS_MS, category=parent, channel="app"),
        ask("parts of months, by category", odd, ROWS_MS, category=leaf),
        ask("parts of months, by parent", odd, ROWS_MS, category=parent),
        ask("parts of months, by channel", odd, ROWS_MS, channel="app"),
        ask("parts of months, by area", odd, ROWS_MS, area=AREA),
    ]


def categories() -> tuple[str, str]:
    """The first parent and a leaf below it."""
    leaf = db.session.scalars(
        select(Category).where(Category.parent_id.is_not(None)).order_by(Category.id).limit(1)
    ).one()
    assert leaf.parent is not None
    return leaf.parent.code, leaf.code
