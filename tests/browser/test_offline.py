"""Without network nothing is lost, and nothing is filed twice."""

from __future__ import annotations

import base64
import time
from collections.abc import Iterator
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect
from sqlalchemy import select

from reports_service.core.db import db
from reports_service.reports.codes import grouped
from reports_service.reports.models import Report
from tests.browser import service_worker
from tests.browser.cut_line import CutLine
from tests.browser.opening import Opening
from tests.browser.running import Running
from tests.personas import LIGHT
from tests.pictures import jpeg

SEND = """async ({report, photos}) => {
  const src = document.querySelector("script[data-waiting]").src;
  const { send } = await import(new URL("sending.js", src).href);
  const blobs = photos.map((text) =>
    new Blob([Uint8Array.from(atob(text), (one) => one.charCodeAt(0))], {type: "image/jpeg"}));
  return send({...report, photos: blobs});
}"""
NO_NETWORK = "net::ERR_INTERNET_DISCONNECTED"
PLACE = LIGHT["location"]


def written(**changes: Any) -> dict[str, Any]:
    """A report as the form hands it over, with words of its own."""
    fields = {
        "category": "den-duong",
        "description": f"Đèn tắt {uuid4()}",
        "location.lat": str(PLACE["lat"]),
        "location.lon": str(PLACE["lon"]),
        "address": "trước số 12",
        **changes,
    }
    return {"idempotency_key": str(uuid4()), "fields": fields}


def send(page: Page, report: dict[str, Any], *photos: bytes) -> dict[str, Any]:
    texts = [base64.b64encode(photo).decode() for photo in photos]
    return page.evaluate(SEND, {"report": report, "photos": texts})


def filed(service: Running, report: dict[str, Any]) -> list[tuple[str, list[int]]]:
    """The reports that came of it: the code of each, and its photos' sizes in bytes."""
    said = report["fields"]["description"]
    with service.app.app_context():
        found = db.session.scalars(select(Report).where(Report.description == said))
        return [
            (grouped(one.code), [photo.attachment.byte_size for photo in one.photos])
            for one in found
        ]


def ready(page: Page) -> None:
    """The service worker has kept what it keeps, and holds the page."""
    page.goto("/")
    service_worker.held(page)


def fill_in(page: Page, description: str) -> None:
    """The form, a step at a time, with a photo and the commune's name."""
    photo: Any = {"name": "photo.jpg", "mimeType": "image/jpeg", "buffer": jpeg()}
    page.locator("[data-camera] input:not([capture])").set_input_files([photo])
    expect(page.locator("[data-taken] img")).to_have_count(1)
    page.get_by_role("button", name="Tiếp tục").click()
    page.get_by_label("Xã, phường").select_option("25630")
    page.get_by_role("button", name="Tiếp tục").click()
    page.get_by_label("Kể sự việc").fill(description)
    for step in ("you", "check"):
        page.get_by_role("button", name="Tiếp tục").click()
        expect(page.locator(f"[data-step={step}]")).to_be_visible()
    page.get_by_role("button", name="Gửi phản ánh").click()


def state(page: Page, words: str) -> Locator:
    """The one report of this device, in this state."""
    return page.locator("#reports [data-part=state]").get_by_text(words)


def noise() -> bytes:
    """A photo of some size, that cannot be compressed."""
    file = BytesIO()
    Image.effect_noise((1400, 1000), 90).convert("RGB").save(file, "JPEG", quality=95)
    return file.getvalue()


@pytest.fixture
def line(service: Running) -> Iterator[CutLine]:
    line = CutLine(service.address)
    yield line
    line.close()


@pytest.fixture
def on_the_line(browser: Browser, service: Running, line: CutLine) -> Iterator[Opening]:
    """Opens pages over the line that can be cut."""
    opening = Opening(browser, line.address, service.app)
    opening.expect("net::ERR_")
    yield opening
    assert opening.close() == []


def reopened(context: BrowserContext, path: str = "/waiting") -> Page:
    page = context.new_page()
    page.goto(path)
    return page


def test_a_report_that_was_filed_without_network_arrives_once(
    page: Page, opening: Opening, service: Running
) -> None:
    opening.expect(NO_NETWORK)
    ready(page)
    context, report = page.context, written()
    context.set_offline(True)
    page.goto("/file")
    expect(page.locator("h1")).to_be_visible()
    assert send(page, report, jpeg()) == {"state": "waiting"}
    page.goto("/waiting")
    expect(state(page, "Chờ mạng")).to_be_visible()
    expect(page.get_by_text(report["fields"]["description"])).to_be_visible()
    expect(page.locator("a.waits")).to_have_text("1 chờ gửi")
    page.close()
    context.set_offline(False)
    page = reopened(context)
    expect(state(page, "Đã nhận, mã")).to_be_visible()
    expect(page.locator("a.waits")).to_have_count(0)
    ((code, photos),) = filed(service, report)
    assert photos == [len(jpeg())]
    page.get_by_role("link", name="Xem phản ánh", exact=True).click()
    page.wait_for_url(f"**/r/{code}")


def test_the_form_itself_works_without_network(
    page: Page, opening: Opening, service: Running
) -> None:
    opening.expect(NO_NETWORK)
    ready(page)
    context, report = page.context, written()
    context.set_offline(True)
    page.goto("/file")
    fill_in(page, report["fields"]["description"])
    page.wait_for_url("**/waiting")
    expect(state(page, "Chờ mạng")).to_be_visible()
    page.close()
    context.set_offline(False)
    page = reopened(context, "/")
    expect(page.locator("a.waits")).to_have_count(0)
    assert [len(photos) for _, photos in filed(service, report)] == [1]


def test_an_upload_goes_on_where_the_network_broke_off(
    on_the_line: Opening, line: CutLine, service: Running
) -> None:
    page = on_the_line()
    ready(page)
    report, photo = written(), noise()
    line.cut_after(len(photo) // 2)
    assert send(page, report, photo) == {"state": "waiting"}
    assert line.is_cut
    assert filed(service, report) == []
    line.mend()
    page = reopened(page.context)
    expect(state(page, "Đã nhận, mã")).to_be_visible()
    assert line.offsets[0] == 0
    assert line.offsets[-1] > len(photo) // 4, "the first half was not sent again"
    ((_, photos),) = filed(service, report)
    assert photos == [len(photo)]


def test_a_report_that_is_sent_twice_is_filed_once(opening: Opening, service: Running) -> None:
    page = opening()
    ready(page)
    other = reopened(page.context, "/")
    report, photo = written(), jpeg()
    first, second = send(page, report, photo), send(other, report, photo)
    assert first["state"] == second["state"] == "received"
    assert first["code"] == second["code"]
    assert len(filed(service, report)) == 1


def test_a_second_touch_of_the_button_sends_nothing_more(page: Page, service: Running) -> None:
    page.goto("/")
    report = written()
    both = SEND.replace("return send(", "return Promise.all([1, 2].map(() => send(").replace(
        "photos: blobs});", "photos: blobs})));"
    )
    answers = page.evaluate(both, {"report": report, "photos": []})
    assert [answer["state"] for answer in answers] == ["received", "received"]
    assert len(filed(service, report)) == 1


def test_an_answer_that_was_lost_does_not_file_a_second_report(
    opening: Opening, service: Running
) -> None:
    opening.expect("net::ERR_")
    opening.expect("registration blocked")
    page = opening(service_workers="block")
    page.goto("/")
    report = written()

    def lose(route: Any) -> None:
        if route.request.method == "POST":
            route.fetch()
            route.abort()
        else:
            route.continue_()

    page.route("**/file", lose)
    assert send(page, report, jpeg()) == {"state": "waiting"}
    page.unroute("**/file")
    page.goto("/waiting")
    expect(state(page, "Đã nhận, mã")).to_be_visible()
    assert len(filed(service, report)) == 1


@pytest.mark.parametrize("address", ["**/file/token", "**/file", "**/api/v1/uploads"])
def test_a_service_that_is_too_busy_is_asked_again_when_it_wishes(
    address: str, opening: Opening, service: Running
) -> None:
    opening.expect("503")
    opening.expect("registration blocked")
    page = opening(service_workers="block")
    page.goto("/")
    report, refused_at = written(), [0.0]

    def too_busy(route: Any) -> None:
        if address.endswith("/file") and route.request.method != "POST":
            return route.continue_()
        refused_at.append(time.monotonic())
        return route.fulfill(status=503, headers={"Retry-After": "2"}, body="{}")

    page.route(address, too_busy)
    assert send(page, report, jpeg()) == {"state": "waiting"}
    assert len(refused_at) == 2, "it is not asked again at once"
    page.unroute(address)
    page.goto("/waiting")  # which sends at once whatever has no time of its own
    expect(state(page, "Đã nhận, mã")).to_be_visible()
    assert time.monotonic() - refused_at[-1] > 2
    assert len(filed(service, report)) == 1


def test_what_is_refused_says_why_and_can_be_mended(opening: Opening, service: Running) -> None:
    opening.expect("422")
    page = opening()
    page.goto("/")
    report = written(**{"reporter.phone": "12", "reporter.consent": "yes"})
    assert send(page, report, jpeg())["state"] == "refused"
    page.goto("/waiting")
    expect(state(page, "Chưa gửi được, cần sửa")).to_be_visible()
    expect(page.locator("ul.wrong li")).not_to_have_count(0)
    page.get_by_role("button", name="Sửa và gửi lại").click()
    page.wait_for_url("**/file")
    page.goto("/waiting")
    expect(page.get_by_text("Bản nháp, chưa gửi")).to_be_visible()
    page.get_by_role("button", name="Xóa khỏi máy").click()
    page.get_by_role("button", name="Giữ lại").click()
    expect(page.get_by_text("Bản nháp, chưa gửi")).to_be_visible()
    page.get_by_role("button", name="Xóa khỏi máy").click()
    page.get_by_role("button", name="Xóa hẳn").click()
    expect(page.get_by_text("Không có gì chờ gửi")).to_be_visible()
    assert filed(service, report) == []


def test_the_browser_sends_what_waits_after_the_page_is_closed(
    opening: Opening, service: Running
) -> None:
    opening.expect(NO_NETWORK)
    page = opening()
    ready(page)
    context, report = page.context, written()
    context.set_offline(True)
    assert send(page, report, jpeg()) == {"state": "waiting"}
    page.goto("/docs")  # a page of this origin without our scripts
    context.set_offline(False)
    service_worker.synchronized(page, "send-reports")
    page = reopened(context, "/docs")
    for _ in range(100):
        if found := filed(service, report):
            break
        page.evaluate("new Promise((done) => setTimeout(done, 100))")
    assert [photos for _, photos in found] == [[len(jpeg())]]


def test_a_page_that_was_not_kept_says_what_can_be_done(page: Page, opening: Opening) -> None:
    opening.expect(NO_NETWORK)
    ready(page)
    page.context.set_offline(True)
    page.goto("/sign-in")
    expect(page.get_by_role("heading", name="Không có mạng")).to_be_visible()
    page.get_by_role("link", name="Gửi phản ánh ngay cả khi không có mạng").click()
    expect(page).to_have_title("Gửi phản ánh · 1022")


def test_pages_of_staff_are_never_kept(opening: Opening) -> None:
    page = opening(role="operator")
    page.goto("/")
    page.evaluate("navigator.serviceWorker.register('/sw.js', {type: 'module'})")
    service_worker.held(page)
    page.goto("/")
    page.goto("/mine")
    kept = page.evaluate(
        """async () => {
          const names = await caches.keys();
          const caches_ = await Promise.all(names.map((name) => caches.open(name)));
          const keys = await Promise.all(caches_.map((one) => one.keys()));
          return keys.flat().map(({url}) => new URL(url).pathname);
        }"""
    )
    assert [path for path in kept if not path.startswith("/static/")] == ["/offline"]
