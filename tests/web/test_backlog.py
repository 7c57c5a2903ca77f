"""What a leader's page says of what is open and late, from rows as the interface answers them."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from reports_service.web.leader.backlog import Held, held

SPANS = ((0, 1), (1, 3), (3, None))


def backlog(late: tuple[int, int, int], longest: float | None) -> dict[str, Any]:
    """A backlog with so many overdue in each span."""
    spans = [
        {"from_days": low, "to_days": high, "count": count, "assignments": "/list?measure=overdue"}
        for (low, high), count in zip(SPANS, late, strict=True)
    ]
    total = {
        "open": 9, "overdue": sum(late), "paused": 0, "age": spans, "overdue_for": spans,
        "longest_overdue_hours": longest,
    }  # fmt: skip
    return {"total": total, "assignments": "/list?measure={measure}"}


def said(app: Flask, answer: dict[str, Any]) -> Held:
    with app.test_request_context("/figures"):
        return held(answer, "vi")


@pytest.mark.parametrize(
    ("hours", "words"),
    [
        (0.4, "lâu nhất: chưa tới 1 giờ"),
        (1.0, "lâu nhất: 1 giờ"),
        (23.9, "lâu nhất: 23 giờ"),
    ],
)
def test_what_is_late_by_less_than_a_day_is_not_late_by_no_days(
    app: Flask, hours: float, words: str
) -> None:
    found = said(app, backlog((1, 0, 0), hours))
    assert found.title == "1 trong 9 lượt đang giữ đã quá hạn, đều chưa tới 1 ngày"
    assert found.longest == words


def test_the_latest_are_counted_in_days(app: Flask) -> None:
    found = said(app, backlog((4, 2, 1), 80))
    assert found.title == "7 trong 9 lượt đang giữ đã quá hạn; 1 lượt quá từ 3 ngày"
    assert found.longest == "lâu nhất: 3 ngày"


def test_of_what_is_not_late_nothing_is_the_longest(app: Flask) -> None:
    assert said(app, backlog((0, 0, 0), None)).longest is None
