"""Who signs out leaves nothing of theirs in the browser, and takes nothing of a citizen's along."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.chromium import DESK
from tests.browser.opening import Opening, session_of
from tests.browser.running import Running
from tests.browser.test_offline import filed, ready, send, written
from tests.personas import Filed, People
from tests.pictures import jpeg

SignedIn = Callable[[str], Page]
TYPED = "Chủ nhà gọi 0912 000 111"
STORED = """() => JSON.stringify([
  Object.entries(localStorage), Object.entries(sessionStorage)])"""
BEGIN_FOR = """async (who) => {
  const src = document.querySelector("script[data-waiting]").src;
  const { keepDraft } = await import(new URL("sending.js", src).href);
  await keepDraft({idempotency_key: who, photos: [], fields:
    who === "citizen" ? {description: "c"} : {description: "f", on_behalf: "yes"}});
}"""
BEGUN = """async () => {
  const src = document.querySelector("script[data-waiting]").src;
  const { drafts } = await import(new URL("sending.js", src).href);
  return (await drafts()).map((one) => one.idempotency_key);
}"""


@pytest.fixture
def new(people: People) -> Filed:
    """A report that nobody has touched."""
    return people.file()


def come_in(page: Page, opening: Opening, service: Running, role: str) -> None:
    """Sign in in this very browser."""
    token = session_of(service.app, role)
    page.context.add_cookies([{"name": "session", "value": token, "url": opening.address}])


def begin_note(page: Page, code: str) -> None:
    """Type a note that the service does not get to keep, so that this device does."""
    page.route("**/drafts/note", lambda route: route.abort())
    page.goto(f"/queue?q={code}")
    page.goto(f"/work/{code}")
    page.keyboard.press("n")
    page.locator("#field-note-note").fill(TYPED)
    expect(page.locator("#act-note [data-kept]")).to_have_text(re.compile("."))
    assert TYPED in stored(page)


def stored(page: Page) -> str:
    kept: str = page.evaluate(STORED)
    return kept


def sign_out(page: Page) -> None:
    page.locator("form[data-sign-out] button").click()
    expect(page.locator("form[data-sign-out]")).to_have_count(0)


def test_a_draft_of_staff_is_gone_and_a_citizens_report_still_waits_and_arrives(
    opening: Opening, service: Running, new: Filed
) -> None:
    opening.expect("net::ERR_")
    page = opening(DESK)
    ready(page)
    context, report = page.context, written()
    context.set_offline(True)
    assert send(page, report, jpeg()) == {"state": "waiting"}
    page.evaluate(BEGIN_FOR, "citizen")
    # It cannot be sent while staff are here either.
    context.route("**/api/v1/reports", lambda route: route.abort())
    context.route("**/api/v1/uploads", lambda route: route.abort())
    context.set_offline(False)
    come_in(page, opening, service, "officer")
    begin_note(page, new.code)
    sign_out(page)
    kept = stored(page)
    assert TYPED not in kept
    assert new.code not in kept
    assert "queue" not in kept
    page.goto("/waiting")
    expect(page.locator("#reports [data-part=state]")).to_have_count(1)
    assert page.evaluate(BEGUN) == ["citizen"]
    context.set_offline(True)
    page.goto("/file")  # the worker's copy: clearing the cache left it
    expect(page.locator("#filing")).to_be_visible()
    page.goto("/r/00-000-000")  # what to do without a network
    expect(page.locator("h1")).to_be_visible()
    assert filed(service, report) == []
    context.unroute("**/api/v1/reports")
    context.unroute("**/api/v1/uploads")
    context.set_offline(False)
    page.goto("/waiting")
    for _ in range(100):
        if found := filed(service, report):
            break
        page.evaluate("new Promise((done) => setTimeout(done, 100))")
    assert [photos for _, photos in found] == [[len(jpeg())]]


def test_it_is_forgotten_where_the_network_is_away_too(
    opening: Opening, service: Running, new: Filed
) -> None:
    opening.expect("net::ERR_")
    page = opening(DESK, role="officer")
    begin_note(page, new.code)
    page.route("**/sign-out", lambda route: route.abort())
    with page.expect_event("requestfailed", lambda asked: asked.url.endswith("/sign-out")):
        page.locator("form[data-sign-out] button").click()
    other = page.context.new_page()
    other.goto("/docs")
    assert TYPED not in stored(other)


def test_other_pages_that_are_open_let_go_too(opening: Opening, new: Filed) -> None:
    opening.expect("net::ERR_")
    page = opening(DESK, role="officer")
    begin_note(page, new.code)
    other = page.context.new_page()
    other.goto("/inbox")
    sign_out(other)
    page.wait_for_url("**/sign-in")
    assert TYPED not in stored(page)


def test_whoever_signs_in_next_does_not_find_what_another_typed(
    opening: Opening, service: Running, new: Filed
) -> None:
    opening.expect("net::ERR_")
    page = opening(DESK, role="officer")
    begin_note(page, new.code)
    page.reload()
    expect(page.locator("#field-note-note")).to_have_value(TYPED)
    page.context.clear_cookies(name="session")  # the session ended by itself
    come_in(page, opening, service, "head")
    page.goto(f"/work/{new.code}")
    expect(page.locator("#field-note-note")).to_have_value("")
    assert TYPED not in stored(page)


def test_what_a_facilitator_began_for_somebody_goes_with_them(
    opening: Opening, service: Running
) -> None:
    page = opening(DESK, role="facilitator")
    page.goto("/file/for-others")
    page.evaluate(BEGIN_FOR, "citizen")
    page.evaluate(BEGIN_FOR, "facilitator")
    sign_out(page)
    page.goto("/waiting")
    assert page.evaluate(BEGUN) == ["citizen"]


def test_a_field_is_a_name_whatever_it_is_called(signed_in: SignedIn, new: Filed) -> None:
    page, sent = signed_in("officer"), []

    def keep(route: Any) -> None:
        sent.append(route.request.post_data)
        route.fulfill(status=204)

    page.route("**/drafts/note", keep)
    page.goto(f"/work/{new.code}")
    page.evaluate("""() => {
      const odd = document.createElement("input");
      Object.assign(odd, {name: "note.__proto__", value: "x"});
      document.querySelector("form[data-act=note]").append(odd);
    }""")
    page.keyboard.press("n")
    page.locator("#field-note-note").fill("một lời")
    expect(page.locator("#act-note [data-kept]")).to_have_text("Đã lưu nháp.")
    assert "__proto__=x" in sent[-1]
    page.goto("/file")
    kept = page.evaluate("""async () => {
      const form = document.getElementById("filing");
      form.append(Object.assign(document.createElement("input"), {name: "__proto__", value: "x"}));
      const src = document.querySelector("script[src*='filing/start.js']").src;
      const { report } = await import(new URL("report.js", src).href);
      const { fields } = report(form);
      return [Object.getPrototypeOf(fields), Object.keys(fields).includes("__proto__"), {}.x];
    }""")
    assert kept == [None, True, None]
