"""Following a report on a phone: without scripts, with photos made small, told by web push."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests import pictures
from tests.browser import service_worker
from tests.browser.opening import Opening
from tests.personas import Filed, People

QUESTION = "Trụ đèn số mấy ạ?"
ANSWER = "Trụ số 14, trước cổng trường."


@pytest.fixture
def asked(people: People) -> Filed:
    """A report whose agency has a question."""
    filed = people.file()
    people.officer.does(filed.code, "acknowledgement")
    people.officer.does(filed.code, "question", {"question": QUESTION})
    return filed


@pytest.fixture
def large_photo(tmp_path: Path) -> Path:
    """As a phone takes it: larger than is needed."""
    file = tmp_path / "tru-den.jpg"
    file.write_bytes(pictures.encoded(pictures.photograph(3200, 2400), quality=95))
    return file


def private_link(filed: Filed) -> str:
    token = (filed.reporter.authorization or "").removeprefix("Tracking ")
    return f"/r/{filed.code}/t/{token}"


def answer(page: Page, photo: Path) -> None:
    expect(page.get_by_role("heading", name="Trả lời đơn vị")).to_be_visible()
    expect(page.locator(".answered")).to_contain_text(QUESTION)
    page.get_by_label("Câu trả lời của anh/chị").fill(ANSWER)
    page.get_by_label("Ảnh", exact=True).set_input_files(photo)
    page.get_by_role("button", name="Gửi câu trả lời").click()
    expect(page.get_by_role("status").first).to_contain_text("Đã gửi câu trả lời")
    expect(page.locator(".timeline")).to_contain_text(ANSWER)


def test_a_question_is_answered_without_scripts(
    opening: Opening, people: People, asked: Filed, large_photo: Path
) -> None:
    page = opening(java_script_enabled=False)
    page.goto(private_link(asked))
    answer(page, large_photo)
    assert people.officer.report(asked.code)["status"] == "in_progress"


def test_photos_are_made_small_before_they_are_sent(
    page: Page, people: People, asked: Filed, large_photo: Path
) -> None:
    page.goto(private_link(asked))
    page.get_by_label("Ảnh", exact=True).set_input_files(large_photo)
    field = page.locator("#field-photos")
    expect(page.get_by_role("button", name="Gửi câu trả lời")).to_be_enabled()
    page.get_by_label("Câu trả lời của anh/chị").fill(ANSWER)
    assert field.evaluate("input => input.files[0].size") < large_photo.stat().st_size / 3
    page.get_by_role("button", name="Gửi câu trả lời").click()
    expect(page.get_by_role("status").first).to_contain_text("Đã gửi câu trả lời")
    (photo,) = people.officer.report(asked.code)["photos"]
    assert photo["role"] == "reply"


def test_what_waits_for_an_answer_is_found_from_the_first_page(page: Page, asked: Filed) -> None:
    page.goto(private_link(asked))
    page.goto("/mine")
    first = page.locator("main .card").first
    expect(first).to_contain_text("Đơn vị đang chờ câu trả lời")
    first.get_by_role("link").click()
    expect(page.get_by_role("heading", name="Trả lời đơn vị")).to_be_visible()


def test_a_message_appears_on_the_device(opening: Opening, asked: Filed) -> None:
    page = opening(permissions=["notifications"])
    page.goto(f"/r/{asked.code}")
    message = {"title": "Phản ánh", "body": QUESTION, "path": f"/r/{asked.code}", "lang": "vi"}
    (shown,) = service_worker.pushed(page, message)
    assert (shown["title"], shown["body"], shown["lang"]) == ("Phản ánh", QUESTION, "vi")
    assert shown["tag"] == message["path"], "the newest takes the place of the one before"
    assert shown["data"] == {"path": message["path"]}
