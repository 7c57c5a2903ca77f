"""The Chromium of this machine: where it is, and how it is started without a desk."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, Playwright, ViewportSize, sync_playwright

# The same engine without what a desk needs; pages take it a third less time.
LIGHTER_NAMES = ("chromium-headless-shell", "chrome-headless-shell")
NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PHONE: ViewportSize = {"width": 360, "height": 740}
DESK: ViewportSize = {"width": 1280, "height": 900}
NARROWEST: ViewportSize = {"width": 320, "height": 640}  # WCAG 2.2, 1.4.10: reflow


class ChromiumMissing(RuntimeError):
    """There is no browser to look at pages with; the message says what to install."""


def program() -> str:
    """The path of Chromium, or of Chrome. Raises ``ChromiumMissing``."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        raise ChromiumMissing(
            f"none of {', '.join(NAMES)} is on PATH; on Debian and Ubuntu: "
            "apt install chromium fonts-noto-core"
        )
    return found


def lighter() -> str:
    """The path of the lighter one where this machine has it, else of ``program``."""
    return next(filter(None, map(shutil.which, LIGHTER_NAMES)), None) or program()


def flags() -> list[str]:
    """Root has no sandbox to put it in; a container may have little shared memory."""
    return [
        "--disable-dev-shm-usage",
        "--disable-gpu",
        *(["--no-sandbox"] if os.geteuid() == 0 else []),
    ]


@contextmanager
def started(path: str) -> Iterator[Browser]:
    """The browser at this path, without windows, for as long as the block lasts."""
    with sync_playwright() as playwright, launched(playwright, path) as browser:
        yield browser


@contextmanager
def launched(playwright: Playwright, path: str) -> Iterator[Browser]:
    """The same for who starts several; a process has one Playwright."""
    browser = playwright.chromium.launch(executable_path=path, args=flags())
    try:
        yield browser
    finally:
        browser.close()
