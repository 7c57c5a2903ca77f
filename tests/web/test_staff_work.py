"""A report on one page: what is shown to whom, and every act that has a form there."""

from __future__ import annotations

import re
from io import BytesIO

import pytest
from flask import Flask

from tests import pictures
from tests.personas import CONTACT, LIGHT, UNSORTED, Filed, People, work_outbox
from tests.statements import statements
from tests.web.staff import Desk, forms, words


@pytest.fixture
def officer(app: Flask, people: People) -> Desk:
    return Desk(app, people.officer)


@pytest.fixture
def head(app: Flask, people: People) -> Desk:
    return Desk(app, people.head)


@pytest.fixture
def operator(app: Flask, people: People) -> Desk:
    return Desk(app, people.operator)


def test_only_what_is_possible_now_has_a_form(
    officer: Desk, head: Desk, operator: Desk, people: People, filed: Filed
) -> None:
    path = f"/work/{filed.code}"
    assert forms(officer.see(path)) == {
        "acknowledge",
        "resolve",
        "note",
        "extend",
        "officer",
        "return",
    }
    assert forms(head.see(path)) >= {"transfer", "classify"}
    assert "decide" not in forms(head.see(path))
    people.officer.does(filed.code, "acknowledgement")
    assert forms(officer.see(path)) >= {"ask", "resolve"}
    assert "acknowledge" not in forms(officer.see(path))
    assert re.search(rf'href="/merge/{filed.code}"', operator.see(path).text)


def test_each_form_says_what_it_will_do(officer: Desk, filed: Filed) -> None:
    page = officer.read(f"/work/{filed.code}")
    assert "Người dân được báo" in page
    assert "Tự đóng sau" in page
    assert "tìm đúng nơi xử lý" in page


def test_taking_it_up_asking_and_giving_a_result(
    officer: Desk, people: People, filed: Filed
) -> None:
    code = filed.code
    assert officer.act(code, "acknowledge", note="Chiều nay đến").status_code == 303
    assert officer.act(code, "ask", question="Trụ số mấy?").status_code == 303
    assert "chờ bổ sung" in officer.read(f"/work/{code}")
    assert officer.act(code, "unask").status_code == 303
    done = officer.act(code, "resolve", kind="answered", note="Đã thay bóng đèn")
    assert done.status_code == 303
    assert "done=work_resolve" in done.headers["Location"]
    report = people.operator.report(code)
    assert (report["status"], report["resolution"]["kind"]) == ("resolved", "answered")
    assert "Đã thay bóng đèn" in officer.read(f"/work/{code}")


def test_a_result_with_a_photo_shows_it_as_after(officer: Desk, filed: Filed) -> None:
    photo = (BytesIO(pictures.jpeg(40, 30)), "sau.jpg", "image/jpeg")
    empty = (BytesIO(b""), "", "application/octet-stream")
    answer = officer.act(filed.code, "resolve", kind="fixed", note="Đã thay", photos=[photo, empty])
    assert answer.status_code == 303
    work_outbox()
    page = officer.see(f"/work/{filed.code}").text
    assert "Ảnh sau khi xử lý 1" in page


def test_more_time_is_asked_for_and_decided(
    officer: Desk, head: Desk, people: People, filed: Filed
) -> None:
    asked = officer.act(filed.code, "extend", amount="2", unit="working_days", reason="Chờ vật tư")
    assert asked.status_code == 303
    assert "extend" not in forms(officer.see(f"/work/{filed.code}"))
    page = head.read(f"/work/{filed.code}")
    assert "Cán bộ xin thêm 2 ngày làm việc" in page
    assert head.act(filed.code, "decide", approved="true").status_code == 303
    held = people.operator.report(filed.code)["inside"]["assignments"][-1]
    assert held["extensions_granted"] == 1


def test_it_goes_to_a_colleague_to_another_agency_and_back(
    officer: Desk, head: Desk, operator: Desk, people: People, filed: Filed
) -> None:
    code = filed.code
    assert officer.act(code, "officer", officer="head@demo.example").status_code == 303
    assert head.act(code, "transfer", agency="dien-luc", reason="Trụ điện lực").status_code == 303
    assert people.operator.report(code)["agency"]["code"] == "dien-luc"
    assert operator.act(code, "return", reason="Không phải").status_code == 303
    assert people.operator.report(code)["status"] == "new"
    assert operator.act(code, "transfer", agency="dien-luc", reason="Đúng rồi").status_code == 303
    assert "Đã qua 4 lượt giao" in operator.read(f"/work/{code}")


def test_an_operator_classifies_what_nobody_could_place(operator: Desk, people: People) -> None:
    code = people.file(**UNSORTED).code
    assert operator.act(code, "classify", category="den-duong").status_code == 303
    assert people.operator.report(code)["status"] == "assigned"


def test_an_operator_writes_down_a_reply_and_takes_a_rejection_back(
    officer: Desk, operator: Desk, people: People, filed: Filed
) -> None:
    officer.act(filed.code, "acknowledge")
    officer.act(filed.code, "ask", question="Ở đâu?")
    assert operator.act(filed.code, "reply", text="Trước số 12").status_code == 303
    new = people.file(**UNSORTED)
    people.operator.does(new.code, "rejection", {"reason": "Không rõ"})
    assert operator.act(new.code, "unreject").status_code == 303
    assert people.operator.report(new.code)["status"] == "new"


def test_a_head_reopens(officer: Desk, head: Desk, people: People, filed: Filed) -> None:
    officer.act(filed.code, "resolve", kind="answered", note="Xong")
    assert head.act(filed.code, "reopen", note="Vẫn tắt").status_code == 303
    assert people.operator.report(filed.code)["status"] == "assigned"


def test_a_form_decided_on_an_older_version_comes_back_with_what_changed(
    officer: Desk, people: People, filed: Filed
) -> None:
    seen = officer.version(filed.code)
    people.head.does(filed.code, "notes", {"note": "Tôi vừa gọi cho dân"})
    answer = officer.act(filed.code, "resolve", seen, kind="answered", note="Lời đã soạn")
    assert answer.status_code == 412
    page = words(answer)
    assert "Trong lúc bạn soạn, phản ánh đã thay đổi" in page
    assert "Tôi vừa gọi cho dân" in page
    assert "Lời đã soạn" in page
    assert people.operator.report(filed.code)["status"] == "assigned"


def test_words_for_what_is_no_longer_possible_are_not_lost(
    officer: Desk, people: People, filed: Filed
) -> None:
    seen = officer.version(filed.code)
    people.head.does(filed.code, "resolution", {"kind": "answered", "note": "x"})
    answer = officer.act(filed.code, "ask", seen, question="Trụ số mấy vậy?")
    assert answer.status_code == 412
    assert "Việc này không còn làm được" in words(answer)
    assert "Trụ số mấy vậy?" in words(answer)


@pytest.mark.parametrize(
    ("act", "fields", "field"),
    [
        ("resolve", {}, "kind"),
        ("resolve", {"kind": "planned", "note": "x"}, "planned_for"),
        ("resolve", {"kind": "planned", "note": "x", "planned_for": "mai"}, "planned_for"),
        ("resolve", {"kind": "x", "note": "x"}, "kind"),
        ("note", {}, "note"),
        ("extend", {"amount": "nhiều", "unit": "working_days", "reason": "x"}, "amount"),
        ("extend", {"amount": "900", "unit": "working_days", "reason": "x"}, "amount"),
        ("officer", {"officer": "officer.dien-luc@demo.example"}, "officer"),
        ("return", {}, "reason"),
        ("note", {"note": "x" * 5001}, "note"),
    ],
)
def test_bad_input_comes_back_filled_in_with_words_beside_the_field(
    act: str, fields: dict[str, str], field: str, officer: Desk, filed: Filed
) -> None:
    answer = officer.act(filed.code, act, **fields)
    assert answer.status_code == 422
    assert f'href="#field-{act}-{field}"' in answer.text
    assert f'id="field-{act}-{field}-wrong"' in answer.text
    assert re.search(rf'id="act-{act}" open', answer.text)


@pytest.mark.parametrize("version", ["", "x", "1-x", "999999999999999-1"])
def test_a_version_that_is_none_is_stale_and_no_fault(
    version: str, officer: Desk, filed: Filed
) -> None:
    answer = officer.act(filed.code, "note", version or "-", note="x")
    assert answer.status_code == 412


def test_what_is_not_this_partys_is_refused(officer: Desk, head: Desk, filed: Filed) -> None:
    refused = officer.act(filed.code, "transfer", agency="dien-luc", reason="x")
    assert refused.status_code == 403
    assert head.act(filed.code, "ask", question="Khi chưa tiếp nhận?").status_code == 409


def test_another_agency_is_led_to_what_the_public_sees(
    app: Flask, people: People, filed: Filed
) -> None:
    foreign = Desk(app, people.foreign_officer)
    answer = foreign.see(f"/work/{filed.code}")
    assert answer.status_code == 303
    assert answer.headers["Location"].endswith(f"/r/{filed.code}")
    assert foreign.see(f"/work/{filed.code}/colleagues").status_code == 404
    plain = filed.code.replace("-", "")
    assert foreign.act(filed.code, "note", f"{plain}-1", note="x").status_code == 403


def test_a_restricted_report_does_not_exist_for_agencies(
    app: Flask, operator: Desk, people: People, filed: Filed
) -> None:
    body = {"to": "Thanh tra", "reason": "Tố cáo", "restricted": True}
    people.operator.does(filed.code, "referral", body)
    assert Desk(app, people.foreign_officer).see(f"/work/{filed.code}").status_code == 404
    assert Desk(app, people.leader).see(f"/work/{filed.code}").status_code == 404
    assert "Hạn chế: không công khai" in operator.read(f"/work/{filed.code}")


def test_nobody_reads_who_reported(officer: Desk, operator: Desk, people: People) -> None:
    filed = people.file(reporter=CONTACT)
    for desk in (officer, operator):
        page = desk.see(f"/work/{filed.code}").text
        assert not any(CONTACT[name] in page for name in ("name", "phone", "email"))


def test_names_stand_in_place_of_ids(officer: Desk, people: People, filed: Filed) -> None:
    people.head.does(filed.code, "notes", {"note": "x"})
    officer.act(filed.code, "officer", officer="officer@demo.example")
    page = officer.read(f"/work/{filed.code}")
    assert re.search(r"Giao cán bộ [^–]", page)
    assert "account_id" not in page


def test_what_came_back_shows_what_was_before_it(
    officer: Desk, people: People, filed: Filed
) -> None:
    people.officer.does(filed.code, "resolution", {"kind": "answered", "note": "x"})
    people.reporter(filed.answer["tracking_token"]).does(
        filed.code, "feedback", {"rating": 5, "fixed": True}
    )
    again = people.file()
    page = officer.read(f"/work/{again.code}")
    assert "nay là lần 2" in page
    assert filed.code in page


def test_open_reports_nearby_are_shown_with_their_distance(officer: Desk, people: People) -> None:
    first = people.file()
    place = LIGHT["location"]
    second = people.file(location={"lat": place["lat"] + 0.0001, "lon": place["lon"]})
    page = officer.read(f"/work/{first.code}")
    assert "cách 11 m" in page
    assert second.code in page


def test_a_draft_is_kept_shown_again_and_gone_once_done(
    officer: Desk, head: Desk, filed: Filed
) -> None:
    kept = officer.act(filed.code, "note", note="Nháp dở dang", draft="yes")
    assert kept.status_code == 303
    assert "Nháp dở dang" in officer.see(f"/work/{filed.code}").text
    assert "Nháp dở dang" not in head.see(f"/work/{filed.code}").text
    officer.act(filed.code, "note", note="Xong rồi")
    assert "Nháp dở dang" not in officer.see(f"/work/{filed.code}").text


def test_a_script_keeps_drafts_and_finds_colleagues(officer: Desk, filed: Filed) -> None:
    shown, path = f"/work/{filed.code}", f"/work/{filed.code}/drafts/note"
    assert officer.send(path, shown, note="Từ trang").status_code == 204
    assert "Từ trang" in officer.see(shown).text
    assert officer.send(path, shown).status_code == 204
    assert "Từ trang" not in officer.see(shown).text
    assert officer.send(f"/work/{filed.code}/drafts/dance", shown, note="x").status_code == 404
    found = officer.see(f"/work/{filed.code}/colleagues", q="head").json
    assert found
    assert set(found[0]) == {"name", "insert"}
    assert officer.send(f"/work/{filed.code}/here", shown).json == {"names": []}


def test_a_long_life_takes_no_more_statements_than_a_short_one(
    officer: Desk, people: People, filed: Filed
) -> None:
    path = f"/work/{filed.code}"
    people.officer.does(filed.code, "notes", {"note": "x"})
    officer.see(path)
    with statements() as few:
        officer.see(path)
    for number in range(5):
        people.head.does(filed.code, "notes", {"note": f"{number}"})
    with statements() as many:
        officer.see(path)
    assert len(many) == len(few), "\n".join(many)


@pytest.mark.parametrize("code", ["x", "111-111-1111", "4829135570"])
def test_a_code_that_is_none_is_said_in_words(code: str, officer: Desk) -> None:
    assert officer.see(f"/work/{code}").status_code == 404
    assert officer.act(code, "note", "x-1", note="x").status_code == 404


def test_notices_are_counted_read_and_lead_to_their_report(
    officer: Desk, people: People, filed: Filed
) -> None:
    officer.act(filed.code, "acknowledge")
    people.reporter(filed.answer["tracking_token"])
    people.head.does(filed.code, "assignment", {"agency": "dien-luc", "reason": "x"})
    work_outbox()
    desk = officer
    page = desk.read("/inbox")
    if "Chưa có thông báo nào" in page:
        pytest.fail("nobody was told")
    assert re.search(r"Chưa đọc [1-9]", page)
    one = re.search(r'action="(/inbox/\d+/read)"', desk.see("/inbox").text)
    assert one
    opened = desk.send(one[1], open="yes")
    assert opened.status_code == 303
    assert f"/work/{filed.code}" in opened.headers["Location"]
    assert desk.send("/inbox/read").status_code == 303
    assert "Bạn đã đọc hết thông báo." in desk.read("/inbox", unread="yes")
    assert desk.see("/inbox", unread="x").status_code == 422
