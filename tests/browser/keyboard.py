"""A person without a mouse: Tab to what is meant, then the keys that it takes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

MOST_STOPS = 150
FOCUSED = "(element) => element === document.activeElement"


def tab_to(page: Page, wanted: Locator) -> None:
    """Press Tab until it has the focus; fails when it is never reached."""
    wanted.wait_for(state="attached")
    for _ in range(MOST_STOPS):
        if wanted.evaluate(FOCUSED):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{wanted} is not reached by Tab")


def use(page: Page, wanted: Locator, key: str = "Enter") -> None:
    """Go there and press a key."""
    tab_to(page, wanted)
    page.keyboard.press(key)


def write(page: Page, field: Locator, text: str) -> None:
    """Go there and type."""
    tab_to(page, field)
    page.keyboard.type(text)


def answer_with(page: Page, file: Path) -> None:
    """Whatever window for files a page opens from now on, this file is chosen in it. Said before
    the page is opened: a browser that is told in the same moment may open its own window.
    """
    page.on("filechooser", lambda chooser: chooser.set_files(file))


def choose_file(page: Page, field: Locator) -> None:
    """Open the window for files from the keyboard; see ``answer_with``."""
    use(page, field)
    expect(field).not_to_have_value("")


def walk(page: Page, key: str, reached: Callable[[], bool]) -> None:
    """Press a key until something is so."""
    for _ in range(MOST_STOPS):
        if reached():
            return
        page.keyboard.press(key)
    raise AssertionError(f"{key} did not lead there")
