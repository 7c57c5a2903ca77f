"""While somebody is away the deputy gets the new work, both get the notices; it ends by itself."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from reports_service.accounts import service as accounts
from reports_service.accounts.models import Account
from reports_service.core.db import unit_of_work
from reports_service.teamwork import absences
from tests.monday import Clock
from tests.personas import LIGHTS, MONDAY, Caller, Filed, People, work_outbox
from tests.teamwork.conftest import hire

LAN = "lan@demo.example"
OFFICER = "officer@demo.example"
WEEK = {"first_day": "2026-03-09", "last_day": "2026-03-13"}


def away(caller: Caller, deputy: str = LAN, **more: Any) -> Any:
    return caller.call("POST", "/absences", json={**WEEK, "deputy": deputy, **more})


def set_away(caller: Caller, deputy: str = LAN, **more: Any) -> dict[str, Any]:
    answer = away(caller, deputy, **more)
    assert answer.status_code == 201, answer.text
    return answer.json


def give(people: People, filed: Filed, officer: str = OFFICER) -> dict[str, Any]:
    given = people.head.does(filed.code, "assignment", {"agency": LIGHTS, "officer": officer})
    return given["inside"]["assignments"][-1]


def given_to(people: People, filed: Filed, officer: str = OFFICER) -> str:
    return give(people, filed, officer)["officer"]


def test_new_work_goes_to_the_deputy_and_says_so(
    people: People, filed: Filed, lan: Account
) -> None:
    set_away(people.officer)
    assert given_to(people, filed) == "Nguyễn Thị Lan"
    last = people.head.report(filed.code)["timeline"][-1]
    officer = accounts.by_email(OFFICER)
    assert (last["facts"]["officer"], last["facts"]["instead_of"]) == (lan.id, officer.id)
    assert people.head.report(filed.code)["inside"]["history_holds"]


def test_it_begins_and_ends_by_itself(
    people: People, filed: Filed, lan: Account, clock_at: Clock
) -> None:
    set_away(people.officer, first_day="2026-03-10", last_day="2026-03-10")
    assert given_to(people, filed) == "Lê Minh Tuấn"
    clock_at(MONDAY + timedelta(hours=15))  # Tuesday 00:00 in Tây Ninh
    assert given_to(people, filed) == "Nguyễn Thị Lan"
    clock_at(MONDAY + timedelta(hours=39) - timedelta(seconds=1))
    assert given_to(people, filed) == "Nguyễn Thị Lan"
    clock_at(MONDAY + timedelta(hours=39))
    assert given_to(people, filed) == "Lê Minh Tuấn"


def test_a_transfer_and_a_reopening_go_to_the_deputy_too(
    people: People, filed: Filed, lan: Account
) -> None:
    other = people.file(category="nap-ho-ga")
    people.officer.does(filed.code, "acknowledgement")
    people.officer.does(filed.code, "resolution", {"kind": "answered", "note": "Đã kiểm tra"})
    set_away(people.officer)
    again = people.operator.does(filed.code, "reopening", {"note": "Chưa sáng"})
    assert again["inside"]["assignments"][-1]["officer"] == "Nguyễn Thị Lan"
    to = {"agency": LIGHTS, "officer": OFFICER, "reason": "Của đơn vị"}
    held = people.operator.report(other.code)["agency"]["code"]
    if held != LIGHTS:
        moved = people.operator.does(other.code, "assignment", to)
        assert moved["inside"]["assignments"][-1]["officer"] == "Nguyễn Thị Lan"


def test_what_somebody_takes_on_themselves_stays_theirs(
    people: People, filed: Filed, lan: Account
) -> None:
    set_away(people.officer)
    taken = people.officer.does(filed.code, "acknowledgement")
    assert taken["inside"]["assignments"][-1]["officer"] == "Lê Minh Tuấn"


def test_a_deputy_who_is_away_hands_on(people: People, filed: Filed, lan: Account) -> None:
    hire("hoa@demo.example", "Trần Văn Hoà")
    set_away(people.officer)
    set_away(people.head, "hoa@demo.example", account=LAN)
    assert given_to(people, filed) == "Trần Văn Hoà"


def test_where_all_are_away_it_stays_with_the_first(
    people: People, filed: Filed, lan: Account, clock_at: Clock
) -> None:
    set_away(people.officer)
    set_away(people.head, "head@demo.example", account=LAN)
    with unit_of_work():
        absences.of_account(lan.id)[0].deputy = accounts.by_email(OFFICER)
    assert given_to(people, filed) == "Lê Minh Tuấn"


def test_a_deputy_who_left_gets_nothing(people: People, filed: Filed, lan: Account) -> None:
    set_away(people.officer)
    with unit_of_work():
        accounts.by_email(LAN).ended_at = MONDAY
    assert given_to(people, filed) == "Lê Minh Tuấn"


def test_both_are_told(people: People, filed: Filed, lan: Account) -> None:
    give(people, filed)
    people.officer.does(filed.code, "acknowledgement")
    work_outbox()
    set_away(people.officer)
    people.head.does(filed.code, "notes", {"note": "Khẩn"})
    work_outbox()
    assert people.officer.get("/inbox").json["items"][0]["kind"] == "noted"
    deputy = people._signed_in(LAN)
    assert [one["kind"] for one in deputy.get("/inbox").json["items"]] == ["noted"]


def test_a_head_sets_it_for_others_and_sees_it(people: People, lan: Account) -> None:
    made = set_away(people.head, account=OFFICER, reason="Nghỉ ốm")
    assert made["account"]["email"] == OFFICER
    assert (made["first_day"], made["last_day"]) == ("2026-03-09", "2026-03-13")
    assert made["set_by"]["email"] == "head@demo.example"
    assert [one["id"] for one in people.head.get("/absences").json["items"]] == [made["id"]]
    assert [one["id"] for one in people.officer.get("/absences").json["items"]] == [made["id"]]
    assert people.foreign_head.get("/absences").json["items"] == []


def test_nobody_else_sets_it(people: People, lan: Account) -> None:
    assert away(people.officer, "head@demo.example", account=LAN).status_code == 403
    assert away(people.foreign_head, account=OFFICER).json["code"] == "absence_not_yours"
    assert away(people.operator, account=OFFICER).status_code == 403
    assert away(people.leader, account=OFFICER).status_code == 403
    assert away(people.admin, account=OFFICER).status_code == 201


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"deputy": OFFICER}, "deputy_elsewhere"),
        ({"deputy": "officer.dien-luc@demo.example"}, "deputy_elsewhere"),
        ({"deputy": "nobody@demo.example"}, "code_unknown"),
        ({"first_day": "2026-03-14"}, "absence_days_wrong"),
        ({"first_day": "2026-03-01", "last_day": "2026-03-08"}, "absence_days_wrong"),
        ({"last_day": "2027-03-20"}, "absence_days_wrong"),
        ({"first_day": "9999-12-30", "last_day": "9999-12-31"}, "absence_days_wrong"),
        ({"first_day": "0001-01-01", "last_day": "0001-01-01"}, "absence_days_wrong"),
    ],
)
def test_what_cannot_be_is_refused(
    change: dict[str, str], code: str, people: People, lan: Account
) -> None:
    answer = people.officer.call("POST", "/absences", json={**WEEK, "deputy": LAN, **change})
    assert (answer.status_code, answer.json["code"]) == (422, code)


def test_two_absences_do_not_overlap_and_a_deputy_is_there(people: People, lan: Account) -> None:
    set_away(people.officer)
    again = away(people.officer, first_day="2026-03-13", last_day="2026-03-20")
    assert (again.status_code, again.json["code"]) == (409, "absence_overlaps")
    set_away(people.officer, first_day="2026-03-14", last_day="2026-03-20")
    theirs = away(people.head, OFFICER, account=LAN, first_day="2026-03-20", last_day="2026-03-21")
    assert theirs.json["code"] == "deputy_away"


def test_it_can_end_earlier(people: People, filed: Filed, lan: Account, clock_at: Clock) -> None:
    made = set_away(people.officer)
    clock_at(MONDAY + timedelta(days=1))
    ended = people.officer.call("DELETE", f"/absences/{made['id']}")
    assert (ended.status_code, ended.json["last_day"]) == (200, "2026-03-10")
    assert given_to(people, filed) == "Lê Minh Tuấn"
    again = people.officer.call("DELETE", f"/absences/{made['id']}")
    assert again.json["code"] == "absence_unknown"


def test_one_that_has_not_begun_is_taken_away(people: People, lan: Account) -> None:
    made = set_away(people.officer, first_day="2026-03-12")
    assert people.foreign_head.call("DELETE", f"/absences/{made['id']}").status_code == 404
    assert people.head.call("DELETE", f"/absences/{made['id']}").status_code == 200
    assert people.officer.get("/absences").json["items"] == []


def test_who_set_it_stands_in_the_audit_log(people: People, lan: Account) -> None:
    made = set_away(people.head, account=OFFICER)
    people.head.call("DELETE", f"/absences/{made['id']}")
    log = people.admin.get("/admin/audit", object_kind="absence").json["items"]
    assert [(one["act"], one["actor"], one["object_key"]) for one in log] == [
        ("ended", "head@demo.example", OFFICER),
        ("added", "head@demo.example", OFFICER),
    ]


def test_an_operator_is_deputised_by_an_operator(people: People) -> None:
    made = set_away(people.operator, "operator.2@demo.example")
    assert made["deputy"]["name"] == "Đặng Thị Bích Trâm"
