"""The daily heads as anybody can copy them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from flask.testing import FlaskClient

from reports_service.core.db import db
from reports_service.reports import daily_heads
from reports_service.reports.models import DailyHead

NOW = datetime(2026, 12, 4, 4, tzinfo=UTC)


def test_anybody_can_copy_the_heads_of_a_period_the_oldest_first(
    client: FlaskClient, moved_clock: Callable[[datetime], None]
) -> None:
    moved_clock(NOW)
    midnight = datetime(2026, 12, 3, 17, tzinfo=UTC)
    for back in (3, 2, 1):
        ends_at = midnight - timedelta(days=back - 1)
        daily_heads.keep((midnight - timedelta(days=back - 1)).date(), ends_at)
    answer = client.get("/api/v1/stats/daily-heads?from=2026-12-02&to=2026-12-03").get_json()
    assert [item["day"] for item in answer["items"]] == ["2026-12-02", "2026-12-03"]
    kept = {one.day.isoformat(): one.head.hex() for one in db.session.query(DailyHead)}
    assert [item["head"] for item in answer["items"]] == [kept["2026-12-02"], kept["2026-12-03"]]
    assert len({*kept.values()}) == 3  # each day's is made over the one before, even a quiet day's


def test_a_period_that_ends_before_it_begins_is_refused_in_words(client: FlaskClient) -> None:
    answer = client.get("/api/v1/stats/daily-heads?from=2026-12-03&to=2026-12-02")
    assert answer.status_code == 422
    assert answer.get_json()["code"] == "period_backwards"
