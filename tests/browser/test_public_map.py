"""The public map in a real browser: by keyboard, without scripts, and back to where one was."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.opening import Opening
from tests.browser.past import Past
from tests.browser.running import Running
from tests.personas import Filed, People

SPOT = {"lat": 11.3123, "lon": 106.0987}  # where no other report lies
NEAR = "/map#16/11.3123/106.0987"


@pytest.fixture(scope="module")
def one(service: Running) -> Filed:
    """A report that lies apart from all others."""
    with service.app.app_context():
        return People(service.app).file(location=SPOT)


@pytest.fixture
def marks(desk: Page, one: Filed) -> Locator:
    """The mark of that report."""
    desk.goto(NEAR)
    found = desk.locator("#reports-map .map-mark")
    expect(found).to_have_count(1)
    return found


def test_a_mark_opens_its_card_by_keyboard_and_escape_closes_it(
    desk: Page, marks: Locator, one: Filed
) -> None:
    marks.first.focus()
    desk.keyboard.press("Enter")
    link = desk.locator(".map-card strong a")
    expect(link).to_be_focused()
    expect(link).to_have_attribute("href", f"/r/{one.code}")
    desk.keyboard.press("Escape")
    expect(desk.locator(".map-card")).to_have_count(0)
    assert desk.evaluate("document.activeElement.closest('#reports-map') !== null")


def test_every_mark_says_in_words_what_it_stands_for(desk: Page, marks: Locator) -> None:
    for mark in desk.locator("#reports-map .leaflet-marker-icon[role=button]").all():
        assert re.search(r"\w{2}", mark.get_attribute("aria-label") or mark.inner_text())


def test_a_mark_of_many_opens_closer(desk: Page, one: Filed, month: Past) -> None:
    desk.goto("/map")
    many = desk.locator("#reports-map .map-cluster").first
    expect(many).to_be_visible()
    before = desk.url
    many.focus()
    desk.keyboard.press("Enter")
    expect(desk).not_to_have_url(before)


def test_a_mark_of_many_at_one_spot_leads_to_their_list(desk: Page, month: Past) -> None:
    desk.goto("/map#16/11.2871/106.1312")
    many = desk.locator("#reports-map .map-cluster")
    expect(many).to_have_count(1)
    many.click()
    expect(desk).to_have_url(re.compile(r"/reports\?bbox="))
    expect(desk.locator(".report-item").nth(1)).to_be_visible()


def test_the_way_to_the_list_follows_the_view_and_holds_the_same(
    desk: Page, marks: Locator
) -> None:
    status = desk.locator("#map-status")
    expect(status).to_have_text(re.compile(r"^\d+ "))
    number = int((status.text_content() or "").split()[0])
    desk.locator("[data-as-list-of-view]").click()
    expect(desk.locator(".report-item")).to_have_count(min(number, 20))


def test_going_back_from_a_report_finds_the_same_view(desk: Page, marks: Locator) -> None:
    view = desk.url
    marks.first.focus()
    desk.keyboard.press("Enter")
    desk.locator(".map-card .button").click()
    expect(desk).to_have_url(re.compile("/r/"))
    desk.go_back()
    expect(marks.first).to_be_visible()
    assert desk.url.partition("#")[2].split("/")[0] == view.partition("#")[2].split("/")[0]


def test_without_scripts_the_map_leads_to_the_list(opening: Opening, month: Past) -> None:
    page = opening(java_script_enabled=False)
    page.goto("/map?state=open")
    page.locator("#reports-map a").click()
    expect(page).to_have_url(re.compile(r"/reports\?state=open$"))
    expect(page.locator(".report-item").first).to_be_visible()
