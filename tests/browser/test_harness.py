"""The harness itself: pages open, and a complaint of a page is heard."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page

from tests.browser.opening import Opening
from tests.browser.past import Past


def test_a_report_opens_on_a_phone(page: Page, month: Past) -> None:
    page.goto(f"/r/{month.code('resolved')}")
    assert month.code("resolved") in page.locator("main").inner_text()


def test_a_role_is_signed_in(signed_in: Callable[[str], Page]) -> None:
    page = signed_in("leader")
    page.goto("/")
    assert page.locator("header form[method=post]").count() == 1


def test_a_breach_of_the_content_policy_is_heard(opening: Opening) -> None:
    page = opening()
    page.goto("/")
    page.evaluate("document.body.setAttribute('style', 'color: red')")
    assert len(opening.heard()) == 1
    opening.expect("Content Security Policy")
    assert opening.heard() == []
