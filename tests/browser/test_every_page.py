"""Every page holds to what people need who see, hear, move or read otherwise: in both languages,
by day and by night, on a phone and at a desk.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, ViewportSize

from tests.architecture.test_routes import pages
from tests.browser import looking
from tests.browser.chromium import DESK, NARROWEST, PHONE
from tests.browser.every_page import NO_PAGES, PAGES, Shown
from tests.browser.opening import Opening
from tests.browser.past import Past
from tests.browser.running import Running

HALF_A_DESK: ViewportSize = {"width": 640, "height": 450}  # what 200 % leaves of a desk


def test_no_page_is_left_out(service: Running) -> None:
    rules = {door.rule for door in pages(service.app) if door.method == "GET"}
    known = {shown.rule for shown in PAGES} | set(NO_PAGES)
    assert rules - known == set(), "to be named in tests/browser/every_page.py"
    assert known - rules == set(), "no longer there"


def opened(opening: Opening, shown: Shown, month: Past, size: ViewportSize, language: str) -> Page:
    """The page, at rest."""
    page = opening(size, role=shown.role, language=language, service_workers="block")
    if shown.status != 200:
        opening.expect(f"status of {shown.status}")
    answer = page.goto(shown.path(month), wait_until="networkidle")
    assert answer is not None
    assert answer.status == shown.status
    assert page.evaluate("document.documentElement.lang") == language
    return page


def by_night(page: Page) -> list[str]:
    """Contrasts in the dark."""
    page.emulate_media(color_scheme="dark")
    return [f"dark: {line}" for line in looking.axe(page, "color-contrast")]


@pytest.mark.parametrize("shown", PAGES, ids=str)
def test_on_a_phone(opening: Opening, month: Past, shown: Shown) -> None:
    page = opened(opening, shown, month, PHONE, "vi")
    found = [*looking.axe(page), *looking.headings(page), *by_night(page)]
    found += looking.sideways(page, NARROWEST)
    assert found == []


@pytest.mark.parametrize("shown", PAGES, ids=str)
def test_at_a_desk_by_keyboard(opening: Opening, month: Past, shown: Shown) -> None:
    page = opened(opening, shown, month, DESK, "en")
    found = [*looking.axe(page), *by_night(page), *looking.unreachable(page)]
    found += looking.sideways(page, HALF_A_DESK)
    assert found == []
