"""What a page weighs, and how soon it can be used on a slow network with a slow processor.

Chromium slows itself: each request waits for the round trip, bytes come at the rate, the processor
works so many times slower. It does not slow the opening of a connection, so the two round trips
that TCP and TLS 1.3 take are added.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from playwright.sync_api import Browser, CDPSession, Page

ROUND_TRIP_MS: Final = 400
BYTES_A_SECOND: Final = 400_000 / 8
TIMES_SLOWER: Final = 4
OPENING_MS: Final = 2 * ROUND_TRIP_MS
PATIENCE_MS: Final = 60_000
# The first field of a form that can be seen, in the first frame that shows it.
WATCH_FOR_FIELD: Final = """
    const look = () => {
        const fields = [...document.querySelectorAll(
            "main form :is(input:not([type=hidden]), select, textarea)")];
        const usable = fields.find((one) => !one.disabled && one.checkVisibility());
        if (usable) window.fieldUsable = performance.now();
        else requestAnimationFrame(look);
    };
    requestAnimationFrame(look);
"""


@dataclass
class Weight:
    """What came over the wire until the page was at rest."""

    requests: list[str] = field(default_factory=list)
    bytes: float = 0

    def hear(self, session: CDPSession) -> None:
        """Count everything from now on."""
        session.on("Network.requestWillBeSent", self._sent)
        session.on("Network.loadingFinished", self._finished)
        session.send("Network.enable")

    def _sent(self, event: Any) -> None:
        if not event["request"]["url"].startswith("data:"):
            self.requests.append(event["request"]["url"])

    def _finished(self, event: Any) -> None:
        self.bytes += event["encodedDataLength"]


def weigh(browser: Browser, address: str) -> Weight:
    """The first visit of a page, on a phone that has nothing of it."""
    with fresh_phone(browser) as (page, session):
        weight = Weight()
        weight.hear(session)
        page.goto(address, wait_until="networkidle")
    return weight


def field_usable_ms(browser: Browser, address: str) -> float:
    """Milliseconds from asking for a page until its first field can be used."""
    with fresh_phone(browser) as (page, session):
        page.add_init_script(WATCH_FOR_FIELD)
        slow_down(session)
        page.goto(address, wait_until="load", timeout=PATIENCE_MS)
        usable = page.evaluate("window.fieldUsable")
    return float(usable) + OPENING_MS


def slow_down(session: CDPSession) -> None:
    """A cheap phone in a village."""
    session.send("Network.enable")
    session.send(
        "Network.emulateNetworkConditions",
        {
            "offline": False,
            "latency": ROUND_TRIP_MS,
            "downloadThroughput": BYTES_A_SECOND,
            "uploadThroughput": BYTES_A_SECOND,
        },
    )
    session.send("Emulation.setCPUThrottlingRate", {"rate": TIMES_SLOWER})


@contextmanager
def fresh_phone(browser: Browser) -> Iterator[tuple[Page, CDPSession]]:
    """A page of a phone that was never here."""
    context = browser.new_context(
        viewport={"width": 360, "height": 740},
        device_scale_factor=2,
        is_mobile=True,
        has_touch=True,
        locale="vi-VN",
        service_workers="block",
    )
    try:
        page = context.new_page()
        yield page, context.new_cdp_session(page)
    finally:
        context.close()
