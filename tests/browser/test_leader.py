"""The leader's minute: the number, the reports behind it, and one sheet of paper."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import FloatRect, Page, ViewportSize, expect

from tests.browser.chromium import DESK, NARROWEST
from tests.browser.opening import Opening
from tests.personas import LIGHTS

SHEET: ViewportSize = {"width": 710, "height": 1039}  # A4 within its margins, at 96 dots per inch
# Of each shade, how far its lightness is from that of the page: 0 to 1.
APART_FROM_THE_PAGE = """shades => {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.classList.add("communes");
  document.querySelector("main").append(svg);
  const light = colour => {
    const [r, g, b] = colour.match(/\\d+/g).map(Number);
    return (0.2126 * r + 0.7152 * g + 0.0722 * b) / 255;
  };
  const page = light(getComputedStyle(document.body).backgroundColor);
  return shades.map(shade => {
    const rect = document.createElementNS("http://www.w3.org/2000/svg", "rect");
    rect.classList.add(shade);
    svg.append(rect);
    return Math.abs(light(getComputedStyle(rect).fill) - page);
  });
}"""
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


def test_a_share_stands_beside_how_many_it_is_of_on_a_phone(opening: Opening) -> None:
    phone = opening(NARROWEST, role="leader")
    phone.goto("/figures/agencies")
    seen = _box(phone, ".scrolls >> nth=0")
    for name in ("Tỷ lệ đúng hạn", "Đến hạn"):
        box = phone.get_by_role("columnheader", name=name, exact=True).first.bounding_box()
        assert box is not None
        assert box["x"] + box["width"] <= seen["x"] + seen["width"], name


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_needs_more_attention_stands_out_more_on_a_map(opening: Opening, scheme: str) -> None:
    desk = opening(DESK, role="leader", scheme=scheme)
    desk.goto("/figures")
    apart = desk.evaluate(APART_FROM_THE_PAGE, ["none", "best", "well", "fair", "poor"])
    assert apart[0] == 0
    assert apart == sorted(set(apart))
    assert apart[-1] > 0.6


def test_on_paper_the_map_stands_beside_the_agencies_and_delay_beside_age(
    signed_in: Callable[[str], Page],
) -> None:
    desk = signed_in("leader")
    desk.goto("/figures")
    desk.emulate_media(media="print")
    desk.set_viewport_size(SHEET)
    drawn, agencies = (_box(desk, selector) for selector in ("figure.communes", ".agencies"))
    assert drawn["x"] + drawn["width"] < agencies["x"]
    age, delay = (_box(desk, f".pair > table:nth-of-type({place})") for place in (1, 2))
    assert age["y"] == delay["y"]


def _box(page: Page, selector: str) -> FloatRect:
    found = page.locator(selector).bounding_box()
    assert found is not None, selector
    return found


def test_figures_fit_one_sheet_of_paper(signed_in: Callable[[str], Page]) -> None:
    desk = signed_in("leader")
    for path in PRINTED:
        desk.goto(path)
        expect(desk.get_by_role("button", name="In một trang A4")).to_be_visible()
        paper = desk.pdf(prefer_css_page_size=True)
        assert len(_A_PAGE.findall(paper)) == 1, path
