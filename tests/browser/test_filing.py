"""Filing on a phone: a step at a time, the place from the photo, nothing sent twice or lost."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect
from sqlalchemy import select

from reports_service.core.db import db
from reports_service.reports.models import Report
from tests.browser.opening import Opening
from tests.browser.running import Running
from tests.personas import People
from tests.pictures import LONG_HOA, encoded, exif, photograph

REQUESTS_MOST, BYTES_MOST = 8, 60_000
AWAY_M = 0.02  # degrees, so that tests do not meet each other's reports


def photo(place: tuple[float, float] | None = None) -> dict[str, Any]:
    """A photo of a camera of 3 megapixels, as a file to choose."""
    tags = exif(place, "2026:11:20 08:15:00")
    content = encoded(photograph(2000, 1500), exif=tags, quality=85)
    return {"name": "IMG_1.jpg", "mimeType": "image/jpeg", "buffer": content}


def step(page: Page, name: str) -> None:
    expect(page.locator(f"[data-step={name}]")).to_be_visible()


def go_on(page: Page, name: str) -> None:
    page.get_by_role("button", name="Tiếp tục").click()
    step(page, name)


def choose_photo(page: Page, *files: dict[str, Any]) -> None:
    page.locator("[data-camera] label", has_text="Chọn ảnh có sẵn").locator(
        "input"
    ).set_input_files(list(files))
    expect(page.get_by_text("Sẵn sàng gửi")).to_have_count(len(files))


def begun(page: Page, area: str = "25630") -> None:
    """At the step that asks what it is, with a commune chosen and no photo."""
    page.goto("/file")
    go_on(page, "place")
    page.get_by_label("Xã, phường").select_option(area)
    go_on(page, "what")


def suggested(page: Page, kind: str) -> Locator:
    return page.locator("[data-suggested]").get_by_label(kind)


def finish(page: Page) -> str:
    """From the last question to the code."""
    go_on(page, "you")
    go_on(page, "check")
    page.get_by_role("button", name="Gửi phản ánh").click()
    page.wait_for_url("**/done/**")
    return page.locator(".code-large").inner_text()


def report_of(service: Running, code: str, read: Callable[[Report], Any]) -> Any:
    with service.app.app_context():
        found = select(Report).where(Report.code == code.replace("-", ""))
        return read(db.session.scalars(found).one())


def test_a_photo_tells_the_place_and_is_sent_small_and_without_it(
    page: Page, service: Running
) -> None:
    place = (LONG_HOA[0] + AWAY_M, LONG_HOA[1])
    page.goto("/file")
    choose_photo(page, photo(place))
    go_on(page, "place")
    page.get_by_role("button", name="Đúng, dùng vị trí của ảnh").click()
    expect(page.get_by_text("Đã có vị trí")).to_be_visible()
    go_on(page, "what")
    page.get_by_label("Kể sự việc").fill("O ga rat to giua duong")
    suggested(page, "Hư hỏng mặt đường").check()
    go_on(page, "details")
    page.get_by_label("Trên 2 mét").check()
    code = finish(page)

    def read(report: Report) -> Any:
        picture = report.photos[0].attachment
        sizes = (picture.width, picture.height)
        return (round(report.lat or 0, 4), report.answers[0]["value"], sizes, picture.exif_lat)

    assert report_of(service, code, read) == (round(place[0], 4), "tren-2m", (1600, 1200), None)


def test_kinds_are_found_without_accents_and_back_loses_nothing(page: Page) -> None:
    begun(page)
    page.get_by_label("Kể sự việc").fill("Toi thui ca xom")
    page.get_by_text("Xem tất cả loại việc").click()
    page.get_by_label("Tìm loại việc").fill("den duong")
    page.locator(".all").get_by_label("Đèn đường").check()
    go_on(page, "you")
    page.go_back()
    step(page, "what")
    page.go_back()
    step(page, "place")
    expect(page.get_by_label("Xã, phường")).to_have_value("25630")
    page.go_forward()
    expect(page.get_by_label("Kể sự việc")).to_have_value("Toi thui ca xom")
    expect(page.locator(".all").get_by_label("Đèn đường")).to_be_checked()


def test_what_is_missing_is_said_beside_its_field_before_anybody_goes_on(page: Page) -> None:
    page.goto("/file")
    go_on(page, "place")
    page.get_by_role("button", name="Tiếp tục").click()
    expect(page.locator("#field-area-wrong")).to_contain_text("Xin cho biết việc này ở đâu")
    expect(page.get_by_label("Xã, phường")).to_be_focused()
    page.get_by_label("Xã, phường").select_option("25630")
    expect(page.locator("#field-area-wrong")).to_have_count(0)


def test_a_refused_position_leaves_other_ways(opening: Opening) -> None:
    page = opening(permissions=[])
    page.goto("/file")
    go_on(page, "place")
    page.get_by_role("button", name="Lấy vị trí của tôi").click()
    expect(page.locator("[data-place-words]")).to_contain_text("chọn trên bản đồ")


def test_the_map_is_used_by_keyboard_alone(page: Page) -> None:
    page.goto("/file")
    go_on(page, "place")
    page.get_by_role("button", name="Chọn trên bản đồ").press("Enter")
    canvas = page.locator("#filing-map")
    expect(canvas).to_be_focused()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Đã có vị trí")).to_be_visible()
    expect(page.locator("#filing-map .map-pin")).to_be_visible()


def test_somebody_who_meets_the_same_says_so_instead_of_sending_it_again(
    page: Page, people: People
) -> None:
    there = people.file(location={"lat": LONG_HOA[0] - AWAY_M, "lon": LONG_HOA[1]})
    page.goto(f"/file?location.lat={LONG_HOA[0] - AWAY_M}&location.lon={LONG_HOA[1]}&area=25630")
    go_on(page, "place")
    go_on(page, "what")
    page.get_by_label("Kể sự việc").fill("Den duong tat")
    suggested(page, "Đèn đường").check()
    near = page.locator("[data-near]")
    expect(near.get_by_text(there.code)).to_be_visible()
    near.get_by_role("button", name="Tôi cũng gặp").first.click()
    page.wait_for_url("**/r/*")
    expect(page.get_by_text("anh/chị cũng gặp việc này")).to_be_visible()


def test_what_is_not_finished_is_offered_again(opening: Opening) -> None:
    page = opening()
    begun(page)
    page.get_by_label("Kể sự việc").fill("Viết dở dang")
    page.wait_for_function("() => localStorage.getItem('filing-draft') === '1'")
    page.goto("/file")
    page.get_by_role("button", name="Viết tiếp").click()
    go_on(page, "place")
    expect(page.get_by_label("Xã, phường")).to_have_value("25630")
    go_on(page, "what")
    expect(page.get_by_label("Kể sự việc")).to_have_value("Viết dở dang")


def test_a_refused_report_says_why_and_leads_to_its_field(opening: Opening) -> None:
    opening.expect("422")
    page = opening()
    begun(page)
    page.get_by_label("Kể sự việc").fill("Đèn tắt")
    page.evaluate("document.querySelector('[name=\"reporter.email\"]').type = 'text'")
    go_on(page, "you")
    page.get_by_label("Thư điện tử").fill("hoa")
    page.get_by_label("Tôi đồng ý").check()
    go_on(page, "check")
    page.get_by_role("button", name="Gửi phản ánh").click()
    page.locator(".summary a").click()
    expect(page.get_by_label("Thư điện tử")).to_be_focused()


@pytest.mark.parametrize("role", [None, "facilitator"])
def test_filing_works_without_scripts(opening: Opening, role: str | None) -> None:
    page = opening(role=role, java_script_enabled=False)
    page.goto("/file/for-others" if role else "/file")
    page.get_by_label("Chọn ảnh (có thể nhiều ảnh)").set_input_files([photo()])
    page.get_by_label("Xã, phường").select_option("25630")
    page.get_by_label("Kể sự việc").fill("Nắp hố ga bị mất")
    page.get_by_label("Loại việc").select_option("nap-ho-ga")
    page.get_by_role("button", name="Gửi phản ánh").click()
    page.get_by_role("group", name="Nắp bị mất hẳn?").get_by_label("Có").check()
    page.get_by_role("button", name="Gửi phản ánh").click()
    expect(page.locator(".code-large")).to_be_visible()
    expect(page.locator("svg.qr")).to_be_visible()


def test_the_first_page_is_light(opening: Opening) -> None:
    page = opening(service_workers="block")
    opening.expect("Service Worker registration blocked")
    weights: list[float] = []
    network = page.context.new_cdp_session(page)
    network.send("Network.enable")
    network.on("Network.loadingFinished", lambda told: weights.append(told["encodedDataLength"]))
    page.goto("/file", wait_until="networkidle")
    step(page, "photo")
    assert len(weights) <= REQUESTS_MOST
    assert sum(weights) <= BYTES_MOST
