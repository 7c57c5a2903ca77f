"""What its reporter does on the page of a report, by the private link that a device holds."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from flask import Flask

from tests.personas import CENTRE, CONTACT, LIGHT, MONDAY, Filed, People, work_outbox
from tests.pictures import jpeg
from tests.web.devices import Device, device, words_of

QUESTION = {"question": "Trụ đèn số mấy ạ?"}
FIXED = {"kind": "answered", "note": "Đã thay bóng."}
SECRETS = (CONTACT["name"], CONTACT["phone"], CONTACT["email"])
CHOSEN = ("fixed", "rating", "consent")  # by a touch; the rest is typed
# Each act of a reporter, and a form that would do.
ACTS: dict[str, dict[str, Any]] = {
    "reply": {"text": "Trụ số 14"},
    "feedback": {"fixed": "true", "rating": "5"},
    "reopening": {"note": "Vẫn tối"},
    "photos": {},
    "correction": {"description": "Đèn tắt bốn đêm"},
    "withdrawal": {"note": ""},
    "identity": {"name": "Hoà"},
    "erasure": {},
}


@pytest.fixture
def known(people: People) -> Filed:
    """A report of somebody who gave a name, a number and an address."""
    return people.file(reporter=CONTACT)


@pytest.fixture
def theirs(app: Flask, known: Filed) -> Device:
    """The device that it was filed with."""
    return device(app, known)


def asked(people: People, filed: Filed) -> None:
    people.officer.does(filed.code, "acknowledgement")
    people.officer.does(filed.code, "question", QUESTION)


def resolved(people: People, filed: Filed) -> None:
    people.officer.does(filed.code, "acknowledgement")
    people.officer.does(filed.code, "resolution", FIXED)


def photo(name: str = "den.jpg", content: bytes | None = None) -> tuple[BytesIO, str]:
    return BytesIO(content or jpeg()), name


def test_a_question_is_answered_with_words_and_a_photo(
    people: People, known: Filed, theirs: Device
) -> None:
    asked(people, known)
    page = theirs.reads(f"/r/{known.code}")
    assert "cần anh/chị trả lời một câu hỏi" in page
    assert QUESTION["question"] in page
    assert f'action="/r/{known.code}/reply"' in page
    answer = theirs.sends(f"/r/{known.code}/reply", text="Trụ số 14", photos=photo())
    assert (answer.status_code, answer.headers["Location"]) == (
        303,
        f"/r/{known.code}?done=report_reply",
    )
    work_outbox()
    page = theirs.reads(answer.headers["Location"])
    assert "Đã gửi câu trả lời" in page
    assert "Trụ số 14" in page
    assert "Ảnh bổ sung 1" in page
    assert people.officer.report(known.code)["status"] == "in_progress"


def test_not_fixed_opens_the_report_again(people: People, known: Filed, theirs: Device) -> None:
    resolved(people, known)
    assert "Đã xử lý xong chưa?" in theirs.reads(f"/r/{known.code}")
    answer = theirs.sends(f"/r/{known.code}/feedback", fixed="false", rating="2", comment="Tối om")
    assert answer.status_code == 303
    shown = people.officer.report(known.code)
    assert shown["status"] == "assigned"
    assert [a["outcome"] for a in shown["inside"]["assignments"]] == ["resolved", None]
    page = theirs.reads(answer.headers["Location"])
    assert "Chưa xong: " in page
    assert "Đã ghi nhận là chưa xong. Phản ánh được mở lại, đơn vị phải xử lý lại." in page
    lead = re.search(r'<p class="lead">(.*?)</p>', page)
    by = shown["inside"]["assignments"][-1]["resolve_by"]
    assert lead and re.match("Đã mở lại: .* phải xử lý lại, hẹn có kết quả trước ", lead[1])
    assert f'<time datetime="{datetime.fromisoformat(by).isoformat()}">' in lead[1]


def test_fixed_closes_it_and_is_asked_no_more(people: People, known: Filed, theirs: Device) -> None:
    resolved(people, known)
    theirs.sends(f"/r/{known.code}/feedback", fixed="true", rating="5", comment="Cảm ơn")
    assert people.officer.report(known.code)["status"] == "closed"
    page = theirs.reads(f"/r/{known.code}")
    assert "/feedback" not in page
    assert f'href="/r/{known.code}/reopening"' in page  # it may turn out otherwise later
    again = theirs.sends(f"/r/{known.code}/reopening", note="Lại tắt rồi")
    assert again.status_code == 303
    assert people.officer.report(known.code)["status"] == "assigned"


def test_what_is_long_closed_cannot_be_opened_again_and_says_so(
    people: People, known: Filed, theirs: Device, moved_clock: Callable[[datetime], None]
) -> None:
    resolved(people, known)
    theirs.sends(f"/r/{known.code}/feedback", fixed="true")
    moved_clock(MONDAY + timedelta(days=400))
    assert "/reopening" not in theirs.reads(f"/r/{known.code}")
    answer = theirs.sends(f"/r/{known.code}/reopening", note="Lại tắt rồi")
    assert answer.status_code == 409
    assert 'role="alert"' in answer.text
    assert "Lại tắt rồi" in words_of(answer)


def test_a_report_is_withdrawn_after_the_page_said_what_that_means(
    people: People, known: Filed, theirs: Device
) -> None:
    assert "Không mở lại được" in theirs.reads(f"/r/{known.code}/withdrawal")
    assert people.public.report(known.code)["status"] == "assigned"
    theirs.sends(f"/r/{known.code}/withdrawal")
    assert people.public.report(known.code)["status"] == "withdrawn"
    assert "Người gửi đã rút phản ánh này" in theirs.reads(f"/r/{known.code}")


def test_photos_are_added_and_bad_ones_refused_in_words(
    people: People, known: Filed, theirs: Device
) -> None:
    address = f"/r/{known.code}/photos"
    none = theirs.sends(address, photos=(BytesIO(b""), ""))
    bad = theirs.sends(address, photos=photo("x.jpg", b"no picture"))
    for answer in (none, bad):
        assert answer.status_code == 422
        assert 'href="#field-photos"' in answer.text
        assert 'id="field-photos-wrong"' in answer.text
    assert theirs.sends(address, photos=[photo("a.jpg"), photo("b.jpg")]).status_code == 303
    assert len(people.public.report(known.code)["photos"]) == 2


def test_the_text_and_the_place_are_corrected(people: People, known: Filed, theirs: Device) -> None:
    address = f"/r/{known.code}/correction"
    page = theirs.reads(address)
    assert LIGHT["description"] in page
    assert LIGHT["address"] in page
    theirs.sends(address, description="Đèn tắt bốn đêm", address="trước số 14")
    shown = known.reporter.report(known.code)
    assert (shown["description"], shown["address"]) == ("Đèn tắt bốn đêm", "trước số 14")
    assert theirs.sends(address, description="", address="trước số 16").status_code == 303
    assert known.reporter.report(known.code)["description"] == "Đèn tắt bốn đêm"


def test_who_filed_it_sees_corrects_and_erases_what_is_theirs(
    people: People, known: Filed, theirs: Device
) -> None:
    address = f"/r/{known.code}/identity"
    answer = theirs.opens(address)
    assert all(secret in words_of(answer) for secret in SECRETS)
    assert answer.headers["Cache-Control"] == "no-store"
    theirs.sends(address, name="Lê Hoà", phone="0987 654 321", email="", known="1")
    contact = known.reporter.get(f"/reports/{known.code}/identity").json
    assert (contact["name"], contact["phone"], contact["email"]) == ("Lê Hoà", "0987 654 321", None)
    assert "sẽ bị xóa" in theirs.reads(f"/r/{known.code}/erasure")
    assert theirs.sends(f"/r/{known.code}/erasure").status_code == 303
    assert known.reporter.get(f"/reports/{known.code}/identity").status_code == 404
    page = theirs.reads(address)
    assert "không có tên, số điện thoại hay thư điện tử nào" in page
    assert "Lê Hoà" not in page


def test_a_contact_is_taken_only_with_consent_and_only_a_real_one(
    app: Flask, people: People
) -> None:
    anonymous = people.file()
    holding = device(app, anonymous)
    address = f"/r/{anonymous.code}/identity"
    assert "consent" in holding.reads(address)
    without = holding.sends(address, email="lan@vidu.vn")
    assert without.status_code == 422
    assert 'href="#field-consent"' in without.text
    wrong = holding.sends(address, email="lan", phone="12", consent="yes")
    assert wrong.status_code == 422
    assert {"#field-email", "#field-phone"} <= set(words_of(wrong).split('"'))
    assert 'value="lan"' in wrong.text
    assert holding.sends(address, email="lan@vidu.vn", consent="yes").status_code == 303
    assert anonymous.reporter.get(f"/reports/{anonymous.code}/identity").json["email"]


@pytest.mark.parametrize(
    ("act", "fields", "blamed"),
    [
        ("reply", {"text": ""}, "text"),
        ("reply", {"text": "x" * 5001}, "text"),
        ("reply", {"text": "\x00"}, "text"),
        ("feedback", {}, "fixed"),
        ("feedback", {"fixed": "perhaps"}, "fixed"),
        ("feedback", {"fixed": "true", "rating": "6"}, "rating"),
        ("feedback", {"fixed": "true", "rating": "²"}, "rating"),
        ("feedback", {"fixed": "true", "comment": "x" * 5001}, "comment"),
        ("correction", {"description": "x" * 5001}, "description"),
        ("correction", {"address": "x" * 301}, "address"),
        ("correction", {}, "description"),
        ("identity", {"name": "x" * 201, "consent": "yes"}, "name"),
        ("withdrawal", {"note": "x" * 5001}, "note"),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_nothing_typed_is_lost(
    act: str, fields: dict[str, str], blamed: str, people: People, known: Filed, theirs: Device
) -> None:
    {"reply": asked, "feedback": resolved}.get(act, lambda *_: None)(people, known)
    before = people.public.report(known.code)["etag"]
    answer = theirs.sends(f"/r/{known.code}/{act}", **fields)
    assert answer.status_code == 422
    assert f'href="#field-{blamed}"' in answer.text
    assert f'id="field-{blamed}-wrong"' in answer.text
    assert f'id="field-{blamed}"' in answer.text
    typed = [fields[name].strip("\x00") for name in fields if name not in CHOSEN]
    assert all(value in words_of(answer) for value in typed)
    assert people.public.report(known.code)["etag"] == before


@pytest.mark.parametrize("act", ACTS)
def test_without_the_private_link_nothing_is_done_and_the_page_says_what_to_do(
    act: str, app: Flask, people: People, known: Filed
) -> None:
    {"reply": asked, "feedback": resolved, "reopening": resolved}.get(act, lambda *_: None)(
        people, known
    )
    other = people.file()
    before = people.public.report(known.code)["etag"]
    forged = device(app)
    forged.client.set_cookie("mine", f"{known.code.replace('-', '')}-{'a' * 24}")
    for stranger in (device(app), device(app, other), forged):
        for answer in (
            stranger.opens(f"/r/{known.code}/{act}"),
            stranger.sends(f"/r/{known.code}/{act}", **ACTS[act]),
        ):
            assert answer.status_code == 403
            assert "đường dẫn riêng" in words_of(answer)
            assert not any(secret in words_of(answer) for secret in SECRETS)
    assert people.public.report(known.code)["etag"] == before


def test_staff_who_are_signed_in_are_not_the_reporter(app: Flask, people: People) -> None:
    filed = people.file()
    desk = device(app)
    for caller in (people.operator, people.officer, people.admin):
        session = (caller.authorization or "").removeprefix("Bearer ")
        desk.client.set_cookie("session", session)
        assert desk.sends(f"/r/{filed.code}/withdrawal").status_code == 403


@pytest.mark.parametrize("act", ["reply", "feedback", "reopening"])
def test_a_form_whose_time_is_not_now_leads_back_to_the_report(
    act: str, known: Filed, theirs: Device
) -> None:
    answer = theirs.opens(f"/r/{known.code}/{act}")
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/r/{known.code}")
    late = theirs.sends(f"/r/{known.code}/{act}", **ACTS[act])
    assert late.status_code == 409
    assert 'role="alert"' in late.text


def test_a_restricted_report_is_shown_to_its_reporter_alone(
    app: Flask, people: People, known: Filed, theirs: Device
) -> None:
    hidden = {"to": "Thanh tra tỉnh", "reason": "Đây là khiếu nại", "restricted": True}
    people.operator.does(known.code, "referral", hidden)
    page = theirs.reads(f"/r/{known.code}")
    assert "đã được chuyển đến nơi có thẩm quyền" in page
    assert "Đây là khiếu nại" in page
    stranger = device(app)
    for act in ("", *(f"/{name}" for name in (*ACTS, "follow"))):
        assert stranger.opens(f"/r/{known.code}{act}").status_code == 404, act
    assert stranger.sends(f"/r/{known.code}/follow").status_code == 404


def test_a_merged_report_leads_to_the_one_that_is_worked_on(
    app: Flask, people: People, known: Filed, theirs: Device
) -> None:
    master = people.file()
    people.operator.does(known.code, "merge", {"into": master.code})
    page = theirs.reads(f"/r/{known.code}")
    assert "xử lý chung" in page
    assert f'href="/r/{master.code}"' in page
    assert "/withdrawal" not in page
    visitor = device(app)
    visitor.sends(f"/r/{known.code}/follow")
    assert people.public.report(master.code)["followers"] == 2  # its reporter, and the visitor


def test_what_was_rejected_says_why(people: People, theirs: Device, app: Flask) -> None:
    odd = people.file(category=None, description="Chuyện lạ chưa rõ")
    people.operator.does(odd.code, "rejection", {"reason": "Không rõ ở đâu"})
    page = device(app, odd).reads(f"/r/{odd.code}")
    assert "không tiếp nhận phản ánh này" in page
    assert "Không rõ ở đâu" in page


@pytest.mark.parametrize("language", ["vi", "en"])
def test_nobody_reads_of_the_reporter_on_the_page(
    language: str, app: Flask, people: People, known: Filed, theirs: Device
) -> None:
    asked(people, known)
    text = f"Gọi {CONTACT['phone']} hoặc {CONTACT['email']}"
    theirs.sends(f"/r/{known.code}/reply", text=text)
    for looking in (device(app), theirs):
        page = words_of(looking.opens(f"/r/{known.code}", lang=language))
        assert CONTACT["name"] not in page
        assert (known.reporter.authorization or "").split()[1] not in page
    stranger = words_of(device(app).opens(f"/r/{known.code}", lang=language))
    assert not any(secret in stranger for secret in SECRETS)


def test_me_too_counts_a_device_once_and_asks_nothing(
    app: Flask, people: People, filed: Filed
) -> None:
    visitor = device(app)
    assert "Tôi cũng gặp việc này" in visitor.reads(f"/r/{filed.code}")
    for _ in range(2):
        answer = visitor.sends(f"/r/{filed.code}/follow")
        assert answer.status_code == 303
    assert people.public.report(filed.code)["followers"] == 1
    page = visitor.reads(f"/r/{filed.code}")
    assert "Máy này đang theo dõi phản ánh" in page
    assert "Một người khác cũng quan tâm" in page
    assert filed.code in visitor.reads("/mine")


def test_followers_who_leave_an_address_agree_to_be_written_to(
    app: Flask, people: People, filed: Filed
) -> None:
    visitor, address = device(app), f"/r/{filed.code}/follow"
    assert visitor.sends(address, email="lan@vidu.vn").status_code == 422
    assert visitor.sends(address, email="lan", consent="yes").status_code == 422
    assert visitor.sends(address, email="lan@vidu.vn", consent="yes").status_code == 303
    assert people.public.report(filed.code)["followers"] == 1


@pytest.mark.parametrize(
    "typed", ["{0}", " {0} ", "{1}", "{2}", "Mã số {0}.", "http://1022.vn/r/{0}/t/abc"]
)
def test_a_code_is_found_however_it_is_typed(typed: str, people: People, filed: Filed) -> None:
    plain = filed.code.replace("-", "")
    code = typed.format(filed.code, " ".join(plain), f"{plain[:3]}–{plain[3:6]}.{plain[6:]}")
    answer = people.client.get("/r", query_string={"code": code})
    assert answer.status_code == 303
    assert people.client.get(answer.headers["Location"]).status_code == 200


def test_a_wrong_code_says_what_to_do_and_keeps_what_was_typed(app: Flask) -> None:
    visitor = device(app)
    for typed in ("482-913-557", "x", "", "<script>", "١٢٣٤٥٦٧٨٩٠", "1" * 5000):
        led = visitor.opens("/r", code=typed)
        assert led.status_code == 303
        answer = visitor.opens(led.headers["Location"])
        assert answer.status_code == 404
        assert "xin kiểm tra lại từng số" in words_of(answer)
        assert '<input id="code" name="code"' in answer.text
    assert 'value="482-913-557"' in visitor.opens("/r/482-913-557").text


def test_the_centres_share_of_the_work_has_words_too(app: Flask, people: People) -> None:
    odd = people.file(category=None, description="Chuyện lạ chưa rõ")
    assert people.operator.report(odd.code)["agency"]["code"] == CENTRE
    assert "đang tìm đúng đơn vị xử lý" in device(app, odd).reads(f"/r/{odd.code}")
