"""A report on three screens: resolved by keyboard alone, not fixed, seen in the number."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit
from uuid import uuid4

import pytest
from playwright.sync_api import Page, expect

from tests import pictures
from tests.browser import keyboard
from tests.browser.past import photo
from tests.personas import LIGHTS, Filed, People

COUNTED_WITHIN_S = 30


@pytest.fixture
def dark_street(people: People) -> Filed:
    """A report with words that no other has, held by the company that runs the lights."""
    said = f"Đèn tắt {uuid4().hex[:8]}"
    return people.file_with_photos(photo(), description=said)


@pytest.fixture
def new_lamp(tmp_path: Path) -> Path:
    """A picture of the work done."""
    file = tmp_path / "new-lamp.jpg"
    file.write_bytes(pictures.jpeg(800, 600))
    return file


def test_an_officer_signs_in_by_keyboard_alone(desk: Page) -> None:
    desk.goto("/queue")
    keyboard.write(desk, desk.locator("[name=email]"), "officer@demo.example")
    keyboard.write(desk, desk.locator("[name=password]"), "demo-1022")
    desk.keyboard.press("Enter")
    desk.wait_for_url(lambda url: urlsplit(url).path == "/queue")


def test_an_officer_resolves_with_a_photo_by_keyboard_alone(
    signed_in: Callable[[str], Page], people: People, dark_street: Filed, new_lamp: Path
) -> None:
    desk = signed_in("officer")
    keyboard.answer_with(desk, new_lamp)
    desk.goto("/queue")
    desk.keyboard.press("/")
    desk.keyboard.type(people.officer.report(dark_street.code)["description"])
    desk.keyboard.press("Enter")
    row = desk.locator("[data-queue] h3 a")
    expect(row).to_have_count(1)
    desk.keyboard.press("j")
    expect(row).to_be_focused()
    desk.keyboard.press("Enter")
    resolve(desk)
    expect(desk.locator(".note.good")).to_be_visible()
    report = people.officer.report(dark_street.code)
    assert report["status"] == "resolved"
    assert [shown["role"] for shown in report["photos"]].count("after") == 1


def resolve(page: Page) -> None:
    """The form of the result, from its line among the acts to its button."""
    act = page.locator("#act-resolve")
    keyboard.use(page, act.locator("summary").first)
    fixed = act.locator("[name='resolve.kind'][value=fixed]")
    keyboard.tab_to(page, act.locator("[name='resolve.kind']").first)
    page.keyboard.press("Space")
    keyboard.walk(page, "ArrowDown", fixed.is_checked)
    keyboard.write(page, act.locator("[name='resolve.note']"), "Đã thay bóng mới")
    keyboard.choose_file(page, act.locator("[name='resolve.photos']"))
    keyboard.use(page, act.locator("form > p button").first)


def say_that_it_is_not_fixed(page: Page, report: Filed) -> None:
    """On a phone, by the private link."""
    page.goto(f"/r/{report.code}/t/{report.answer['tracking_token']}")
    page.locator("[name=fixed][value=false]").check()
    page.locator("[name=rating][value='2']").check()
    page.locator("[name=comment]").fill("Vẫn tối")
    page.locator("form:has([name=fixed]) button").click()
    expect(page.locator(".note.good")).to_be_visible()


@pytest.fixture
def answered(people: People, dark_street: Filed) -> Filed:
    """The officer says that it is done."""
    people.officer.does(dark_street.code, "resolution", {"kind": "answered", "note": "Đã xem"})
    return dark_street


def test_what_a_citizen_says_is_not_fixed_goes_back_to_work(
    people: People, answered: Filed, page: Page
) -> None:
    say_that_it_is_not_fixed(page, answered)
    assert people.officer.report(answered.code)["status"] == "assigned"


def test_a_leader_sees_it_in_the_number_and_clicks_through_to_it(
    signed_in: Callable[[str], Page], answered: Filed, page: Page
) -> None:
    say_that_it_is_not_fixed(page, answered)
    leader = signed_in("leader")
    leader.goto("/figures")
    leader.get_by_role("link", name="Xem mọi đơn vị").click()
    leader.wait_for_url("**/figures/agencies*")
    number = leader.locator(f"main a[href*='agency={LIGHTS}'][href$='measure=reopened_rate']")
    listed = leader.locator("main").get_by_text(answered.code)
    until = time.monotonic() + COUNTED_WITHIN_S
    while not listed.count() and time.monotonic() < until:
        leader.goto("/figures/agencies")
        number.click()
        leader.wait_for_url("**/figures/reports**")
    expect(listed).to_be_visible()
    leader.get_by_role("link", name=answered.code).click()
    expect(leader.locator("main")).to_contain_text(answered.code)
