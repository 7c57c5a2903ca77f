"""Every page holds to what people need who see, hear, move or read otherwise: in both languages,
by day and by night, on a phone and at a desk.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, ViewportSize

from tests.architecture.test_routes import pages
from tests.browser import looking
from tests.browser.chromium import DESK, NARROWEST, PHONE
from tests.browser.every_page import FILES, NO_PAGES, PAGES, Shown
from tests.browser.opening import Opening
from tests.browser.past import Past
from tests.browser.running import Running

HALF_A_DESK: ViewportSize = {"width": 640, "height": 450}  # what 200 % leaves of a desk


def test_no_page_is_left_out(service: Running) -> None:
    doors = [door for door in pages(service.app) if door.method == "GET"]
    rules = {door.rule for door in doors if not door.rule.endswith(FILES)}
    known = {shown.rule for shown in PAGES} | set(NO_PAGES)
    assert rules - known == set(), "to be named in tests/browser/every_page.py"
    assert known - rules == set(), "no longer there"


def by_night(page: Page) -> list[str]:
    """Contrasts in the dark."""
    page.emulate_media(color_scheme="dark")
    return [f"dark: {line}" for line in looking.axe(page, "color-contrast")]


@pytest.mark.parametrize("shown", PAGES, ids=str)
def test_on_a_phone(opening: Opening, month: Past, shown: Shown) -> None:
    page = opening.show(shown, month, PHONE, "vi")
    assert page.evaluate("document.documentElement.lang") == "vi"
    found = [*looking.headings(page), *looking.sideways(page, NARROWEST)]
    page.set_viewport_size(PHONE)
    looking.shorten(page)
    found += [*looking.axe(page), *by_night(page)]
    assert found == []


@pytest.mark.parametrize("shown", PAGES, ids=str)
def test_at_a_desk_by_keyboard(opening: Opening, month: Past, shown: Shown) -> None:
    page = opening.show(shown, month, DESK, "en")
    assert page.evaluate("document.documentElement.lang") == "en"
    found = looking.sideways(page, HALF_A_DESK)
    page.set_viewport_size(DESK)
    looking.shorten(page)
    found += [*looking.axe(page), *by_night(page), *looking.unreachable(page)]
    assert found == []
