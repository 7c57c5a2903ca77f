"""Drafts: one per account, report and act; only the owner's; gone when the act is done."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from reports_service.teamwork import drafts
from reports_service.teamwork.models import Draft
from tests.monday import Clock
from tests.personas import MONDAY, Caller, Filed, People
from tests.teamwork.conftest import rows_of


def save(caller: Caller, filed: Filed, action: str, **typed: str) -> Any:
    return caller.call("PUT", f"/reports/{filed.code}/drafts/{action}", json={"fields": typed})


def kept(caller: Caller, filed: Filed) -> dict[str, dict[str, str]]:
    answer = caller.get(f"/reports/{filed.code}/drafts")
    assert answer.status_code == 200, answer.text
    return {one["action"]: one["fields"] for one in answer.json["items"]}


def test_what_is_typed_last_is_what_is_kept(people: People, filed: Filed) -> None:
    save(people.officer, filed, "resolve", kind="fixed", note="Đã th")
    answer = save(people.officer, filed, "resolve", kind="fixed", note="Đã thay bóng")
    assert answer.status_code == 200, answer.text
    save(people.officer, filed, "note", note="")
    assert kept(people.officer, filed) == {
        "resolve": {"kind": "fixed", "note": "Đã thay bóng"},
        "note": {"note": ""},
    }
    assert rows_of(Draft) == 2


def test_only_the_owner_reads_a_draft(people: People, filed: Filed) -> None:
    save(people.officer, filed, "note", note="x")
    assert kept(people.head, filed) == {}
    assert kept(people.admin, filed) == {}
    people.head.call("DELETE", f"/reports/{filed.code}/drafts/note")
    assert kept(people.officer, filed) == {"note": {"note": "x"}}


def test_a_draft_goes_with_its_act_and_no_other(people: People, filed: Filed) -> None:
    for action in ("acknowledge", "note", "resolve"):
        save(people.officer, filed, action, note="x")
    save(people.head, filed, "note", note="y")
    people.officer.does(filed.code, "notes", {"note": "Đã xem"})
    assert set(kept(people.officer, filed)) == {"acknowledge", "resolve"}
    assert set(kept(people.head, filed)) == {"note"}


def test_the_draft_of_a_hand_over_goes_whatever_it_becomes(people: People, filed: Filed) -> None:
    save(people.head, filed, "transfer", reason="x")
    to = {"agency": "cong-trinh-do-thi-tay-ninh", "officer": "officer@demo.example"}
    people.head.does(filed.code, "assignment", to)
    assert kept(people.head, filed) == {}


def test_an_act_that_is_refused_leaves_its_draft(people: People, filed: Filed) -> None:
    save(people.officer, filed, "resolve", note="x")
    refused = people.officer.act(filed.code, "resolution", {"kind": "planned", "note": "x"})
    assert refused.status_code >= 400
    assert set(kept(people.officer, filed)) == {"resolve"}


def test_a_draft_is_thrown_away_and_need_not_be_there(people: People, filed: Filed) -> None:
    save(people.officer, filed, "note", note="x")
    for _ in range(2):
        gone = people.officer.call("DELETE", f"/reports/{filed.code}/drafts/note")
        assert gone.status_code == 204
    assert kept(people.officer, filed) == {}


def test_a_draft_is_small(people: People, filed: Filed) -> None:
    long = save(people.officer, filed, "note", a="x" * 15_000, b="x" * 15_000)
    assert (long.status_code, long.json["code"]) == (413, "draft_too_long")
    assert save(people.officer, filed, "note", a="x" * 20_001).status_code == 422
    assert save(people.officer, filed, "dance", note="x").json["code"] == "act_unknown"
    many = {f"f{number}": "x" for number in range(31)}
    assert save(people.officer, filed, "note", **many).status_code == 422


def test_strangers_keep_nothing_here(people: People, filed: Filed) -> None:
    assert save(people.foreign_officer, filed, "note", note="x").status_code == 403
    assert save(people.leader, filed, "note", note="x").status_code == 403


def test_a_month_later_it_is_forgotten(people: People, filed: Filed, clock_at: Clock) -> None:
    save(people.officer, filed, "note", note="x")
    clock_at(MONDAY + timedelta(days=20))
    save(people.officer, filed, "resolve", note="y")
    clock_at(MONDAY + timedelta(days=31))
    assert drafts.forget_old() == 1
    assert set(kept(people.officer, filed)) == {"resolve"}
    assert drafts.forget_old() == 0


def test_when_the_reporter_has_all_erased_no_draft_repeats_it(people: People) -> None:
    filed = people.file(reporter={"name": "Lê Hoà", "phone": "0912345678", "consent": True})
    save(people.officer, filed, "note", note="Gọi anh Hoà")
    erased = filed.reporter.call("DELETE", f"/reports/{filed.code}/identity")
    assert erased.status_code < 300, erased.text
    assert rows_of(Draft) == 0


def test_reclassifying_and_changing_the_priority_are_one_form(people: People, filed: Filed) -> None:
    save(people.operator, filed, "reclassify", priority="urgent")
    people.operator.does(filed.code, "classification", {"priority": "urgent"})
    assert kept(people.operator, filed) == {}
