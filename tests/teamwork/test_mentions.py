"""A note names colleagues, who are told of it; what names nobody stays text."""

from __future__ import annotations

from typing import Any

import pytest

from reports_service.accounts import service as accounts
from reports_service.accounts.models import Account
from reports_service.core.db import unit_of_work
from tests.personas import Caller, Filed, People, work_outbox
from tests.teamwork.conftest import hire


def mentioned(caller: Caller, filed: Filed, note: str) -> list[int]:
    """The accounts that the event of this note names."""
    noted = caller.does(filed.code, "notes", {"note": note})
    return noted["timeline"][-1]["facts"].get("mentioned", [])


def ids(*emails: str) -> list[int]:
    return [accounts.by_email(f"{email}@demo.example").id for email in emails]


def found(caller: Caller, filed: Filed, q: str) -> list[dict[str, Any]]:
    answer = caller.get(f"/reports/{filed.code}/colleagues", q=q)
    assert answer.status_code == 200, answer.text
    return answer.json["items"]


@pytest.mark.parametrize(
    "note",
    [
        "@Phạm Quốc Dũng xem giúp",
        "Nhờ @pham quoc dung, gấp",
        "@head@demo.example: duyệt nhé",
        "Anh @Dũng xem giúp",
        "(@dũng)",
        "dòng một\n@Phạm Quốc Dũng",
    ],
)
def test_a_name_an_address_or_a_given_name_names_a_colleague(
    note: str, people: People, filed: Filed
) -> None:
    assert mentioned(people.officer, filed, note) == ids("head")


@pytest.mark.parametrize(
    "note",
    [
        "@Không Ai cả",
        "@Dũngg",
        "Gửi thư tới x@demo.example",
        "@ Dũng",
        "@@",
        "@",
        "@officer.dien-luc@demo.example thuộc đơn vị khác",
        "@Võ Thị Kim Oanh chỉ đọc số liệu",
        "không nhắc ai",
    ],
)
def test_what_names_nobody_who_works_on_it_stays_text(
    note: str, people: People, filed: Filed
) -> None:
    assert mentioned(people.officer, filed, note) == []


def test_several_are_named_in_order_and_once(people: People, filed: Filed, lan: Account) -> None:
    note = "@Lê Minh Tuấn và @Dũng, rồi @Dũng, với @Trần Ngọc Lan ở tổng đài"
    named = mentioned(people.head, filed, note)
    assert named == ids("officer", "head", "operator")


def test_a_given_name_that_two_bear_names_nobody(
    people: People, filed: Filed, lan: Account
) -> None:
    assert mentioned(people.officer, filed, "@Lan xem giúp") == []
    assert mentioned(people.officer, filed, "@Nguyễn Thị Lan xem giúp") == [lan.id]


def test_two_of_one_name_are_both_told_and_completed_by_address(
    people: People, filed: Filed, lan: Account
) -> None:
    other = hire("lan.2@demo.example", "Nguyễn Thị Lan")
    assert mentioned(people.officer, filed, "@Nguyễn Thị Lan") == [lan.id, other.id]
    offered = [one["insert"] for one in found(people.officer, filed, "nguyen thi lan")]
    assert offered == ["lan@demo.example", "lan.2@demo.example"]
    assert mentioned(people.officer, filed, f"@{offered[1]}") == [other.id]


def test_the_one_who_is_named_is_told_so(people: People, filed: Filed) -> None:
    work_outbox()
    people.officer.does(filed.code, "notes", {"note": "Nhờ @Trần Ngọc Lan gọi lại cho người dân"})
    work_outbox()
    notice = people.operator.get("/inbox").json["items"][0]
    assert notice["kind"] == "noted"
    assert "anh/chị được nhắc đến" in notice["subject"]
    assert "Nhờ @Trần Ngọc Lan gọi lại" in notice["text"]
    to_head = people.head.get("/inbox").json["items"][0]
    assert "có ghi chú mới" in to_head["subject"]


def test_who_would_be_told_anyway_is_told_once_and_of_the_mention(
    people: People, filed: Filed
) -> None:
    people.officer.does(filed.code, "notes", {"note": "@Dũng"})
    work_outbox()
    notices = [one for one in people.head.get("/inbox").json["items"] if one["kind"] == "noted"]
    assert len(notices) == 1
    assert "nhắc đến" in notices[0]["subject"]


def test_naming_oneself_tells_nobody(people: People, filed: Filed) -> None:
    people.officer.does(filed.code, "notes", {"note": "@Tuấn"})
    work_outbox()
    kinds = [one["kind"] for one in people.officer.get("/inbox").json["items"]]
    assert "noted" not in kinds


def test_who_has_left_is_not_named(people: People, filed: Filed, lan: Account) -> None:
    with unit_of_work():
        accounts.by_email("lan@demo.example").ended_at = lan.created_at
    assert mentioned(people.officer, filed, "@lan@demo.example") == []
    assert found(people.officer, filed, "nguyen thi lan") == []


def test_names_are_completed_without_marks_from_any_word(people: People, filed: Filed) -> None:
    assert [one["name"] for one in found(people.officer, filed, "dung")] == ["Phạm Quốc Dũng"]
    assert [one["name"] for one in found(people.officer, filed, "Pham Q")] == ["Phạm Quốc Dũng"]
    assert [one["insert"] for one in found(people.officer, filed, "head@")] == ["Phạm Quốc Dũng"]
    (operator,) = found(people.officer, filed, "tran ngoc")
    assert operator["role"] == "operator"
    assert found(people.officer, filed, "oanh") == []
    assert found(people.officer, filed, "") != []


def test_only_who_sees_the_report_is_offered_its_people(people: People, filed: Filed) -> None:
    answer = people.foreign_head.get(f"/reports/{filed.code}/colleagues", q="d")
    assert (answer.status_code, answer.json["code"]) == (403, "for_colleagues")


def test_a_note_in_bulk_names_people_too(people: People, filed: Filed) -> None:
    etag = people.officer.report(filed.code)["etag"]
    order = {"action": "note", "codes": [filed.code], "etags": {filed.code: etag}, "note": "@Dũng"}
    people.officer.call("POST", "/bulk", json=order)
    last = people.officer.report(filed.code)["timeline"][-1]
    assert last["facts"]["mentioned"] == ids("head")
    assert people.officer.report(filed.code)["inside"]["history_holds"]
