"""The public map in a real browser: by keyboard, without scripts, and back to where one was."""

from __future__ import annotations

import re
from itertools import combinations
from math import hypot

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


def test_a_mark_at_the_edge_keeps_the_focus_when_the_map_moves_to_show_it(
    desk: Page, marks: Locator
) -> None:
    box = desk.locator("#reports-map").bounding_box()
    assert box is not None
    degree = 2**16 * 256 / 360  # px, at zoom 16
    desk.goto("about:blank")  # else the same page is kept, only its place in the address changes
    desk.goto(f"/map#16/{SPOT['lat']}/{SPOT['lon'] + (box['width'] / 2 - 5) / degree}")
    expect(marks).to_have_count(1)
    with desk.expect_response("**/map/clusters.json*") as asked:
        marks.focus()
    asked.value.finished()
    expect(desk).to_have_url(re.compile(r"/map#"))
    expect(marks).to_be_focused()
    place = marks.bounding_box()
    assert place is not None
    assert place["x"] >= box["x"], "the map moved along"


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


def test_circles_of_neighbouring_cells_never_cover_each_other(desk: Page, people: People) -> None:
    border = 3860 * 360 / 2**12 * 80 / 256  # degrees east, between two cells at zoom 12
    for off in (-0.002, -0.001, 0.001, 0.002):
        people.file(location={"lat": 11.301, "lon": round(border + off, 6)})
    desk.goto(f"/map#12/11.3/{border}")
    circles = desk.locator("#reports-map .map-cluster")
    expect(circles.nth(1)).to_be_visible()
    boxes = [circle.bounding_box() for circle in circles.all()]
    rounds = [(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, box["width"])
              for box in boxes if box]  # fmt: skip
    for (x, y, wide), (other_x, other_y, other) in combinations(rounds, 2):
        assert hypot(x - other_x, y - other_y) >= (wide + other) / 2


def test_the_commune_in_view_is_named_and_the_lack_of_streets_is_said(desk: Page) -> None:
    desk.goto(NEAR)
    expect(desk.locator("#reports-map .map-where")).to_have_text(re.compile("^(Xã|Phường) "))
    expect(desk.get_by_text("không có tên đường")).to_be_visible()


def test_a_report_shows_where_it_lies_and_the_page_scrolls_on_over_it(
    page: Page, one: Filed
) -> None:
    page.goto(f"/r/{one.code}")
    page.locator("#report-map").scroll_into_view_if_needed()
    expect(page.locator("#report-map .map-pin")).to_be_visible()
    expect(page.locator("#report-map .map-where")).to_be_visible()


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
