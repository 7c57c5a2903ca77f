"""The log as administrators read it: who, when, from where, what; found, and taken as a file."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask import Flask

from reports_service.logbook import nightly
from tests.personas import CONTACT, Caller, People, work_outbox
from tests.statistics.opened import xlsx_sheets
from tests.web.staff import Desk

PASSWORD = "demo-1022"
EVIL = '=HYPERLINK("https://evil.example","x")'


def log(people: People, **query: Any) -> list[dict[str, Any]]:
    answer = people.admin.get("/admin/audit", **query)
    assert answer.status_code == 200, answer.text
    return answer.json["items"]


def acts(people: People, **query: Any) -> list[str]:
    return [entry["act"] for entry in log(people, **query)]


def test_an_entry_says_who_when_from_where_and_what_changed(people: People) -> None:
    sent = {"headers": {"User-Agent": "Kho/1.0"}}
    new = {"name": "Tên mới", "password": "bi-mat-moi"}
    path = "/admin/accounts/officer@demo.example"
    changed = people.admin.call("PATCH", path, json=new, **sent)
    assert changed.status_code == 200
    (entry,) = log(people, object_kind="account", act="changed")
    assert entry["actor"] == "admin@demo.example"
    assert entry["at"] == "2026-03-09T02:00:00Z"
    assert (entry["address"], entry["device"]) == ("127.0.0.1", "Kho/1.0")
    assert entry["request_id"] == changed.headers["X-Request-Id"] != ""
    assert isinstance(entry["session_id"], int)
    assert entry["detail"]["after"] == {"name": "Tên mới"}
    assert entry["detail"]["before"]["name"] != "Tên mới"
    assert entry["detail"]["renewed"] == ["password"]
    assert "bi-mat-moi" not in json.dumps(entry)


def test_the_number_of_a_request_is_a_proxys_and_nobody_elses(people: People, app: Flask) -> None:
    sent = {"headers": {"X-Request-Id": "abc-123"}}
    assert people.public.call("GET", "/categories", **sent).headers["X-Request-Id"] != "abc-123"
    before, app.config["PROXIES"] = app.config["PROXIES"], 1
    try:
        answer = people.public.call("GET", "/categories", **sent)
        assert answer.headers["X-Request-Id"] == "abc-123"
    finally:
        app.config["PROXIES"] = before


def test_signing_in_and_out_is_logged_and_a_failure_without_what_was_typed(people: People) -> None:
    whom = {"email": "officer@demo.example", "password": PASSWORD}
    token = people.public.call("POST", "/sessions", json=whom).json["token"]
    Caller(people.client, f"Bearer {token}").call("DELETE", "/sessions")
    typed = {**whom, "password": "mat-khau-sai"}
    assert people.public.call("POST", "/sessions", json=typed).status_code == 401
    assert people.public.call("POST", "/sessions", json={**typed, "email": "0912345678@x.vn"})
    of_officer = log(people, object_kind="account", object_key="officer@demo.example")
    assert [one["act"] for one in of_officer][:3] == ["sign_in_failed", "signed_out", "signed_in"]
    assert of_officer[1]["session_id"] == of_officer[2]["session_id"] is not None
    assert [one["actor"] for one in of_officer][:2] == ["", "officer@demo.example"]
    everything = json.dumps(log(people))
    assert "mat-khau-sai" not in everything
    assert "0912345678" not in everything
    assert acts(people, object_kind="account", object_key="–") == ["sign_in_failed"]


def test_acts_on_reports_stand_in_the_same_log_with_what_their_events_say(people: People) -> None:
    code = people.file(reporter=CONTACT).code
    people.officer.does(code, "acknowledgement", {"note": "Tổ điện nhận việc"})
    assert people.operator.get(f"/reports/{code}/identity").status_code == 200
    filed_for = people.file(people.operator, channel="hotline").code
    of_report = log(people, object_kind="report", object_key=code.replace("-", ""))
    assert [(one["act"], one["actor"]) for one in of_report] == [
        ("acknowledged", "officer@demo.example")
    ]
    assert of_report[0]["facts"]["status"] == "in_progress"
    assert "Tổ điện" not in json.dumps(log(people)), "words stay with the report"
    assert acts(people, object_key=filed_for) == ["filed"]
    assert acts(people, object_kind="identity") == ["looked"]


def test_what_a_citizen_does_leaves_no_address(people: People) -> None:
    filed = people.file(reporter=CONTACT)
    assert filed.reporter.get(f"/reports/{filed.code}/identity").status_code == 200
    (entry,) = log(people, object_kind="identity")
    assert (entry["address"], entry["device"], entry["actor"]) == (None, "", "")


def test_it_is_found_by_who_act_object_day_and_words(people: People) -> None:
    one = {"code": "so-thu", "names": {"vi": "Sở Thử", "en": "Trial"}, "kind": "department",
           "mailbox": "so-thu@demo.example"}  # fmt: skip
    assert people.admin.call("POST", "/admin/agencies", json=one).status_code == 201
    assert people.admin.call("PATCH", "/admin/agencies/so-thu", json={"phone": "19001022"})
    assert acts(people, object_kind="agency", object_key="so-thu") == ["changed", "added"]
    assert acts(people, act="added", q="SO-THU@demo") == ["added"]
    assert acts(people, q="19001022 agency") == ["changed"]
    assert acts(people, q="100%_") == []
    assert "added" in acts(people, actor="admin@demo.example")
    assert acts(people, actor="officer@demo.example", act="added") == []
    assert len(log(people, **{"from": "2026-03-09", "to": "2026-03-09", "q": "so-thu"})) == 2
    assert log(people, **{"from": "2026-03-10", "q": "so-thu"}) == []
    assert log(people, to="2026-03-08", q="so-thu") == []


def test_pages_of_the_log_follow_one_another_without_a_gap(people: People) -> None:
    whole = [entry["number"] for entry in log(people, limit=200)]
    numbers, cursor = [], None
    while True:
        answer = people.admin.get("/admin/audit", limit=7, **({"cursor": cursor} if cursor else {}))
        numbers += [entry["number"] for entry in answer.json["items"]]
        cursor = answer.json["next_cursor"]
        if cursor is None or len(numbers) >= 200:
            break
    assert numbers[:200] == whole
    assert numbers == sorted(numbers, reverse=True)


@pytest.mark.parametrize("desk", [False, True])
def test_it_is_taken_as_a_file_in_which_nothing_is_computed_and_that_is_logged(
    app: Flask, people: People, desk: bool
) -> None:
    people.admin.call("PATCH", "/admin/accounts/officer@demo.example", json={"name": EVIL},
                      headers={"User-Agent": EVIL})  # fmt: skip

    def take(ending: str) -> Any:
        path = f"/admin/audit.{ending}"
        asked = {"object_kind": "account", "act": "changed"}
        answer = Desk(app, people.admin).see(path, **asked) if desk else (
            people.admin.get(path, **asked)
        )  # fmt: skip
        assert answer.status_code == 200, answer.text
        assert f"audit-2026-03-09.{ending}" in answer.headers["Content-Disposition"]
        return answer

    rows = take("csv").get_data(as_text=True).splitlines()
    assert len(rows) == 2
    assert "\"'=HYPERLINK" in rows[1]
    (sheet,) = xlsx_sheets(take("xlsx").data).values()
    evil = [cell for row in sheet for cell in row.values() if cell.text == EVIL]
    assert [(cell.kind, cell.formula) for cell in evil] == [("inlineStr", None)]
    (line,) = take("jsonl").get_data(as_text=True).splitlines()
    assert json.loads(line)["detail"]["after"] == {"name": EVIL}
    assert acts(people, object_kind="audit") == ["exported"] * 3


def test_files_that_other_systems_take_are_logged_once_each(people: People) -> None:
    people.file()
    wish = {"what": "reports", "format": "csv", "from": "2026-03-01", "to": "2026-03-31"}
    export = people.admin.call("POST", "/exports", json=wish).json["id"]
    work_outbox()
    path = f"/exports/{export}/parts/1"
    for asked, status in (({}, 200), ({"Range": "bytes=5-"}, 206)):
        with people.admin.call("GET", path, headers=asked) as file:
            assert file.status_code == status
    assert acts(people, object_key=export) == ["downloaded", "exported"]


def test_a_page_shows_it_and_says_when_a_filter_cannot_be_read(app: Flask, people: People) -> None:
    code = people.file().code
    people.officer.does(code, "acknowledgement", {})
    desk = Desk(app, people.admin)
    shown = desk.read("/admin/audit", object_kind="report", object_key=code)
    assert code in shown
    assert "officer@demo.example" in shown
    assert "127.0.0.1" in shown
    assert desk.see("/admin/audit", **{"from": "ngày mai"}).status_code == 422
    assert desk.see("/admin/audit", cursor="x").status_code == 422


def test_the_last_check_is_told(people: People) -> None:
    assert people.admin.get("/admin/audit/check").json == {
        "at": None, "entries": 0, "differences": 0,
    }  # fmt: skip
    nightly.check()
    told = people.admin.get("/admin/audit/check").json
    assert told["differences"] == 0
    assert told["entries"] > 0
