"""Following a report on a phone: without scripts, with photos made small, told by web push."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests import pictures
from tests.browser.opening import Opening
from tests.personas import Filed, People

DELIVERIES = 5  # a push service, too, hands over again; the later takes the place of the one before
SHOWN = """async () => {
  const registration = await navigator.serviceWorker.ready;
  for (let left = 100; left; left--) {
    const [one] = await registration.getNotifications();
    if (one) return { title: one.title, body: one.body, path: one.data.path };
    await new Promise((later) => setTimeout(later, 50));
  }
}"""
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


@pytest.mark.notices
def test_a_message_appears_on_the_device(opening: Opening, asked: Filed) -> None:
    page = opening(permissions=["notifications"])
    page.goto(f"/r/{asked.code}")
    message = {"title": "Phản ánh", "body": QUESTION, "path": f"/r/{asked.code}", "lang": "vi"}
    for _ in range(DELIVERIES):
        delivered(page, opening.address, message)
        if shown := page.evaluate(SHOWN):
            break
    assert shown == {name: message[name] for name in ("title", "body", "path")}


def delivered(page: Page, address: str, message: dict[str, str]) -> None:
    """Hand a message to the page's service worker, as a push service would."""
    session = page.context.new_cdp_session(page)
    registrations: list[Any] = []
    session.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda told: registrations.extend(told["registrations"]),
    )
    session.send("ServiceWorker.enable")
    page.evaluate("async () => { await navigator.serviceWorker.ready }")
    number = registrations[0]["registrationId"]
    session.send(
        "ServiceWorker.deliverPushMessage",
        {"origin": address, "registrationId": number, "data": json.dumps(message)},
    )
