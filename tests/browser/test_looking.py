"""What looks at every page finds what is wrong with a bad one."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.browser import looking
from tests.browser.chromium import NARROWEST

BAD = """
<!doctype html><html lang="en"><title>Bad</title>
<style>
  .wide { width: 500px } .faint { color: #bbb; background: #fff }
  #unseen:focus { outline: none }
  @media (prefers-color-scheme: dark) { p { background: #222; color: #333 } }
</style>
<main><h1>One</h1><h1>Two</h1><h3>Left one out</h3>
<img src="data:,"><p class="wide">wide</p><p class="faint">faint</p>
<button>seen</button><button id="unseen">unseen</button>
<a href="#x" onfocus="this.blur(); document.getElementById('unseen').focus()">trap</a>
<button id="behind">behind the trap</button></main></html>
"""


@pytest.fixture
def bad(page: Page) -> Page:
    """A page with one mistake of each kind."""
    page.set_content(BAD)
    return page


def test_a_picture_without_words_and_faint_words_are_found(bad: Page) -> None:
    found = " ".join(looking.axe(bad))
    assert "image-alt" in found
    assert "color-contrast" in found


def test_what_is_faint_in_the_dark_only_is_found(bad: Page) -> None:
    bad.emulate_media(color_scheme="dark")
    assert len(looking.axe(bad, "color-contrast")) >= 1


def test_a_page_that_must_be_moved_sideways_is_found(bad: Page) -> None:
    assert looking.sideways(bad, NARROWEST)


def test_headings_out_of_order_are_found(bad: Page) -> None:
    assert looking.headings(bad) == ["2 first headings", "h3 after h1"]


def test_what_the_keyboard_does_not_reach_or_show_is_found(bad: Page) -> None:
    found = looking.unreachable(bad)
    assert [line for line in found if "not reached" in line and "behind the trap" in line]
    assert [line for line in found if "focus not seen" in line and 'id="unseen"' in line]
    assert not [line for line in found if ">seen<" in line]
