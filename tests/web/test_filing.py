"""/file: a report by a form without any script, once, and never losing what was typed."""

from __future__ import annotations

import html
import re
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from reports_service.core.db import db
from reports_service.reports.models import Report
from reports_service.reports.tracking import token_of
from tests.personas import CONTACT, MONDAY, People
from tests.pictures import HTML, LONG_HOA, jpeg
from tests.statements import statements
from tests.web.filing import OUT, SCRIPT, fill_in, hidden, send, words, wrong

DONE = re.compile(r"/done/(\d{3}-\d{3}-\d{4})$")
POINT = {"location.lat": str(LONG_HOA[0]), "location.lon": str(LONG_HOA[1])}
ATTACK = HTML.decode()


@pytest.fixture
def citizen(app: Flask, people: People) -> FlaskClient:
    """A browser of somebody who was never here."""
    return app.test_client()


def count() -> int:
    return db.session.scalar(select(func.count()).select_from(Report)) or 0


def newest() -> Report:
    return db.session.scalars(select(Report).order_by(Report.id.desc()).limit(1)).one()


def code_of(answer) -> str:
    assert answer.status_code == 303, words(answer)
    return DONE.search(answer.headers["Location"])[1]


def test_a_report_with_a_photo_is_filed_without_any_script(citizen: FlaskClient) -> None:
    answer = fill_in(citizen, jpeg(), **OUT)
    code = code_of(answer)
    report = newest()
    assert (report.code, report.channel, report.language) == (code.replace("-", ""), "web", "vi")
    assert (report.description, report.address) == ("Đèn tắt ba đêm", "trước số 12")
    assert len(report.photos) == 1
    done = citizen.get(answer.headers["Location"])
    assert f'<p class="code code-large">{code}</p>' in done.text
    assert "Hẹn có kết quả trước" in words(done)
    assert f"/r/{code}/t/{token_of(report)}" in done.text
    assert '<svg role="img"' in done.text
    assert "style=" not in done.text


def test_the_page_is_whole_without_a_script(citizen: FlaskClient) -> None:
    page = citizen.get("/file")
    for name in ("photos", "area", "address", "description", "category", "reporter.phone"):
        assert f'name="{name}"' in page.text
    assert re.search(r'<optgroup label="Hạ tầng đô thị">\s*<option value="den-duong"', page.text)
    assert '<option value="25630">Phường Long Hoa</option>' in page.text
    assert " style=" not in page.text
    assert "onclick" not in page.text


def test_the_device_remembers_its_report_in_a_cookie_that_no_script_reads(
    citizen: FlaskClient,
) -> None:
    answer = fill_in(citizen, **OUT)
    cookie = next(c for c in answer.headers.getlist("Set-Cookie") if c.startswith("mine="))
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert token_of(newest()) in cookie


def test_the_done_page_of_a_foreign_report_is_its_public_page(
    app: Flask, citizen: FlaskClient
) -> None:
    code = code_of(fill_in(citizen, **OUT))
    stranger = app.test_client().get(f"/done/{code}")
    assert stranger.headers["Location"] == f"/r/{code}"


def test_the_category_asks_its_questions_on_a_second_page_that_keeps_the_photo(
    citizen: FlaskClient,
) -> None:
    more = fill_in(citizen, jpeg(), **{**OUT, "category": "nap-ho-ga"})
    assert more.status_code == 200
    assert "Trên nắp ghi của đơn vị nào?" in words(more)
    before = count()
    answer = send(citizen, {**hidden(more), "answers.loai-nap": "dien", "answers.mat-han": "yes"})
    code_of(answer)
    report = newest()
    assert count() == before + 1
    assert {a["code"]: a["value"] for a in report.answers} == {"loai-nap": "dien", "mat-han": True}
    assert len(report.photos) == 1
    assert report.photos[0].attachment.reason is None


def test_what_is_near_is_shown_before_it_is_sent_again(
    people: People, citizen: FlaskClient
) -> None:
    there = people.file()
    more = fill_in(citizen, **{**OUT, **POINT})
    assert more.status_code == 200
    assert there.code in more.text
    assert re.search(r"Cách khoảng \d+ mét", words(more))
    token = re.search(r'id="me-too".*?value="(\w+)"', more.text, re.S)[1]
    answer = citizen.post("/file/me-too", data={"form_token": token, "code": there.code})
    assert answer.headers["Location"] == f"/r/{there.code}?done=filing_counted"
    assert "anh/chị cũng gặp việc này" in words(citizen.get(answer.headers["Location"]))
    assert people.public.report(there.code)["followers"] == 1
    citizen.post("/file/me-too", data={"form_token": token, "code": there.code})
    assert people.public.report(there.code)["followers"] == 1
    lost = citizen.post("/file/me-too", data={"form_token": token, "code": "123"})
    assert lost.status_code == 404


def test_restricted_reports_are_near_nobody(people: People, citizen: FlaskClient) -> None:
    people.file(category="gay-roi")
    code_of(fill_in(citizen, **{**OUT, **POINT, "category": "gay-roi"}))


def test_the_same_form_sent_twice_files_once(citizen: FlaskClient) -> None:
    form = hidden(citizen.get("/file")) | OUT
    before = count()
    first = code_of(send(citizen, form, [jpeg()]))
    assert code_of(send(citizen, form, [jpeg()])) == first
    assert count() == before + 1


def test_a_form_that_was_sent_and_changed_asks_once_more_and_then_files_anew(
    citizen: FlaskClient,
) -> None:
    form = hidden(citizen.get("/file")) | OUT
    first = code_of(send(citizen, form))
    again = send(citizen, {**form, "description": "Một việc khác"})
    assert again.status_code == 422
    assert "đã gửi xong rồi" in words(again)
    assert (
        code_of(send(citizen, {**form, **hidden(again), "description": "Một việc khác"})) != first
    )


@pytest.mark.parametrize(
    ("fields", "field", "said"),
    [
        ({"description": ""}, "field-description", "Xin mô tả sự việc"),
        ({"description": "x" * 5001}, "field-description", "dài quá"),
        ({"address": "x" * 301}, "field-address", "dài quá"),
        ({"address": "a\x00b"}, "field-address", "ký tự lạ"),
        ({"area": ""}, "field-location", "Xin cho biết việc này ở đâu"),
        ({"area": "99999"}, "field-area", "Xin chọn lại"),
        ({"category": "khong-co"}, "field-category", "Không còn loại việc này"),
        ({"location.lat": "abc", "location.lon": "106.1"}, "field-location", "chưa đúng"),
        ({"location.lat": "11.3"}, "field-location", "chưa đúng"),
        ({"location.lat": "nan", "location.lon": "nan"}, "field-location", "chưa đúng"),
        ({"location.lat": "48.8", "location.lon": "2.3"}, "field-location", "ngoài tỉnh"),
        ({"location.lat": "106.13", "location.lon": "11.28"}, "field-location", "chưa đúng"),
        ({"reporter.phone": "12", "reporter.consent": "yes"}, "field-reporter-phone", "Số điện"),
        ({"reporter.email": "hoa@", "reporter.consent": "yes"}, "field-reporter-email", "thư điện"),
        ({"reporter.name": "x" * 201, "reporter.consent": "yes"}, "field-reporter-name", "dài quá"),
        ({"reporter.phone": "0912345678"}, "field-reporter-consent", "Xin đánh dấu đồng ý"),
        ({"reporter.consent": "maybe"}, "field-reporter-consent", ""),
    ],
)
def test_bad_input_comes_back_filled_in_with_words_beside_its_field(
    citizen: FlaskClient, fields: dict[str, str], field: str, said: str
) -> None:
    before = count()
    kept = {"address": "trước số 12", "reporter.name": "Lê Hoà", **fields}
    photos = () if fields == {"description": ""} else (jpeg(),)
    again = fill_in(citizen, *photos, **{**OUT, **kept})
    assert again.status_code == 422
    assert count() == before
    assert said in wrong(again)[field]
    assert f'id="{field}"' in again.text
    assert f'id="{field}-wrong"' in again.text
    for name in set(kept) - set(fields):
        assert kept[name] in words(again)


def test_a_point_that_cannot_be_meant_is_let_go(citizen: FlaskClient) -> None:
    away = {"location.lat": "48.8", "location.lon": "2.3"}
    again = fill_in(citizen, **{**OUT, **away})
    code_of(send(citizen, {**hidden(again), **OUT}))


def test_mended_the_form_is_filed_with_the_photos_of_the_first_try(citizen: FlaskClient) -> None:
    again = fill_in(citizen, jpeg(), jpeg(320, 240), **{**OUT, "reporter.phone": "12"})
    assert "Đã giữ 2 ảnh" in words(again)
    mended = {**hidden(again), **OUT, "reporter.phone": "0912 345 678", "reporter.consent": "yes"}
    code_of(send(citizen, mended))
    assert [photo.attachment.reason for photo in newest().photos] == [None, None]


def test_a_wrong_answer_comes_back_with_its_question(citizen: FlaskClient) -> None:
    more = fill_in(citizen, **{**OUT, "category": "nap-ho-ga"})
    again = send(citizen, {**hidden(more), "answers.loai-nap": "khong-co"})
    assert again.status_code == 422
    assert "chưa đúng dạng" in wrong(again)["field-answers-loai-nap"]
    assert "Đèn tắt ba đêm" in words(again)


def test_answers_to_the_questions_of_another_category_do_not_count(citizen: FlaskClient) -> None:
    code_of(fill_in(citizen, **{**OUT, "answers.loai-nap": "dien"}))
    assert newest().answers == []


def test_a_file_that_is_no_photo_does_not_cost_the_report(citizen: FlaskClient) -> None:
    answer = fill_in(citizen, HTML, **OUT)
    code_of(answer)
    assert "nhưng một ảnh thì không" in words(citizen.get(answer.headers["Location"]))


def test_an_empty_form_is_told_all_that_is_missing_at_once(citizen: FlaskClient) -> None:
    again = fill_in(citizen, **{"reporter.phone": "12", "reporter.consent": "yes"})
    assert again.status_code == 422
    assert set(wrong(again)) == {"field-description", "field-location", "field-reporter-phone"}
    assert "Xin mô tả sự việc" in wrong(again)["field-description"]
    assert "Xin cho biết việc này ở đâu" in wrong(again)["field-location"]


def test_a_file_that_is_no_photo_is_said_as_soon_as_a_page_is_shown_again(
    citizen: FlaskClient,
) -> None:
    again = fill_in(citizen, HTML, jpeg(), **{**OUT, "area": ""})
    assert "Không giữ được «0.jpg»." in wrong(again)["field-photos"]
    assert "không phải là ảnh" in wrong(again)["field-photos"]
    assert "Đã giữ 1 ảnh" in words(again)
    code_of(send(citizen, {**hidden(again), **OUT}))
    assert [photo.attachment.reason for photo in newest().photos] == [None]


def test_the_page_of_questions_says_which_file_is_no_photo(citizen: FlaskClient) -> None:
    more = fill_in(citizen, HTML, **{**OUT, "category": "nap-ho-ga"})
    assert "Không giữ được «0.jpg»." in words(more)
    assert "Đã giữ" not in words(more)


def test_the_private_link_stands_as_text_on_the_phone_that_filed(citizen: FlaskClient) -> None:
    done = citizen.get(fill_in(citizen, **{**OUT, "category": ""}).headers["Location"])
    link = re.search(r'<input id="private-link" readonly value="([^"]+)"', done.text)
    assert link
    assert citizen.get(urlsplit(html.unescape(link[1])).path).status_code == 303
    assert "1022 sẽ phân loại" in words(done)


def test_a_photo_alone_is_enough(citizen: FlaskClient) -> None:
    code_of(fill_in(citizen, jpeg(), area="25630"))


def test_without_a_category_the_centre_chooses(citizen: FlaskClient) -> None:
    code_of(fill_in(citizen, **{**OUT, "category": ""}))
    assert newest().status == "new"


def test_a_form_without_its_token_is_refused(citizen: FlaskClient) -> None:
    before = count()
    form = hidden(citizen.get("/file")) | OUT
    assert send(citizen, {**form, "form_token": "00" * 32}).status_code == 403
    assert send(citizen, {k: v for k, v in form.items() if k != "form_token"}).status_code == 403
    assert count() == before


def test_what_was_typed_stands_as_text(citizen: FlaskClient) -> None:
    again = fill_in(citizen, **{**OUT, "description": ATTACK, "address": ATTACK, "area": ""})
    assert "<script>alert" not in again.text
    more = fill_in(citizen, **{**OUT, "description": ATTACK, "category": "nap-ho-ga"})
    assert "<script>alert" not in more.text


def test_the_reporter_is_kept_with_consent_and_stands_on_no_page(citizen: FlaskClient) -> None:
    contact = {f"reporter.{name}": value for name, value in CONTACT.items()}
    answer = fill_in(citizen, **{**OUT, **contact, "reporter.consent": "yes"})
    code = code_of(answer)
    assert newest().reporter is not None
    for path in (answer.headers["Location"], f"/r/{code}"):
        page = words(citizen.get(path))
        assert CONTACT["phone"] not in page
        assert CONTACT["name"] not in page


def test_a_script_gets_json_and_the_same_cookie(citizen: FlaskClient) -> None:
    form = hidden(citizen.get("/file")) | OUT
    first = send(citizen, form, headers=SCRIPT)
    assert first.status_code == 201
    assert set(first.json) == {"code", "tracking_token", "promised_by", "next"}
    assert first.json["next"] == f"/done/{first.json['code']}"
    assert "mine=" in first.headers["Set-Cookie"]
    again = send(citizen, form, headers=SCRIPT)
    assert (again.status_code, again.json) == (200, first.json)


def test_a_script_is_not_asked_a_second_page(citizen: FlaskClient) -> None:
    answer = fill_in(citizen, headers=SCRIPT, **{**OUT, "category": "nap-ho-ga"})
    assert answer.status_code == 201


def test_a_script_is_refused_by_problem_documents(citizen: FlaskClient) -> None:
    answer = fill_in(citizen, headers=SCRIPT, **{**OUT, "reporter.phone": "12"})
    assert (answer.status_code, answer.mimetype) == (422, "application/problem+json")
    assert [error["field"] for error in answer.json["errors"]] == ["reporter.phone"]
    foreign = send(citizen, {**OUT, "form_token": "00"}, headers=SCRIPT)
    assert (foreign.status_code, foreign.json["code"]) == (403, "form_foreign")


def test_a_link_may_name_the_category_and_the_place(citizen: FlaskClient) -> None:
    page = citizen.get("/file?category=den-duong&area=25630&location.lat=11.28&reporter.phone=1")
    assert re.search(r'<option value="25630" selected', page.text)
    assert re.search(r'<option value="den-duong"[^>]* selected', page.text)
    assert hidden(page)["location.lat"] == "11.28"
    assert 'name="reporter.phone" type="tel" value=""' in page.text


def test_the_form_asks_the_database_nothing(citizen: FlaskClient) -> None:
    citizen.get("/file")  # what is in memory is in memory now
    with statements() as sent:
        citizen.get("/file")
    assert [one for one in sent if one.startswith("SELECT")] == []


def test_the_form_is_in_english_too(citizen: FlaskClient) -> None:
    page = citizen.get("/file?lang=en")
    assert "Report something" in words(page)
    assert "Street lights" in words(page)
    code_of(fill_in(citizen, **OUT))
    assert newest().language == "en"


def test_the_first_page_leads_to_the_form_and_counts_what_is_ones_own(
    citizen: FlaskClient,
) -> None:
    assert 'class="button large" href="/file"' in citizen.get("/").text
    code_of(fill_in(citizen, **OUT))
    assert re.search(r'href="/mine">Phản ánh của tôi <strong>1</strong>', citizen.get("/").text)


def test_the_promised_date_is_the_reports_own(citizen: FlaskClient) -> None:
    answer = fill_in(citizen, headers=SCRIPT, **OUT)
    assert answer.json["promised_by"] > MONDAY.isoformat()[:10]
