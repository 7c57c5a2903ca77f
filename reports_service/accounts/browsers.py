"""What a browser says of itself, in two words that its owner knows: Chrome, Android."""

from __future__ import annotations

import re
from typing import Final

# The first that is found counts: most browsers also call themselves Chrome and Safari.
BROWSERS: Final = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("coc_coc_browser/", "Cốc Cốc"),
    ("Zalo", "Zalo"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("HeadlessChrome/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)
SYSTEMS: Final = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("CrOS", "ChromeOS"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)
_PRODUCT: Final = re.compile(r"[A-Za-z][\w .-]{0,30}", re.ASCII)


def browser_of(said: str) -> str:
    """The browser, or the program that called the interface; empty where nothing is said."""
    return _first(BROWSERS, said) or _product(said)


def system_of(said: str) -> str:
    """The operating system; empty where it is not said."""
    return _first(SYSTEMS, said)


def _first(known: tuple[tuple[str, str], ...], said: str) -> str:
    return next((name for mark, name in known if mark in said), "")


def _product(said: str) -> str:
    found = _PRODUCT.match(said.partition("/")[0])
    return found[0].strip() if found else ""
