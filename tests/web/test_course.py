"""What the course of the share on time says above its picture: a trend is told from enough only."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask

from reports_service.statistics.closing.months import Month
from reports_service.statistics.interface.local import zone
from reports_service.statistics.scope import Period, Scope
from reports_service.web.leader.trend import Chart, chart

NOW = datetime(2026, 12, 1, 2, tzinfo=UTC)


def month(number: int, met: int, due: int) -> dict[str, Any]:
    """A month of 2026, as the interface answers it."""
    of = Month(2026, number)
    return {
        "from": of.first.isoformat(), "to": of.last.isoformat(), "received": due, "due": due,
        "met": met, "on_time_rate": met / due, "assignments": "/list?measure={measure}",
    }  # fmt: skip


def drawn(app: Flask, *items: dict[str, Any]) -> Chart:
    with app.test_request_context("/figures"):
        days = Period(Month(2026, 1).first, Month(2026, 11).last, zone())
        return chart({"scope": Scope(days, NOW, NOW), "items": items}, "vi")


@pytest.mark.parametrize(("then", "now"), [(12, 18), (12, 300), (300, 18)])
def test_neither_a_rise_nor_a_fall_is_told_from_a_handful(app: Flask, then: int, now: int) -> None:
    found = drawn(app, month(9, then * 11 // 12, then), month(11, now * 8 // 9, now))
    assert found.title == (
        "Chưa đủ số liệu để nói tăng hay giảm: cần hai tháng có từ 30 lượt đến hạn"
    )
    assert [point.y is None for point in found.points] == [False, False]


def test_a_trend_is_told_between_months_with_enough_and_the_picture_marks_the_last(
    app: Flask,
) -> None:
    months = [month(7, 5, 6), month(8, 270, 300), month(9, 285, 300), month(11, 4, 8)]
    found = drawn(app, *months)
    assert found.title == (
        "Đúng hạn tăng từ 90,0\N{NO-BREAK SPACE}% (tháng 08/2026) "
        "lên 95,0\N{NO-BREAK SPACE}% (tháng 09/2026)"
    )
    assert found.last is not None
    assert found.last.name == "tháng 09/2026"
