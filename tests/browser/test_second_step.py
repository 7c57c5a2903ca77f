"""The pages that stand only between two others: setting up the second factor, the codes on paper,
the second step, the new password. A story, since each needs the one before.
"""

from __future__ import annotations

import pyotp
from playwright.sync_api import Page

from reports_service.accounts import resets, service
from tests.browser import looking
from tests.browser.chromium import NARROWEST, PHONE
from tests.browser.opening import Opening
from tests.browser.running import Running

EMAIL = "officer.dien-luc@demo.example"


def looked_at(page: Page) -> list[str]:
    """What is wrong with a page, by all that every page must hold to."""
    page.set_viewport_size(PHONE)
    found = [*looking.axe(page), *looking.headings(page), *looking.unreachable(page)]
    return found + looking.sideways(page, NARROWEST)


def sign_in(page: Page) -> None:
    page.goto("/sign-in")
    page.locator("[name=email]").fill(EMAIL)
    page.locator("[name=password]").fill("demo-1022")
    page.locator("main button").click()


def test_a_second_factor_is_set_up_used_and_turned_off_by_pages(opening: Opening) -> None:
    page, found = opening(PHONE), {}
    sign_in(page)
    page.wait_for_url("**/queue")
    page.goto("/account/second-factor")
    found["enrolment"] = looked_at(page)
    assert page.locator("img.qr").evaluate("one => one.complete && one.naturalWidth > 0")
    secret = page.locator(".secret").inner_text().replace(" ", "")
    page.locator("[name=code]").fill(pyotp.TOTP(secret).now())
    page.locator("[name=password]").fill("demo-1022")
    page.locator("main button").click()
    code = page.locator(".codes li").first.inner_text()
    another = page.locator(".codes li").last.inner_text()
    found["codes"] = looked_at(page)
    page.goto("/account/second-factor?replace=yes")
    found["another telephone"] = looked_at(page)
    page.locator("form[action='/sign-out'] button").click()
    sign_in(page)
    page.wait_for_url("**/sign-in/code")
    found["second step"] = looked_at(page)
    page.locator("[name=code]").fill(code)
    page.locator("main button").click()
    page.wait_for_url("**/queue")
    page.goto("/account/second-factor")
    found["kept"] = looked_at(page)
    page.locator("[name=password]").fill("demo-1022")
    page.locator("[name=code]").fill(another)
    page.locator("button[value=off]").click()
    page.wait_for_url("**/account?done=second_factor_off")
    found["account"] = looked_at(page)
    assert {name: wrong for name, wrong in found.items() if wrong} == {}


def test_the_letters_link_opens_a_form_that_holds_to_the_same(
    opening: Opening, service: Running
) -> None:
    with service.app.app_context():
        letter = resets.letter(account_id(), "ab" * resets.NONCE_BYTES)
        assert letter
        token = letter.token
    page = opening(PHONE)
    page.goto(f"/reset/{token}")
    assert page.locator("[name=email]").input_value() == EMAIL
    assert looked_at(page) == []


def account_id() -> int:
    return service.by_email(EMAIL).id
