"""The daily heads as anybody can copy them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

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


def test_heads_come_as_files_too(
    client: FlaskClient, moved_clock: Callable[[datetime], None]
) -> None:
    moved_clock(NOW)
    daily_heads.keep(date(2026, 12, 3), datetime(2026, 12, 3, 17, tzinfo=UTC))
    head = db.session.query(DailyHead).one().head.hex()
    path = "/api/v1/stats/daily-heads"
    sheet = client.get(f"{path}.csv?lang=en").text
    assert "Day,Reports when the day ended,Head," in sheet
    assert f"2026-12-03,0,{head}," in sheet
    assert client.get(f"{path}.xlsx").data.startswith(b"PK")


def test_a_period_without_heads_says_why_in_the_readers_language(
    client: FlaskClient, moved_clock: Callable[[datetime], None]
) -> None:
    moved_clock(NOW)
    path = "/api/v1/stats/daily-heads?from=2026-01-01&to=2026-01-31"
    none = client.get(f"{path}&lang=en").get_json()
    assert (none["items"], len(none["notes"])) == ([], 1)
    assert none["notes"][0].startswith("No head has been kept yet")
    daily_heads.keep(date(2026, 12, 3), datetime(2026, 12, 3, 17, tzinfo=UTC))
    others = client.get(path).get_json()
    assert others["notes"] == [
        "Các ngày này không có mã kiểm; mã kiểm có từ 03/12/2026 đến 03/12/2026."
    ]
    assert client.get("/api/v1/stats/daily-heads").get_json()["notes"] == []
    to_come = client.get("/api/v1/stats/daily-heads?from=2030-01-01&to=2030-01-31&lang=en")
    assert (to_come.status_code, to_come.get_json()["code"]) == (422, "period_not_begun")
    assert to_come.get_json()["detail"].startswith("The period begins on 01/01/2030")


def test_a_period_that_ends_before_it_begins_is_refused_in_words(client: FlaskClient) -> None:
    answer = client.get("/api/v1/stats/daily-heads?from=2026-12-03&to=2026-12-02")
    assert answer.status_code == 422
    assert answer.get_json()["code"] == "period_backwards"
