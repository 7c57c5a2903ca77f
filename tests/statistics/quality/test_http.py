"""/stats/quality as leaders, heads and others call it."""

from __future__ import annotations

import csv
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from io import StringIO
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask.testing import FlaskClient

from reports_service.core.db import db
from reports_service.domain.quality import CHECKS
from reports_service.domain.roles import Role
from reports_service.reports.models import Assignment
from reports_service.statistics.quality import nightly
from tests.sessions import signed_in
from tests.statistics import rows
from tests.statistics.quality import flawed
from tests.statistics.quality.flawed import Flaws
from tests.statistics.rows import Filed, Held, Province

NOW = datetime(2026, 12, 4, 4, tzinfo=UTC)
DAY = timedelta(days=1)
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")


@pytest.fixture
def province(moved_clock: Callable[[datetime], None]) -> Province:
    moved_clock(NOW)
    return rows.settle(NOW - 300 * DAY)


@pytest.fixture
def leader(province: Province) -> dict[str, str]:
    return signed_in(Role.LEADER)


@pytest.fixture
def night(province: Province) -> None:
    """Last night was counted; Long Hoa holds two open ones, and passed one on."""
    passed_on = held(outcome="transferred", ended_at=NOW - DAY)
    silent = held(opened_at=NOW - 9 * DAY)
    hidden = Filed([held()], promised_by=NOW, restricted=True, category="rac", area="80")
    facts = [Flaws(filed(one)) for one in (passed_on, silent)]
    flawed.write(province, [*facts, Flaws(hidden, fit="near")])
    db.session.commit()
    nightly.count(ZONE)


def held(agency: str = "long-hoa", opened_at: datetime = NOW - 3 * DAY, **more: Any) -> Held:
    by = opened_at + 2 * DAY
    return Held(agency, opened_at, by, by, acknowledge_by=by, **more)


def filed(one: Held) -> Filed:
    return Filed([one], promised_by=NOW, category="rac", area="80")


def get(client: FlaskClient, path: str, headers: dict[str, str]) -> tuple[int, Any]:
    answer = client.get(f"/api/v1{path}", headers=headers)
    return answer.status_code, answer.get_json()


def row_of(body: Any, agency: str) -> Any:
    return next(row for row in body["items"] if row["agency"]["code"] == agency)


def checks_of(groups: Any) -> dict[str, Any]:
    return {one["check"]: one for group in groups for one in group["checks"]}


def test_each_agency_has_four_groups_of_checks(
    client: FlaskClient, night: None, leader: dict[str, str]
) -> None:
    status, body = get(client, "/stats/quality", leader)
    assert status == 200
    assert body["as_of"] == "2026-12-04T04:00:00Z"
    assert body["counted"] == {"from": "2026-11-05", "to": "2026-12-03"}
    assert body["notes"] == []
    row = row_of(body, "long-hoa")
    assert [group["name"] for group in row["groups"]] == ["Đúng", "Đủ", "Sạch", "Sống"]
    checks = checks_of(row["groups"])
    assert set(checks) == {check.code for check in CHECKS}
    figures = {code: (checks[code]["count"], checks[code]["of"]) for code in checks}
    assert figures["wrong_unit"] == (1, 3)
    assert figures["place_not_inside"] == (1, 3)
    assert figures["answers_missing"] == (3, 3)
    assert figures["silent"] == (1, 2)
    assert checks["silent"]["share"] == 0.5
    assert checks["merged_late"]["share"] is None
    assert row["last_act"] == {"median_hours": 144.0, "p90_hours": 201.6, "n": 2}
    empty = row_of(body, "tan-ninh")
    assert checks_of(empty["groups"])["wrong_unit"]["of"] == 0
    assert empty["last_act"] == {"median_hours": None, "p90_hours": None, "n": 0}
    assert checks_of(body["total"])["silent"]["count"] == 1


def test_the_link_of_each_number_leads_to_as_many_assignments(
    client: FlaskClient, night: None, leader: dict[str, str]
) -> None:
    body = get(client, "/stats/quality?from=2026-11-20", leader)[1]
    rows_of_checks = [*body["total"], *row_of(body, "long-hoa")["groups"]]
    for group in rows_of_checks:
        for one in group["checks"]:
            path = one["assignments"].removeprefix("/api/v1")
            status, behind = get(client, path, leader)
            assert (status, behind["count"]) == (200, one["count"]), path
            assert behind["counted_then"] == one["count"]
            assert len(behind["items"]) == behind["count"] - behind["restricted"]
    restricted = get(client, "/stats/quality/assignments?check=place_not_inside", leader)[1]
    assert (restricted["count"], restricted["restricted"], restricted["items"]) == (1, 1, [])


def test_a_list_says_what_changed_since_the_night(
    client: FlaskClient, night: None, leader: dict[str, str]
) -> None:
    for row in db.session.scalars(db.select(Assignment).where(Assignment.outcome.is_(None))):
        row.outcome, row.ended_at = "resolved", NOW
    db.session.commit()
    body = get(client, "/stats/quality/assignments?check=silent", leader)[1]
    assert (body["count"], body["counted_then"]) == (0, 1)


def test_a_period_before_the_first_night_says_so_in_words(
    client: FlaskClient, night: None, leader: dict[str, str]
) -> None:
    body = get(client, "/stats/quality?from=2020-01-01&to=2020-01-31", leader)[1]
    assert "chưa được đếm" in body["notes"][-1]
    assert (body["as_of"], body["counted"]) == (None, None)
    one = checks_of(body["total"])["wrong_unit"]
    assert one["count"] is one["of"] is one["share"] is one["assignments"] is None
    part = get(client, "/stats/quality?from=2020-01-01&to=2026-12-03", leader)[1]
    assert part["counted"] == {"from": "2026-10-03", "to": "2026-12-03"}
    assert "2026-10-03" in part["notes"][0]
    assert checks_of(part["total"])["wrong_unit"]["count"] == 1


def test_before_any_night_there_are_words_and_no_noughts(
    client: FlaskClient, province: Province, leader: dict[str, str]
) -> None:
    status, body = get(client, "/stats/quality", leader)
    assert status == 200
    assert body["notes"] and body["as_of"] is None
    assert {one["count"] for one in checks_of(body["total"]).values()} == {None}


def test_an_earlier_night_has_counts_and_no_list_of_what_was_open(
    client: FlaskClient, night: None, moved_clock: Callable[[datetime], None]
) -> None:
    moved_clock(NOW + DAY)
    nightly.count(ZONE)
    body = get(client, "/stats/quality?to=2026-12-03", signed_in(Role.LEADER))[1]
    assert body["as_of"] == "2026-12-04T04:00:00Z"
    checks = checks_of(body["total"])
    assert checks["silent"]["count"] == 1
    assert checks["silent"]["assignments"] is None
    assert checks["wrong_unit"]["assignments"]


def test_a_head_sees_the_own_agency_only(
    client: FlaskClient, night: None, province: Province
) -> None:
    head = signed_in(Role.HEAD, province.agencies["long-hoa"])
    for path in ("/stats/quality", "/stats/quality?agency=long-hoa"):
        status, body = get(client, path, head)
        assert status == 200
        assert [row["agency"]["code"] for row in body["items"]] == ["long-hoa"]
    link = checks_of(body["total"])["silent"]["assignments"].removeprefix("/api/v1")
    assert get(client, link, head)[1]["count"] == 1
    for path in ("", "/assignments"):
        query = "?check=silent&agency=tan-ninh" if path else "?agency=tan-ninh"
        status, body = get(client, f"/stats/quality{path}{query}", head)
        assert (status, body["code"]) == (403, "figures_not_yours")


def test_the_checks_are_explained_to_everybody_in_both_languages(
    client: FlaskClient, province: Province
) -> None:
    for language, name in (("vi", "Giao nhầm đơn vị"), ("en", "Wrong agency")):
        body = get(client, "/stats/quality/definitions", {"Accept-Language": language})[1]
        assert [one["code"] for one in body["items"]] == [check.code for check in CHECKS]
        assert body["items"][0]["name"] == name
        assert all(one["definition"] and "/ count(" in one["formula"] for one in body["items"])


def test_a_spreadsheet_holds_the_same_numbers(
    client: FlaskClient, night: None, leader: dict[str, str]
) -> None:
    body = get(client, "/stats/quality", leader)[1]
    sheet = client.get("/api/v1/stats/quality.csv?lang=en", headers=leader)
    lines = list(csv.reader(StringIO(sheet.get_data(as_text=True).removeprefix("\ufeff"))))
    titles = next(line for line in lines if line and line[0] == "Code")
    row = next(line for line in lines if line and line[0] == "long-hoa")
    shown = dict(zip(titles, row, strict=True))
    silent = checks_of(row_of(body, "long-hoa")["groups"])["silent"]
    name = "Nothing done for 7 days"
    assert (shown[name], shown[f"{name}: out of"]) == (str(silent["count"]), str(silent["of"]))
    assert shown[f"{name}: share"] == "0.5"
    assert shown["Merged late: share"] == ""
    assert shown["Hours since the last act, median"] == "144.0"
    for path in ("quality.xlsx", "quality/definitions.xlsx", "quality/definitions.csv"):
        file = client.get(f"/api/v1/stats/{path}", headers=leader)
        assert file.status_code == 200
        assert "attachment" in file.headers["Content-Disposition"]


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("?from=2026-12-03&to=2026-12-01", 422, "period_backwards"),
        ("?from=1910-01-01&to=2026-12-01", 422, "period_too_long"),
        ("?from=yesterday", 422, None),
        ("?agency=nowhere", 404, None),
        ("?kind=committee", 422, None),
        ("/assignments", 422, None),
        ("/assignments?check=nothing", 422, None),
        ("/assignments?check=silent&cursor=x", 422, None),
    ],
)
def test_what_cannot_be_meant_is_refused(
    query: str,
    status: int,
    code: str | None,
    client: FlaskClient,
    night: None,
    leader: dict[str, str],
) -> None:
    found, body = get(client, f"/stats/quality{query}", leader)
    assert found == status, body
    codes = [body["code"], *(one["code"] for one in body.get("errors", ()))]
    assert code is None or code in codes
