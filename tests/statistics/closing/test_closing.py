"""A month that was closed keeps its figures; what changes later stands beside them."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from reports_service.core import clock, together
from reports_service.core.audit import AuditEntry
from reports_service.core.db import db
from reports_service.domain.roles import Role
from reports_service.reports.chain import FIGURES
from reports_service.statistics.closing import standing
from reports_service.statistics.closing.differences import differences
from reports_service.statistics.closing.models import ClosedPeriod
from tests.sessions import signed_in
from tests.statements import statements
from tests.statistics import rows
from tests.statistics.closing import october
from tests.statistics.closing.october import NOW
from tests.statistics.rows import Filed, Province
from tests.statistics.typical import DAY

PERIODS = "/api/v1/stats/periods"


@pytest.fixture
def admin(work: list[Filed]) -> dict[str, str]:
    return signed_in(Role.ADMIN)


@pytest.fixture
def closed(client: FlaskClient, admin: dict[str, str]) -> Any:
    answer = close(client, admin)
    assert answer.status_code == 201, answer.text
    return answer.get_json()


def close(client: FlaskClient, admin: dict[str, str], month: str = "2026-10") -> TestResponse:
    return client.post(PERIODS, json={"month": month}, headers=admin)


def served(client: FlaskClient, admin: dict[str, str]) -> Any:
    answer = client.get(f"{PERIODS}/2026-10", headers=admin)
    assert answer.status_code == 200, answer.text
    return answer.get_json()


def correct(client: FlaskClient, admin: dict[str, str], reason: str = "Nhập muộn") -> TestResponse:
    return client.post(f"{PERIODS}/2026-10/corrections", json={"reason": reason}, headers=admin)


def missed_after_all(province: Province, filed: Filed) -> None:
    """An admin finds that a report which counts as met was resolved too late."""
    row = october.assignment_of(filed)
    row.resolved_at = row.ended_at = october.IN_OCTOBER + timedelta(hours=2)
    db.session.commit()
    rows.write(province, [])


def row_of(body: Any, agency: str) -> Any:
    return next(row for row in body["content"]["figures"]["agencies"] if row["code"] == agency)


def test_a_month_is_closed_with_its_figures_and_their_definitions(closed: Any) -> None:
    assert closed["month"] == "2026-10"
    assert closed["closed"]["at"] == "2026-11-12T03:00:00Z"
    assert closed["content"]["period"]["from"] == "2026-10-01"
    row = row_of(closed, "long-hoa")
    assert (row["due"], row["met"], row["rank"], row["kind"]) == (6, 5, 1, "committee")
    assert closed["content"]["figures"]["total"]["due"] == 8
    assert closed["content"]["figures"]["promises"]["promises_due"] == 8
    defined = closed["content"]["definitions"]
    assert defined["measures"]["on_time_rate"]["formula"] == "met / due"
    assert set(defined["measures"]["due"]["definition"]) == {"vi", "en"}
    assert len(defined["cohort"]) == 11
    assert closed["content"]["course"][-1]["month"] == "2026-10"
    assert len(closed["content"]["course"]) == 13
    assert (closed["corrections"], closed["uncorrected"], closed["intact"]) == ([], [], True)


def test_the_published_hash_is_the_hash_of_the_bytes_that_are_served(
    client: FlaskClient, admin: dict[str, str], closed: Any
) -> None:
    content = client.get(closed["links"]["content"], headers=admin)
    assert hashlib.sha256(content.data).hexdigest() == closed["closed"]["sha256"]
    assert content.get_json() == closed["content"]


def test_a_month_that_was_closed_keeps_its_figures_whatever_happens_later(
    client: FlaskClient, admin: dict[str, str], closed: Any, province: Province, work: list[Filed]
) -> None:
    missed_after_all(province, work[0])
    rows.write(province, [october.resolved("tan-ninh")])
    now = served(client, admin)
    assert now["content"] == closed["content"]
    assert now["closed"] == closed["closed"]
    found = {
        (one["table"], one["code"], one["measure"]): (one["before"], one["after"])
        for one in now["uncorrected"]
    }
    assert found["agencies", "long-hoa", "met"] == (5, 4)
    assert found["agencies", "tan-ninh", "due"] == (1, 2)
    assert found["total", None, "due"] == (8, 9)
    assert ("agencies", "so-xay-dung", "due") not in found


def test_what_is_open_at_this_moment_is_no_difference_of_a_month(
    client: FlaskClient, admin: dict[str, str], closed: Any, province: Province
) -> None:
    rows.write(province, [october.still_open("so-xay-dung", at=NOW - DAY)])
    assert served(client, admin)["uncorrected"] == []


def test_a_correction_stands_beside_the_figures_with_its_reason(
    client: FlaskClient, admin: dict[str, str], closed: Any, province: Province, work: list[Filed]
) -> None:
    missed_after_all(province, work[0])
    assert correct(client, admin, "Giờ xử lý bị nhập sai").status_code == 201
    missed_after_all(province, work[1])
    second = correct(client, admin, "Thêm một lượt nữa").get_json()
    assert second["content"] == closed["content"]
    assert [one["number"] for one in second["corrections"]] == [1, 2]
    first = second["corrections"][0]
    assert (first["reason"], first["at"]) == ("Giờ xử lý bị nhập sai", "2026-11-12T03:00:00Z")
    assert first["by"].startswith("admin")
    for number, (before, after) in enumerate([(5, 4), (4, 3)]):
        changes = second["corrections"][number]["changes"]
        assert {
            "table": "agencies",
            "code": "long-hoa",
            "measure": "met",
            "before": before,
            "after": after,
        } in changes
    assert second["uncorrected"] == []
    for number, one in enumerate([second["closed"], *second["corrections"]]):
        link = f"{second['links']['content']}?correction={number}"
        assert hashlib.sha256(client.get(link, headers=admin).data).hexdigest() == one["sha256"]


def test_where_nothing_changed_there_is_nothing_to_correct(
    client: FlaskClient, admin: dict[str, str], closed: Any
) -> None:
    answer = correct(client, admin)
    assert (answer.status_code, answer.get_json()["code"]) == (409, "period_stands")


def test_a_month_is_closed_once(client: FlaskClient, admin: dict[str, str], closed: Any) -> None:
    answer = close(client, admin)
    assert (answer.status_code, answer.get_json()["code"]) == (409, "month_closed_already")
    assert "10:00 12/11/2026" in answer.get_json()["detail"]


def test_a_month_that_has_not_ended_is_not_closed(
    client: FlaskClient, admin: dict[str, str]
) -> None:
    for month in ("2026-11", "2027-01"):
        answer = close(client, admin, month)
        assert (answer.status_code, answer.get_json()["code"]) == (409, "month_not_ended")
        assert f"{month[5:]}/{month[:4]}" in answer.get_json()["detail"]


def test_a_month_before_the_first_report_is_neither_closed_nor_printed(
    client: FlaskClient, admin: dict[str, str]
) -> None:
    answer = close(client, admin, "2024-05")
    assert (answer.status_code, answer.get_json()["code"]) == (422, "month_without_reports")
    assert "05/2024" in answer.get_json()["detail"]
    printed = client.get(f"{PERIODS}/2024-05.pdf", headers=admin)
    assert (printed.status_code, printed.get_json()["code"]) == (422, "month_without_reports")
    assert db.session.scalars(select(ClosedPeriod)).all() == []


@pytest.mark.parametrize("month", ["1900-01", "9999-12"])
def test_months_of_other_ages_are_refused_with_those_that_there_are(
    client: FlaskClient, admin: dict[str, str], month: str
) -> None:
    answer = close(client, admin, month)
    assert answer.status_code == 422
    assert "1901-01" in answer.get_json()["detail"]
    assert "2199-12" in answer.get_json()["detail"]


def test_anybody_may_check_what_was_published(client: FlaskClient, closed: Any) -> None:
    answer = client.get(f"{PERIODS}/2026-10.json")
    assert answer.status_code == 200
    assert hashlib.sha256(answer.data).hexdigest() == closed["closed"]["sha256"]


@pytest.mark.parametrize("month", ["2026-13", "10/2026", "2026-1", "", "0000-01", "٢٠٢٦-10"])
def test_what_is_no_month_is_refused_in_words(
    client: FlaskClient, admin: dict[str, str], month: str
) -> None:
    assert close(client, admin, month).status_code == 422
    if month:
        assert client.get(f"{PERIODS}/{month}.pdf", headers=admin).status_code in (404, 422)


def test_a_month_that_nobody_closed_is_not_there(
    client: FlaskClient, admin: dict[str, str]
) -> None:
    for path in ("2026-09", "2026-09.json"):
        answer = client.get(f"{PERIODS}/{path}", headers=admin)
        assert (answer.status_code, answer.get_json()["code"]) == (404, "month_not_closed")


def test_a_correction_that_there_is_not_is_not_served(
    client: FlaskClient, admin: dict[str, str], closed: Any
) -> None:
    answer = client.get(f"{PERIODS}/2026-10.json?correction=3", headers=admin)
    assert (answer.status_code, answer.get_json()["code"]) == (404, "correction_unknown")


def test_leaders_read_closed_months_and_do_not_close_them(client: FlaskClient, closed: Any) -> None:
    leader = signed_in(Role.LEADER)
    assert client.get(f"{PERIODS}/2026-10", headers=leader).status_code == 200
    assert close(client, leader, "2026-09").status_code == 403
    assert client.get(PERIODS, headers=signed_in(Role.FACILITATOR)).status_code == 403


def test_closing_and_correcting_are_in_the_audit_log(
    client: FlaskClient, admin: dict[str, str], closed: Any, province: Province, work: list[Filed]
) -> None:
    missed_after_all(province, work[0])
    correct(client, admin)
    entries = db.session.scalars(
        select(AuditEntry).where(AuditEntry.object_kind == "period").order_by(AuditEntry.id)
    ).all()
    assert [(one.act, one.object_key) for one in entries] == [
        ("closed", "2026-10"),
        ("corrected", "2026-10"),
    ]
    assert entries[0].detail == {"sha256": closed["closed"]["sha256"]}


def test_figures_that_were_edited_in_the_database_are_said_to_be(
    client: FlaskClient, admin: dict[str, str], closed: Any
) -> None:
    content = db.session.scalars(select(ClosedPeriod.content)).one()
    db.session.execute(update(ClosedPeriod).values(content=content.replace('"due":6', '"due":5')))
    db.session.expire_all()
    assert served(client, admin)["intact"] is False


def test_the_course_of_a_month_shows_the_months_before_as_they_were_closed(
    client: FlaskClient, admin: dict[str, str], province: Province
) -> None:
    september = october.some_work(province, october.IN_OCTOBER - 30 * DAY)
    close(client, admin, "2026-09")
    missed_after_all_of = october.assignment_of(september[0])
    missed_after_all_of.resolved_at = missed_after_all_of.ended_at = october.IN_OCTOBER
    db.session.commit()
    rows.write(province, [])
    course = close(client, admin).get_json()["content"]["course"]
    assert [one["total"]["met"] for one in course[-2:]] == [6, 6]


def test_the_list_of_closed_months_asks_as_often_for_many_as_for_few(
    client: FlaskClient, admin: dict[str, str], closed: Any, province: Province
) -> None:
    rows.write(province, [october.resolved(at=october.IN_OCTOBER - 100 * DAY)])

    def listed() -> tuple[int, Any]:
        with statements() as sent:
            body = client.get(PERIODS, headers=admin).get_json()
        return len(sent), body

    few, _ = listed()
    for month in ("2026-07", "2026-08", "2026-09"):
        close(client, admin, month)
    many, body = listed()
    assert body["items"][0]["differing_at_last_check"] is None
    assert many == few
    assert [one["month"] for one in body["items"]] == ["2026-10", "2026-09", "2026-08", "2026-07"]
    assert body["items"][0]["closed"]["sha256"] == closed["closed"]["sha256"]


def test_a_difference_is_named_figure_by_figure() -> None:
    before = {"total": {"due": 3, "open": 9}, "promises": {}, "channels": []}
    after = {
        "total": {"due": 4, "open": 1},
        "promises": {},
        "channels": [{"code": "app", "due": 1, "met": 0, "on_time_rate": None}],
    }
    assert differences(before, after) == [
        {"table": "total", "code": None, "measure": "due", "before": 3, "after": 4},
        {"table": "channels", "code": "app", "measure": "due", "before": None, "after": 1},
    ]


def test_live_figures_of_a_closed_month_say_so(
    client: FlaskClient, admin: dict[str, str], closed: Any, province: Province, work: list[Filed]
) -> None:
    def note(link: str) -> Any:
        return client.get(link, headers=admin).get_json()["closed"]

    live = closed["links"]["live"]
    same = {"month": "2026-10", "closed_at": "2026-11-12T03:00:00Z", "differs": False}
    assert note(live) == same
    missed_after_all(province, work[0])
    assert note(live) == {**same, "differs": True}
    assert note(f"{live}&channel=app") == {**same, "differs": None}
    assert note("/api/v1/stats/agencies?from=2026-10-01&to=2026-10-30") is None
    assert note("/api/v1/stats/agencies?from=2026-09-01&to=2026-09-30") is None
    correct(client, admin)
    assert note(live) == same


def test_what_was_frozen_is_not_read_again_for_each_look_at_live_figures(
    client: FlaskClient, admin: dict[str, str], closed: Any, province: Province, work: list[Filed]
) -> None:
    def read(link: str) -> int:
        with statements() as sent:
            assert client.get(link, headers=admin).status_code == 200
        return sum("content" in one for one in sent)

    standing.table.cache_clear()
    live = closed["links"]["live"]
    assert read(f"{live}&channel=app") == 0
    assert read(live) == 1
    assert read(live) == 0
    missed_after_all(province, work[0])
    correct(client, admin)
    assert read(live) == 1
    assert client.get(live, headers=admin).get_json()["closed"]["differs"] is False


def test_a_month_is_not_closed_before_its_last_changes_are_counted(
    client: FlaskClient, admin: dict[str, str]
) -> None:
    with clock.moved_to(october.IN_OCTOBER):
        together.put(FIGURES, {"report_id": 1})
    answer = close(client, admin)
    assert (answer.status_code, answer.get_json()["code"]) == (409, "figures_behind")


def test_the_frozen_table_is_the_live_one_of_that_moment(
    closed: Any, client: FlaskClient, admin: dict[str, str]
) -> None:
    live = client.get(closed["links"]["live"], headers=admin).get_json()
    for name, part in (("total", live["total"]), ("promises", live["promises"])):
        for code, value in closed["content"]["figures"][name].items():
            if not isinstance(value, dict):
                assert part[code] == value, code
    for row in live["items"]:
        frozen = row_of(closed, row["agency"]["code"])
        assert {code: frozen[code] for code in ("due", "met", "rank", "on_time_lower_bound")} == {
            code: row[code] for code in ("due", "met", "rank", "on_time_lower_bound")
        }
