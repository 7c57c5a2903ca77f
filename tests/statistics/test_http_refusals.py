"""What is asked of the figures and cannot be meant, and filters on what has ended: in words."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from flask.testing import FlaskClient

from reports_service.core.db import db
from tests.statistics import rows
from tests.statistics.rows import Province
from tests.statistics.typical import Headers, filed, get, resolved

ENDED = datetime(2026, 12, 1, 17, tzinfo=UTC)  # midnight: 2 December begins
TABLES = ("agencies", "agencies/long-hoa", "categories", "areas", "channels", "trend", "backlog",
          "five-groups")  # fmt: skip
FILES = tuple(f"{table}.{ending}" for table in TABLES for ending in ("csv", "xlsx"))


@pytest.mark.parametrize(
    ("query", "field", "code"),
    [
        ("from=2026-12-02&to=2026-12-01", "to", "period_backwards"),
        ("from=1926-12-01&to=2026-12-01", "from", "period_too_long"),
        ("from=1899-12-31", "from", "out_of_range"),
        ("channel=pigeon", "channel", "not_one_of"),
        ("from=2026-11-01&from=2026-11-02", "from", "asked_twice"),
        ("channel=app&channel=app", "channel", "asked_twice"),
        ("lang=fr", "lang", "not_one_of"),
        ("category=khong-co", "category", "category_unknown"),
        ("category=khong-co/-", "category", "category_unknown"),
        ("area=khong-co", "area", "area_unknown"),
        ("area=%25/-", "area", "area_unknown"),
        ("until=2026-12-01", "until", "field_unknown"),
    ],
)
def test_every_table_refuses_what_cannot_be_meant(
    client: FlaskClient, leader: Headers, query: str, field: str, code: str
) -> None:
    for table in (*TABLES, *FILES):
        status, problem = get(client, f"/stats/{table}?{query}", leader)
        assert status in (404, 422), (table, problem)
        assert {"field": field, "code": code}.items() <= problem["errors"][0].items(), table
        assert problem["errors"][0]["detail"], table


def test_a_filter_on_what_ended_in_the_period_says_so(
    client: FlaskClient, province: Province, leader: Headers
) -> None:
    rows.write(province, [filed(resolved(), category="rac", area="25630")])
    province.categories["rac"].ended_at = ENDED
    province.agencies["long-hoa"].ended_at = ENDED
    province.areas["25630"].valid_to = date(2026, 12, 2)
    db.session.commit()
    notes = {
        "agencies?category=rac": "Lĩnh vực «vi rac» ngừng dùng từ ngày 02/12/2026.",
        "backlog?area=25630": "Địa bàn «vi 25630» không còn từ ngày 02/12/2026.",
        "agencies/long-hoa?": "Đơn vị «vi long-hoa» ngừng hoạt động từ ngày 02/12/2026.",
        "trend?agency=long-hoa": "Đơn vị «vi long-hoa» ngừng hoạt động từ ngày 02/12/2026.",
    }
    for path, note in notes.items():
        status, body = get(client, f"/stats/{path}", leader)
        assert (status, body["notes"][0]) == (200, note)
    english = get(client, "/stats/agencies?category=rac&lang=en", leader)[1]
    assert english["notes"] == ['The category "en rac" is not in use since 02/12/2026.']
    assert english["total"]["received"] == 1
    csv = client.get("/api/v1/stats/agencies.csv?category=rac", headers=leader)
    assert notes["agencies?category=rac"] in csv.text


def test_a_filter_on_what_ended_before_the_period_is_refused(
    client: FlaskClient, province: Province, leader: Headers
) -> None:
    province.categories["rac"].ended_at = ENDED
    province.agencies["long-hoa"].ended_at = ENDED
    province.areas["25630"].valid_to = date(2026, 12, 2)
    db.session.commit()
    for path, field in (
        ("agencies?category=rac&from=2026-12-02", "category"),
        ("areas?area=25630&from=2026-12-02", "area"),
        ("agencies/long-hoa?from=2026-12-02", "agency"),
        ("assignments?measure=due&agency=long-hoa&from=2026-12-02", "agency"),
    ):
        status, problem = get(client, f"/stats/{path}", leader)
        assert (status, problem["code"]) == (422, "filter_ended"), path
        assert problem["errors"][0]["field"] == field
        assert "02/12/2026" in problem["detail"]
    assert get(client, "/stats/agencies?category=rac&from=2026-12-01", leader)[0] == 200


def test_a_refusal_is_said_in_the_language_that_the_query_asks_for(
    client: FlaskClient, province: Province, leader: Headers
) -> None:
    problem = get(client, "/stats/trend?from=2020-01-01&lang=en", leader)[1]
    assert "spans" in problem["detail"]
    problem = get(client, "/stats/agencies/khong-co?lang=en", {**leader})[1]
    assert problem["code"] == "agency_unknown"


@pytest.mark.parametrize("table", [*TABLES, "agencies.csv", "areas.xlsx"])
def test_a_period_in_which_nothing_happened_has_figures_without_shares(
    client: FlaskClient, province: Province, leader: Headers, table: str
) -> None:
    rows.write(province, [filed(resolved(), category="rac", area="25630")])
    period = "from=1900-01-01&to=1999-12-31"
    compare = "&by=month" if table == "trend" else "&compare=both"
    if table in ("backlog", "five-groups"):
        compare = ""
    if table == "trend":
        period = period.replace("-12-31", "-02-28").replace("1999", "1932")
    answer = client.get(f"/api/v1/stats/{table}?{period}{compare}", headers=leader)
    assert answer.status_code == 200, answer.text
    body = answer.get_json(silent=True)
    if body and "on_time_rate" in body.get("total", {}):
        assert (body["total"]["received"], body["total"]["on_time_rate"]) == (0, None)
