"""/stats as leaders, officers and others call it."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from reports_service.domain.measures import CITIZENS_VIEW, DEFINITIONS
from reports_service.domain.roles import Role
from tests.sessions import signed_in
from tests.statements import statements
from tests.statistics import rows
from tests.statistics.rows import Province
from tests.statistics.typical import (
    DAY,
    NOW,
    WITH_HOURS,
    Headers,
    filed,
    get,
    resolved,
    row_of,
    still_open,
)


def test_each_agency_has_a_row_with_the_names_of_the_interface(
    client: FlaskClient, province: Province, leader: Headers
) -> None:
    rows.write(
        province, [filed(resolved(rating=4)), filed(resolved(late=True)), filed(still_open())]
    )
    status, body = get(client, "/stats/agencies", leader)
    assert status == 200
    assert body["as_of"] == "2026-12-04T04:00:00Z"
    assert body["period"] == {
        "from": "2026-11-05",
        "to": "2026-12-04",
        "time_zone": "Asia/Ho_Chi_Minh",
    }
    assert body["definitions"] == "/api/v1/stats/definitions"
    row = row_of(body, "long-hoa")
    assert row["agency"] == {"code": "long-hoa", "name": "vi long-hoa", "kind": "committee"}
    assert (row["received"], row["open"], row["overdue"], row["due"], row["met"]) == (3, 1, 1, 3, 1)
    assert row["on_time_rate"] == row["on_time_rate_with_extensions"] == 1 / 3
    assert row["on_time_lower_bound"] == pytest.approx(0.0615, abs=1e-4)
    assert row["acknowledged_on_time_rate"] == 2 / 3
    assert row["hours_to_acknowledge"]["elapsed"] == {"median": 12.0, "p90": None}
    assert row["hours_to_acknowledge"]["working"] == {"median": 3.0, "p90": None}
    assert row["hours_to_resolve"]["elapsed"]["median"] == 97
    assert row["hours_to_resolve"]["note"].startswith("Còn 1 trên 3 lượt")
    assert (row["satisfaction"], row["satisfaction_n"], row["reopened_rate"]) == (4.0, 1, 0.0)
    assert row["rank"] is None
    empty = row_of(body, "so-xay-dung")
    assert empty["received"] == 0
    assert empty["on_time_rate"] is empty["on_time_lower_bound"] is empty["satisfaction"] is None
    assert body["total"]["received"] == 3
    assert body["promises"]["promise_kept_rate"] == 0


def test_a_transferred_report_is_received_once_by_the_province_and_by_each_agency(
    client: FlaskClient, province: Province, leader: Headers
) -> None:
    passed_on = still_open("tan-ninh")
    passed_on.outcome, passed_on.ended_at = "transferred", NOW - 3 * DAY
    rows.write(province, [filed(passed_on, resolved())])
    body = get(client, "/stats/agencies", leader)[1]
    assert [row_of(body, code)["received"] for code in ("tan-ninh", "long-hoa")] == [1, 1]
    assert body["total"]["received"] == 1
    assert get(client, "/stats/assignments?measure=received", leader)[1]["count"] == 1


def test_the_link_of_a_row_leads_to_as_many_assignments_as_each_number_says(
    client: FlaskClient, province: Province, leader: Headers
) -> None:
    rows.write(
        province,
        [filed(resolved(), category="den-duong", restricted=n == 0) for n in range(3)]
        + [filed(resolved(late=True), category="rac"), filed(still_open(), category="den-duong")],
    )
    body = get(client, "/stats/agencies?category=ha-tang&from=2026-11-20", leader)[1]
    row = row_of(body, "long-hoa")
    assert (row["received"], row["due"], row["met"]) == (4, 4, 3)
    for measure in DEFINITIONS:
        whole = measure.day in CITIZENS_VIEW
        link = (body if whole else row)["assignments"].replace("{measure}", measure.code)
        answer = client.get(link, headers=leader).get_json()
        number = ({**body["total"], **body["promises"]} if whole else row)[measure.listed]
        shown = number["n"] if measure.listed in WITH_HOURS else number
        assert answer["count"] == shown, measure.code
        assert len(answer["items"]) == answer["count"] - answer["restricted"]


def test_the_list_behind_a_number_comes_in_pages_newest_first(
    client: FlaskClient, province: Province, leader: Headers
) -> None:
    rows.write(province, [filed(resolved()) for _ in range(5)])
    cursor, seen = "", []
    while cursor is not None:
        after = f"&cursor={cursor}" if cursor else ""
        body = get(client, f"/stats/assignments?measure=due&limit=2{after}", leader)[1]
        assert body["count"] == 5
        seen += [item["report"] for item in body["items"]]
        cursor = body["next_cursor"]
    assert len(set(seen)) == len(seen) == 5
    item = body["items"][0]
    assert (item["met"], item["outcome"], item["agency"]["code"]) == (True, "resolved", "long-hoa")
    assert item["own_resolve_by"] == "2026-12-02T04:00:00Z"


def test_one_agency_shows_its_categories_and_the_heads_of_its_queue(
    client: FlaskClient, province: Province, leader: Headers
) -> None:
    soon = still_open(by=NOW + DAY)
    rows.write(
        province,
        [filed(still_open(), category="rac"), filed(soon), filed(still_open(), restricted=True)],
    )
    status, body = get(client, "/stats/agencies/long-hoa", leader)
    assert status == 200
    assert {part["category"] and part["category"]["code"] for part in body["by_category"]} == {
        "rac",
        None,
    }
    assert [item["own_resolve_by"] for item in body["open_next"]] == ["2026-12-05T04:00:00Z"]
    assert len(body["overdue_longest"]) == 1
    rac = next(part for part in body["by_category"] if part["category"])
    link = rac["assignments"].replace("{measure}", "received")
    assert client.get(link, headers=leader).get_json()["count"] == rac["received"] == 1


def test_the_backlog_says_how_old_and_how_long_overdue(
    client: FlaskClient, province: Province, leader: Headers
) -> None:
    paused = still_open()
    paused.own_resolve_by = paused.resolve_by = None
    rows.write(province, [filed(still_open()), filed(still_open(by=NOW + DAY)), filed(paused)])
    status, body = get(client, "/stats/backlog", leader)
    assert status == 200
    (row,) = body["items"]
    assert (row["open"], row["paused"], row["overdue"]) == (3, 1, 1)
    assert {"from_days": 3, "to_days": 7, "count": 3}.items() <= row["age"][2].items()
    assert {"from_days": 1, "to_days": 3, "count": 1}.items() <= row["overdue_for"][1].items()
    assert row["longest_overdue_hours"] == 24
    assert row["next_deadline"] == "2026-12-05T04:00:00Z"
    assert [len(body[name]) for name in ("open_next", "overdue_longest")] == [1, 1]


def test_definitions_come_in_the_readers_language(client: FlaskClient, leader: Headers) -> None:
    status, body = get(client, "/stats/definitions", leader)
    assert status == 200
    assert [item["code"] for item in body["items"]] == [one.code for one in DEFINITIONS]
    headline = next(item for item in body["items"] if item["code"] == "on_time_rate")
    assert (headline["name"], headline["formula"]) == ("Tỷ lệ đúng hạn", "met / due")
    english = get(client, "/stats/definitions", {**leader, "Accept-Language": "en"})[1]
    assert english["items"][0]["name"] == "Received"
    assert len(body["cohort"]) == 11


def test_officers_see_the_figures_of_their_own_agency_only(
    client: FlaskClient, province: Province
) -> None:
    officer = signed_in(Role.OFFICER, province.agencies["long-hoa"])
    assert get(client, "/stats/agencies/long-hoa", officer)[0] == 200
    assert get(client, "/stats/assignments?measure=due&agency=long-hoa", officer)[0] == 200
    for path in (
        "/stats/agencies/tan-ninh",
        "/stats/assignments?measure=due&agency=tan-ninh",
        "/stats/assignments?measure=due",
    ):
        status, problem = get(client, path, officer)
        assert (status, problem["code"]) == (403, "figures_not_yours"), path
    for path in ("/stats/agencies", "/stats/backlog", "/stats/channels.csv"):
        status, problem = get(client, f"{path}?lang=en", officer)
        assert (status, problem["code"]) == (403, "figures_not_yours"), path
        assert problem["title"] == "Not allowed", path
        assert get(client, f"{path}?lang=xx", officer)[1]["title"] != "Not allowed", path


def test_the_public_sees_no_figures_here(client: FlaskClient, province: Province) -> None:
    for path in ("agencies", "agencies/long-hoa", "backlog", "assignments"):
        assert client.get(f"/api/v1/stats/{path}").status_code == 401


def test_how_figures_are_counted_is_told_to_anybody(client: FlaskClient) -> None:
    assert client.get("/api/v1/stats/definitions").status_code == 200


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("from=2026-12-02&to=2026-12-01", 422, "period_backwards"),
        ("from=1926-12-01&to=2026-12-01", 422, "period_too_long"),
        ("from=0001-01-01&to=0001-01-02", 422, "out_of_range"),
        ("to=9999-12-31", 422, "out_of_range"),
        ("from=10000-01-01", 422, "field_not_date"),
        ("from=2026-02-30", 422, "field_not_date"),
        ("category=khong-co", 404, "category_unknown"),
        ("area=khong-co", 404, "area_unknown"),
        ("channel=pigeon", 422, "not_one_of"),
        ("kind=club", 422, "not_one_of"),
        ("until=2026-12-01", 422, "field_unknown"),
        ("category=%00", 422, "text_invalid"),
    ],
)
def test_what_cannot_be_meant_is_refused_in_words_and_never_an_empty_table(
    client: FlaskClient, leader: Headers, query: str, status: int, code: str
) -> None:
    for path in ("agencies", "backlog", "agencies/long-hoa"):
        if path == "agencies/long-hoa" and query.startswith("kind"):
            continue
        answer = client.get(f"/api/v1/stats/{path}?{query}", headers=leader)
        assert answer.status_code == status, answer.get_json()
        said = answer.get_json()
        assert code in {said["code"], *(one["code"] for one in said["errors"])}


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("agencies/khong-co", 404, "agency_unknown"),
        ("assignments?measure=due&agency=khong-co", 404, "agency_unknown"),
        ("assignments?measure=promises_due&agency=long-hoa", 422, "measure_of_no_agency"),
        ("assignments?measure=luck", 422, "not_one_of"),
        ("assignments", 422, "field_required"),
        ("assignments?measure=due&cursor=x", 422, "cursor_invalid"),
    ],
)
def test_unknown_agencies_and_measures_are_refused_in_words(
    client: FlaskClient, leader: Headers, path: str, status: int, code: str
) -> None:
    answer = client.get(f"/api/v1/stats/{path}", headers=leader)
    said = answer.get_json()
    assert answer.status_code == status
    assert code in {said["code"], *(one["code"] for one in said["errors"])}


def test_a_hundred_years_to_the_day_is_counted(client: FlaskClient, leader: Headers) -> None:
    assert get(client, "/stats/agencies?from=1926-12-02&to=2026-12-01", leader)[0] == 200


@pytest.mark.parametrize(
    "path",
    ["agencies", "agencies/long-hoa", "backlog", "assignments?measure=open", "definitions"],
)
def test_the_number_of_queries_does_not_grow_with_the_rows(
    client: FlaskClient, province: Province, leader: Headers, path: str
) -> None:
    def sent() -> int:
        with statements() as seen:
            assert client.get(f"/api/v1/stats/{path}", headers=leader).status_code == 200
        return len(seen)

    rows.write(province, [filed(still_open(), category="rac"), filed(resolved("tan-ninh"))])
    few = sent()
    more = [
        filed(still_open(agency), category=category)
        for agency in rows.AGENCIES
        for category in rows.CATEGORIES
    ]
    rows.write(province, more)
    assert sent() == few <= 35  # two months that are cut are read kind by kind
