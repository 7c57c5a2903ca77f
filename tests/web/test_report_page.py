"""The page of a report: what the links in notices open."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from werkzeug.test import TestResponse

from tests.personas import CONTACT, LIGHT, MONDAY, Filed, People, work_outbox
from tests.pictures import HTML, jpeg

ATTACK = HTML.decode()
FOREIGN = re.compile('<script(?! type="module" src="/static/)')  # any but a module of ours


def opened(people: People, path: str, language: str = "vi") -> TestResponse:
    return people.client.get(path, query_string={"lang": language})


def page(people: People, code: str, language: str = "vi") -> str:
    answer = opened(people, f"/r/{code}", language)
    assert (answer.status_code, answer.mimetype) == (200, "text/html")
    return html.unescape(re.sub(r"\s+", " ", answer.text))


def test_the_page_says_in_words_who_has_the_report_and_until_when(
    people: People, filed: Filed
) -> None:
    shown = page(people, filed.code)
    assert f'<span class="code">{filed.code}</span>' in shown
    assert '<span class="tag accent status">Đã chuyển xử lý</span>' in shown
    lead = re.search(r'<p class="lead">(.*?)</p>', shown)
    said = re.sub(r"<[^>]+>", "", lead[1] if lead else "")
    who = re.escape(filed.answer["agency"]["name"])
    until = r"hẹn có kết quả trước \d\d:\d\d thứ \w+, ngày \d\d/03/2026\."
    assert re.fullmatch(f"Phản ánh đã đến {who}, {until}", said)
    assert filed.answer["category"]["name"] in shown
    assert filed.answer["area"]["name"] in shown
    assert "Đèn tắt ba đêm" in shown


def test_codes_are_read_with_and_without_dashes(people: People, filed: Filed) -> None:
    def told(shown: str) -> str:
        return re.sub(r'(data-token|value)="[0-9a-f]{64}"', "", shown)

    assert told(page(people, filed.code)) == told(page(people, filed.code.replace("-", "")))


def test_the_page_is_in_the_readers_language(people: People, filed: Filed) -> None:
    assert '<html lang="vi">' in page(people, filed.code)
    english = page(people, filed.code, "en")
    assert '<html lang="en">' in english
    assert "result is promised by" in english
    kept = people.client.get(f"/r/{filed.code}")  # by the cookie of this device
    assert '<html lang="en">' in kept.text
    assert kept.headers["Content-Language"] == "en"
    assert "Cookie" in kept.headers["Vary"]


def test_the_timeline_is_an_ordered_list_of_what_the_public_may_know(
    people: People, filed: Filed
) -> None:
    people.officer.does(filed.code, "acknowledgement")
    people.officer.does(filed.code, "notes", {"note": "chỉ để nội bộ"})
    shown = page(people, filed.code)
    timeline = shown.partition('<ol class="timeline">')[2].partition("</ol>")[0]
    entries = re.findall(r"<h3>([^<]+)</h3>", timeline)
    who = filed.answer["agency"]["name"]
    assert entries == [f"Phản ánh được gửi đến {who}", f"{who} đã nhận việc"]
    assert "chỉ để nội bộ" not in shown


def test_the_page_names_no_reporter_and_takes_no_markup(people: People) -> None:
    filed = people.file(description=f"{ATTACK} gọi 0912345678", reporter=CONTACT)
    raw = opened(people, f"/r/{filed.code}").text
    assert FOREIGN.search(raw) is None
    assert html.escape(ATTACK) in raw
    for secret in ("0912345678", CONTACT["name"], CONTACT["email"]):
        assert secret not in raw


def test_the_page_shows_the_place_on_a_map_and_in_words(people: People, filed: Filed) -> None:
    shown = page(people, filed.code)
    where = filed.answer["location"]
    canvas = re.search(r'<div class="map low" id="report-map"[^>]*>', shown)
    assert canvas and 'data-metres="0"' in canvas[0]
    assert f'data-lat="{where["lat"]}"' in canvas[0]
    assert f"{where['lat']:.5f}, {where['lon']:.5f}" in shown
    assert "chỉ vẽ ranh giới và tên xã, phường" in shown  # no streets, as no tiles are named


def test_a_place_that_is_kept_private_is_shown_roughly_to_strangers(people: People) -> None:
    filed = people.file(category="khac")
    shown = page(people, filed.code)
    rough = people.public.report(filed.code)["location"]
    assert 'data-metres="100"' in shown
    assert f'data-lat="{rough["lat"]}"' in shown
    assert "chỉ được chỉ gần đúng, trong khoảng 100 m" in shown
    assert rough != LIGHT["location"]
    assert f'data-lat="{LIGHT["location"]["lat"]}"' not in shown
    assert "Tọa độ" not in shown


def test_what_was_taken_back_is_on_no_map_for_strangers(people: People, filed: Filed) -> None:
    filed.reporter.does(filed.code, "withdrawal", {"note": "Đã tự sửa"})
    assert "report-map" not in page(people, filed.code)


def test_an_unsorted_report_is_headed_like_any_other(people: People) -> None:
    filed = people.file(category=None)
    shown = page(people, filed.code)
    assert "<h1>Chưa phân loại, Phường Long Hoa</h1>" in shown
    assert 'status">Mới tiếp nhận<' in shown


def test_photos_are_shown_small_lead_to_the_large_and_are_named(people: People) -> None:
    filed = people.file_with_photos(jpeg())
    assert "<img" not in page(people, filed.code)  # not looked through yet
    work_outbox()
    shown = page(people, filed.code)
    (photo,) = people.public.report(filed.code)["photos"]
    assert f'<a href="{photo["urls"]["large"]}" aria-label="Ảnh hiện trường 1, mở ' in shown
    assert f'<img src="{photo["urls"]["small"]}"' in shown
    assert 'alt="Ảnh hiện trường 1"' in shown


def test_an_overdue_report_says_so(
    people: People, filed: Filed, moved_clock: Callable[[datetime], None]
) -> None:
    assert "Đã quá ngày hẹn" not in page(people, filed.code)
    moved_clock(MONDAY + timedelta(days=60))
    assert "Đã quá ngày hẹn" in page(people, filed.code)


def test_a_report_with_a_result_says_what_came_of_it(people: People, filed: Filed) -> None:
    people.officer.does(filed.code, "acknowledgement")
    planned = {"kind": "planned", "note": "Chờ đèn mới.", "planned_for": "2026-04-01"}
    people.officer.does(filed.code, "resolution", planned)
    shown = page(people, filed.code)
    assert "đã đưa vào kế hoạch, dự kiến thực hiện" in shown
    assert "ngày 01/04/2026" in shown
    assert "Chờ đèn mới." in shown


@pytest.mark.parametrize("code", ["483-920-1158", "x", "<script>"])
def test_an_unknown_code_is_answered_by_a_page_in_words(people: People, code: str) -> None:
    answer = opened(people, f"/r/{code}")
    assert (answer.status_code, answer.mimetype) == (404, "text/html")
    assert "Không tìm thấy phản ánh" in answer.text
    assert FOREIGN.search(answer.text) is None
    assert "Report not found" in opened(people, f"/r/{code}", "en").text


def test_a_restricted_report_does_not_exist_here_whoever_asks(people: People, filed: Filed) -> None:
    hidden = {"to": "Thanh tra", "reason": "khiếu nại", "restricted": True}
    people.operator.does(filed.code, "referral", hidden)
    for authorization in (None, people.operator.authorization, filed.reporter.authorization):
        headers = {"Authorization": authorization} if authorization else {}
        assert people.client.get(f"/r/{filed.code}", headers=headers).status_code == 404


@pytest.mark.parametrize("path", ["/", "/r/{code}", "/r/x", "/sign-in", "/styleguide"])
def test_the_pages_may_load_nothing_but_their_own(people: People, filed: Filed, path: str) -> None:
    answer = opened(people, path.format(code=filed.code))
    policy = answer.headers["Content-Security-Policy"]
    assert policy.startswith("default-src 'none'; script-src 'self'; style-src 'self'; img-src ")
    assert "unsafe" not in policy
    assert "http" not in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert FOREIGN.search(answer.text) is None
    assert " style=" not in answer.text
