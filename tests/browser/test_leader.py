"""The leader's minute: the number, the reports behind it, and one sheet of paper."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.opening import Opening
from tests.personas import LIGHTS

_A_PAGE = re.compile(rb"/Type\s*/Page\b")
PRINTED = (
    "/figures",
    f"/figures/agencies/{LIGHTS}",
    "/figures/quality",
    "/figures/five-groups",
)


def test_a_number_is_one_tap_from_its_reports(opening: Opening) -> None:
    phone = opening(role="leader")
    phone.goto("/figures")
    overdue = phone.locator("section", has_text="Đang quá hạn").get_by_role("link").first
    said = overdue.inner_text()
    overdue.click()
    expect(phone.get_by_role("heading", level=1)).to_have_text(f"Đang quá hạn: {said} lượt xử lý")
    phone.get_by_role("link", name="Về trang số liệu").first.click()
    expect(phone).to_have_url(re.compile("/figures"))


def test_the_definition_is_one_tap_away(opening: Opening) -> None:
    phone = opening(role="leader")
    phone.goto("/figures")
    words = phone.get_by_text("Số lượt đúng hạn chia cho số lượt đến hạn")
    expect(words).to_be_hidden()
    phone.get_by_text("Tính thế nào?").first.click()
    expect(words).to_be_visible()


def test_figures_fit_one_sheet_of_paper(signed_in: Callable[[str], Page]) -> None:
    desk = signed_in("leader")
    for path in PRINTED:
        desk.goto(path)
        expect(desk.get_by_role("button", name="In một trang A4")).to_be_visible()
        paper = desk.pdf(prefer_css_page_size=True)
        assert len(_A_PAGE.findall(paper)) == 1, path
