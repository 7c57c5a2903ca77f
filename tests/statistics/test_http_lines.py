"""/stats/categories, areas, channels, trend, five-groups and definitions as leaders read them."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from reports_service.core.db import db
from reports_service.domain.five_groups import FIVE_GROUPS
from reports_service.domain.roles import Role
from tests.sessions import signed_in
from tests.statistics import rows
from tests.statistics.rows import Province
from tests.statistics.typical import (
    DAY,
    NOW,
    Headers,
    filed,
    get,
    passed_on,
    resolved,
    still_open,
    varied,
)


def lines(body: Any, axis: str) -> dict[str | None, Any]:
    """The rows by code, without those that are by themselves."""
    return {row[axis] and row[axis]["code"]: row for row in body["items"] if not row["by_itself"]}


def test_a_parent_category_counts_with_its_children_and_stands_by_itself_too(
    client: FlaskClient, province: Province, leader: Headers
) -> None:
    rows.write(
        province,
        [
            filed(resolved(), category="ha-tang"),
            filed(resolved(late=True), category="den-duong"),
            filed(still_open()),
        ],
    )
    body = get(client, "/stats/categories", leader)[1]
    found = lines(body, "category")
    assert list(found) == ["ha-tang", "den-duong", "nap-cong", "rac", None]
    assert (found["ha-tang"]["due"], found["ha-tang"]["on_time_rate"]) == (2, 0.5)
    assert (found["den-duong"]["parent"], found["den-duong"]["due"]) == ("ha-tang", 1)
    assert found["rac"]["received"] == 0
    assert found["rac"]["on_time_rate"] is None
    (alone,) = (row for row in body["items"] if row["by_itself"])
    assert (alone["category"]["code"], alone["due"], alone["on_time_rate"]) == ("ha-tang", 1, 1)
    assert found[None]["received"] == 1
    assert body["total"]["received"] == 3


def test_only_what_the_filter_names_is_listed(
    client: FlaskClient, province: Province, leader: Headers
) -> None:
    rows.write(province, varied())
    body = get(client, "/stats/categories?category=den-duong", leader)[1]
    assert list(lines(body, "category")) == ["den-duong"]
    assert body["filters"] == {"category": "den-duong"}
    alone = get(client, "/stats/categories?category=ha-tang/-", leader)[1]["items"]
    assert [(row["category"]["code"], row["received"]) for row in alone] == [("ha-tang", 1)]
    without = get(client, "/stats/areas?area=-", leader)[1]["items"]
    assert [row["area"] for row in without] == [None]
    assert without[0]["received"] == 2
    channel = get(client, "/stats/channels?channel=zalo", leader)[1]["items"]
    assert [row["channel"]["code"] for row in channel] == ["zalo"]


def test_a_commune_that_was_renamed_is_one_row(
    client: FlaskClient, province: Province, leader: Headers
) -> None:
    rows.write(province, [filed(resolved(), area="25630")])
    old = province.areas["25630"]
    old.valid_to = date(2026, 12, 1)
    new = rows.Area(
        code="25630",
        names={"vi": "Long Hoa mới", "en": "New Long Hoa"},
        valid_from=date(2026, 12, 1),
        level="commune",
        source="test",
        parent=old.parent,
    )
    db.session.add(new)
    db.session.flush()
    province.areas["25630"] = new
    rows.write(province, [filed(resolved(), area="25630")])
    body = get(client, "/stats/areas", leader)[1]
    found = lines(body, "area")
    assert list(found) == ["80", "25459", "25630"]
    assert found["25630"]["area"]["name"] == "Long Hoa mới"
    assert found["25630"]["received"] == found["80"]["received"] == 2
    assert body["notes"] == []
    ended = get(client, "/stats/areas?area=25630", leader)[1]
    assert (ended["total"]["received"], ended["notes"]) == (2, [])


def test_each_row_shows_the_citizens_side(
    client: FlaskClient, province: Province, leader: Headers
) -> None:
    kept = filed(resolved(rating=2), category="rac", status="resolved", resolved_at=NOW - 2 * DAY)
    rows.write(province, [kept, filed(still_open(), category="rac", recurs=True)])
    body = get(client, "/stats/categories", leader)[1]
    row = lines(body, "category")["rac"]
    assert row["promises"] == {
        "promises_due": 2,
        "promises_kept": 1,
        "promises_without_reply": 0,
        "promise_kept_rate": 0.5,
    }
    assert row["hours_to_first_sign"]["n"] == 2
    assert row["hours_to_first_sign"]["elapsed"]["median"] is None  # one waits still
    assert row["hours_to_first_sign"]["note"].startswith("Còn 1 trên 2 phản ánh")
    assert (row["satisfaction"], row["reopened"], row["recurring"]) == (2, 0, 1)
    assert body["promises"]["promise_kept_rate"] == 0.5


def test_channels_are_named_in_the_readers_language(
    client: FlaskClient, province: Province, leader: Headers
) -> None:
    rows.write(province, varied())
    body = get(client, "/stats/channels?lang=en", {**leader, "Accept-Language": "vi"})[1]
    names = {row["channel"]["code"]: row["channel"]["name"] for row in body["items"]}
    assert (names["hotline"], len(names)) == ("Hotline", 8)
    assert {row["channel"]["code"]: row["received"] for row in body["items"]}["hotline"] == 1


def test_the_course_by_week_begins_on_mondays_and_is_cut_to_the_period(
    client: FlaskClient, province: Province, leader: Headers
) -> None:
    rows.write(province, [filed(resolved()), filed(still_open(), passed_on("long-hoa"))])
    body = get(client, "/stats/trend?by=week&from=2026-11-21&to=2026-12-04", leader)[1]
    spans = [(row["from"], row["to"]) for row in body["items"]]
    assert spans == [
        ("2026-11-21", "2026-11-22"),
        ("2026-11-23", "2026-11-29"),
        ("2026-11-30", "2026-12-04"),
    ]
    assert [row["due"] for row in body["items"]] == [0, 0, 2]
    assert [row["received"] for row in body["items"]] == [0, 1, 1]
    assert body["by"] == "week"
    assert "open" not in body["items"][0]
    assert body["items"][0]["on_time_rate"] is None


def test_an_officer_reads_the_course_of_the_own_agency_only(
    client: FlaskClient, province: Province
) -> None:
    rows.write(province, [filed(passed_on(), resolved())])
    officer = signed_in(Role.OFFICER, province.agencies["long-hoa"])
    status, body = get(client, "/stats/trend?by=month&agency=long-hoa", officer)
    assert (status, body["filters"]) == (200, {"agency": "long-hoa"})
    assert sum(row["received"] for row in body["items"]) == 1
    assert get(client, "/stats/trend?by=month", officer)[1]["filters"] == {"agency": "long-hoa"}
    for path in ("trend?agency=tan-ninh", "trend.csv?agency=tan-ninh", "agencies/tan-ninh.xlsx"):
        assert get(client, f"/stats/{path}", officer)[0] == 403, path
    for path in ("categories", "areas", "channels", "five-groups", "agencies.csv"):
        assert get(client, f"/stats/{path}", officer)[0] == 403, path


@pytest.mark.parametrize("axis", ["category", "area", "channel"])
def test_a_kind_of_agency_narrows_what_is_counted_by_any_axis(
    client: FlaskClient, province: Province, leader: Headers, axis: str
) -> None:
    rows.write(province, varied())
    path = {"category": "categories", "area": "areas", "channel": "channels"}[axis]
    whole = {row["agency"]["kind"]: 0 for row in get(client, "/stats/agencies", leader)[1]["items"]}
    for kind in whole:
        table = get(client, f"/stats/agencies?kind={kind}", leader)[1]
        found = get(client, f"/stats/{path}?kind={kind}", leader)[1]
        assert found["total"] == table["total"]
        assert found["promises"] == table["promises"]
        assert f"kind={kind}" in found["assignments"]
        assert all(f"kind={kind}" in row["assignments"] for row in found["items"])
        whole[kind] = found["total"]["open"]
    in_all = get(client, f"/stats/{path}", leader)[1]["total"]["open"]
    assert sum(whole.values()) == in_all > max(whole.values())


def test_the_five_groups_say_what_is_measured_and_what_is_not(
    client: FlaskClient, province: Province, leader: Headers
) -> None:
    rows.write(province, varied())
    body = get(client, "/stats/five-groups?lang=en", leader)[1]
    assert [group["code"] for group in body["groups"]] == [group.code for group in FIVE_GROUPS]
    assert sum(group["points"] for group in body["groups"]) == 100
    digitisation = next(one for one in body["groups"] if one["code"] == "digitisation")
    assert (digitisation["reach"], digitisation["measures"]) == ("not", [])
    assert digitisation["missing"].startswith("Not measured: ")
    table = get(client, "/stats/agencies?lang=en", leader)[1]
    for row, own in zip(body["items"], table["items"], strict=True):
        assert row["agency"] == own["agency"]
        assert row["progress"]["on_time_rate"] == own["on_time_rate"]
        assert row["satisfaction"]["satisfaction_n"] == own["satisfaction_n"]
    kept = body["total"]["transparency"]["promise_kept_rate"]
    assert kept == table["promises"]["promise_kept_rate"]


def test_a_definition_stands_in_both_languages(client: FlaskClient) -> None:
    body = client.get("/api/v1/stats/definitions?lang=en").get_json()
    headline = next(one for one in body["items"] if one["code"] == "on_time_rate")
    assert headline["names"] == {"vi": "Tỷ lệ đúng hạn", "en": "On time"}
    assert headline["name"] == "On time"
    assert set(headline["definitions"]) == {"vi", "en"}


def test_who_has_few_due_is_told_why_there_is_no_rank(
    client: FlaskClient, province: Province, leader: Headers
) -> None:
    rows.write(
        province,
        [filed(resolved()) for _ in range(5)] + [filed(resolved("tan-ninh")) for _ in range(4)],
    )
    body = get(client, "/stats/agencies?kind=committee", leader)[1]
    first, second = body["items"]
    assert (first["agency"]["code"], first["rank"], first["ranked"]) == ("long-hoa", 1, True)
    assert (first["rank_note"], first["ranked_among"]) == (None, 1)
    assert (second["rank"], second["ranked"], second["due"]) == (None, False, 4)
    assert second["rank_note"] == "Mới có 4 lượt đến hạn, chưa đủ 5 để xếp hạng."


def test_open_work_is_that_of_the_second_of_asking(
    client: FlaskClient, province: Province, leader: Headers
) -> None:
    rows.write(province, [filed(still_open(by=NOW - timedelta(seconds=1)))])
    body = get(client, "/stats/agencies", leader)[1]
    assert body["open_as_of"] == "2026-12-04T04:00:00Z"
    assert body["total"]["overdue"] == 1


@pytest.mark.parametrize(
    ("query", "code"),
    [("by=hour", "not_one_of"), ("by=day&from=2020-01-01", "too_many_spans")],
)
def test_a_course_that_nobody_can_read_is_refused(
    client: FlaskClient, leader: Headers, query: str, code: str
) -> None:
    status, problem = get(client, f"/stats/trend?{query}", leader)
    assert status == 422
    assert problem["errors"][0]["field"] == "by"
    assert code == problem["errors"][0]["code"]
