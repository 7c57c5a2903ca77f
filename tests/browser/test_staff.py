"""A working day at the queue: by keyboard, with drafts that stay, and colleagues in sight."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.personas import Filed, People

SignedIn = Callable[[str], Page]


@pytest.fixture
def new(people: People) -> Filed:
    """A report that nobody has touched."""
    return people.file()


def test_the_queue_is_walked_and_left_by_keys(signed_in: SignedIn, new: Filed) -> None:
    page = signed_in("officer")
    page.goto(f"/queue?q={new.code}")
    page.keyboard.press("j")
    page.keyboard.press("x")
    expect(page.locator("[data-queue] input")).to_be_checked()
    expect(page.locator("[data-chosen]")).to_have_text("(1)")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/work/"))
    page.keyboard.press("u")
    page.wait_for_url(re.compile(f"/queue.*q={new.code}"))


def test_one_report_leads_to_the_next_of_the_queue_and_many_are_acted_on_by_keys(
    signed_in: SignedIn, people: People
) -> None:
    first, second = people.file(), people.file()
    page = signed_in("officer")
    page.goto("/queue")
    codes = page.locator("[data-queue] .code").all_text_contents()
    earlier, later = sorted((first.code, second.code), key=codes.index)
    assert codes.index(later) == codes.index(earlier) + 1, "both were filed just now"
    page.goto(f"/work/{earlier}")
    page.keyboard.press("j")
    page.wait_for_url(re.compile(f"/work/{later}"))
    page.keyboard.press("k")
    page.wait_for_url(re.compile(f"/work/{earlier}"))
    page.goto("/queue")
    page.keyboard.press("b")
    expect(page.locator("#field-action")).to_be_visible()


def test_keys_rest_while_somebody_types_and_can_be_switched_off(
    signed_in: SignedIn, new: Filed
) -> None:
    page = signed_in("officer")
    page.goto("/queue")
    page.keyboard.press("/")
    page.keyboard.type("jkx?")
    expect(page.locator("#field-q")).to_have_value("jkx?")
    expect(page.locator("#keys")).to_be_hidden()
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    page.locator("#keys-on").uncheck()
    page.keyboard.press("Escape")
    page.reload()
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_hidden()


def test_a_note_survives_a_closed_page_and_names_a_colleague(
    signed_in: SignedIn, new: Filed
) -> None:
    page = signed_in("officer")
    page.goto(f"/work/{new.code}")
    page.keyboard.press("n")
    field = page.locator("#field-note-note")
    expect(field).to_be_focused()
    page.keyboard.type("Nhờ @")
    expect(page.locator("#field-note-note-names")).to_be_visible()
    page.keyboard.press("Enter")
    expect(field).to_have_value(re.compile(r"^Nhờ @\S.+ $"))
    expect(page.locator("#act-note [data-kept]")).to_have_text("Đã lưu nháp.")
    kept = field.input_value().strip()
    again = signed_in("officer")
    again.goto(f"/work/{new.code}")
    expect(again.locator("#field-note-note")).to_have_value(re.compile(f"^{re.escape(kept)}"))


def test_a_template_begins_the_words_of_a_result(signed_in: SignedIn, new: Filed) -> None:
    page = signed_in("officer")
    page.goto(f"/work/{new.code}/resolve")
    act = page.locator("#act-resolve")
    act.locator(".work-templates summary").click()
    title = act.locator("[data-insert]").first
    words = title.get_attribute("data-text") or ""
    title.click()
    expect(page.locator("#field-resolve-note")).to_have_value(words)


def test_two_on_one_report_see_each_other(signed_in: SignedIn, new: Filed) -> None:
    first, second = signed_in("officer"), signed_in("head")
    with first.expect_response("**/here"):
        first.goto(f"/work/{new.code}")
    for _ in range(5):  # nobody waits for the queue server: while it is slow nobody is shown
        second.goto(f"/work/{new.code}")
        if "đang mở phản ánh này" in second.locator("[data-here]").inner_text():
            break
        first.reload()
    expect(second.locator("[data-here]")).to_contain_text("đang mở phản ánh này")


def test_the_map_opens_when_it_is_asked_for(signed_in: SignedIn, new: Filed) -> None:
    page = signed_in("officer")
    page.goto(f"/work/{new.code}")
    expect(page.locator(".leaflet-container")).to_have_count(0)
    page.locator("[data-map-opens] > summary").click()
    expect(page.locator(".leaflet-container .map-pin")).to_be_visible()
