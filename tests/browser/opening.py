"""Opens pages as somebody with some device, and listens to what they complain of."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Error, Page, ViewportSize

from reports_service.accounts import service as accounts
from reports_service.accounts import signing_in
from reports_service.core.db import unit_of_work
from tests.browser.chromium import PHONE
from tests.browser.every_page import Shown
from tests.browser.past import Past

PATIENCE_MS = 30_000  # generous: the machine may be busy with other tests
A_DAY = timedelta(days=1)


class Opening:
    """Call it for a page of a device of its own, with its own cookies and storage."""

    def __init__(self, browser: Browser, address: str, app: Flask) -> None:
        self.address = address
        self._app = app
        self.complaints: list[str] = []
        self._browser = browser
        self._contexts: list[BrowserContext] = []
        self._expected: list[str] = []

    def __call__(
        self,
        size: ViewportSize = PHONE,
        *,
        role: str | None = None,
        language: str = "vi",
        scheme: str = "light",
        **options: Any,
    ) -> Page:
        """A page without an address. ``role``: whose demo account is signed in. ``options`` are
        Playwright's for a context: ``java_script_enabled=False``, ``service_workers="block"``….
        """
        context = self._browser.new_context(
            base_url=self.address, viewport=size, color_scheme=scheme, locale="vi-VN",
            reduced_motion="reduce", **options,
        )  # fmt: skip
        self._contexts.append(context)
        context.set_default_timeout(PATIENCE_MS)
        context.add_cookies([self._cookie("language", language)])
        if role:
            context.add_cookies([self._cookie("session", session_of(self._app, role))])
        context.on("console", self._console)
        context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        return context.new_page()

    def _cookie(self, name: str, value: str) -> Any:
        return {"name": name, "value": value, "url": self.address}

    def show(self, shown: Shown, month: Past, size: ViewportSize, language: str = "vi") -> Page:
        """One of all pages, at rest, as who it is for."""
        page = self(size, role=shown.account, language=language, service_workers="block")
        self.expect("Service Worker registration blocked")
        if way_in := shown.way_in(month):
            page.goto(way_in)
        if shown.status != 200:
            self.expect(f"status of {shown.status}")
        answer = page.goto(shown.path(month), wait_until="networkidle")
        assert answer is not None
        assert answer.status == shown.status, f"{page.url}: {answer.status}"
        assert urlsplit(page.url).path == urlsplit(shown.path(month)).path, "led elsewhere"
        return page

    def expect(self, part: str) -> None:
        """Complaints with these words are what the test is about."""
        self._expected.append(part)

    def heard(self) -> list[str]:
        """What was complained of and not expected."""
        return [
            said for said in self.complaints if not any(part in said for part in self._expected)
        ]

    def keep_pictures(self, folder: Path) -> str:
        """What each open page shows now; where the pictures lie, a line each."""
        lines = []
        pages = [page for context in self._contexts for page in context.pages]
        for number, page in enumerate(pages):
            file = folder / f"failed-{number}.png"
            try:
                page.screenshot(path=file, full_page=True)
            except Error as gone:
                lines.append(f"{page.url}: no picture: {gone.message}")
            else:
                lines.append(f"{page.url}: {file}")
        return "\n".join([*lines, *self.heard()])

    def close(self) -> list[str]:
        """Close everything; what was complained of."""
        for context in self._contexts:
            context.close()
        return self.heard()

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in ("error", "warning"):
            where = message.location.get("url", "")
            self.complaints.append(f"{message.type} {where}: {message.text}")


def session_of(app: Flask, role: str) -> str:
    """A new session of the demo account of this name, as the form for signing in opens one."""
    with app.app_context(), unit_of_work():
        return signing_in.sign_in(accounts.by_email(f"{role}@demo.example"), A_DAY).token
