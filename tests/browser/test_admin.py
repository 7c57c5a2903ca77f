"""Administrators' pages in states that no address has, and what script does on their forms."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser import looking
from tests.browser.chromium import DESK, NARROWEST
from tests.browser.opening import Opening

Desk = Callable[[str], Page]
RULE = "/admin/rules/1"
CATEGORY = "/admin/categories/mat-duong"


def holds(page: Page) -> None:
    """What every page holds to."""
    found = [*looking.axe(page), *looking.headings(page), *looking.sideways(page, NARROWEST)]
    assert found == []


def press(page: Page, name: str) -> None:
    """A button, by keyboard alone."""
    page.get_by_role("button", name=name).press("Enter")


def test_questions_are_added_in_place_by_keyboard_and_saved_at_once(signed_in: Desk) -> None:
    page = signed_in("admin")
    page.goto(CATEGORY)
    rows = page.locator("#field-questions > fieldset")
    before = rows.count()
    for number, code in enumerate(("mot", "hai")):
        if number:
            press(page, "Thêm câu hỏi")
        place = before - 1 + number
        begin = f"questions.{place}"
        if number:
            expect(page.locator(f'[name="{begin}.code"]')).to_be_focused()
        page.locator(f'[name="{begin}.code"]').fill(code)
        page.locator(f'[name="{begin}.label.vi"]').fill(f"Câu {code}?")
        page.locator(f'[name="{begin}.label.en"]').fill(f"Question {code}?")
        page.locator(f'[name="{begin}.kind"]').select_option("text")
    expect(rows).to_have_count(before + 1)
    assert rows.last.get_by_label("Câu hỏi tiếng Việt").input_value() == "Câu hai?"
    expect(rows.last.locator("legend").first).to_have_text(f"Mục {before + 1}")
    holds(page)
    press(page, "Lưu")
    expect(page.get_by_text("Đã lưu.")).to_be_visible()
    assert page.locator(f'[name="questions.{before}.code"]').input_value() == "hai"
    for place in (before - 1, before):  # other tests open this page, too
        page.locator(f'[name="questions.{place}.drop"]').press("Space")
    press(page, "Lưu")
    expect(rows).to_have_count(before)


def test_enter_in_a_field_saves_and_adds_no_row(signed_in: Desk) -> None:
    page = signed_in("admin")
    page.goto(CATEGORY)
    page.locator('[name="names.en"]').press("Enter")
    expect(page.get_by_text("Đã lưu.")).to_be_visible()


def test_a_rule_is_tried_on_its_form(opening: Opening) -> None:
    page = opening(NARROWEST, role="admin")
    page.goto(RULE)
    press(page, "Thử")
    outcome = page.locator("#sample [role=status]")
    expect(outcome).to_contain_text("Quy tắc này")
    expect(outcome).to_be_in_viewport()
    holds(page)


def test_the_bar_of_staff_covers_nothing_on_a_narrow_phone(opening: Opening) -> None:
    page = opening(NARROWEST, role="admin")
    page.goto("/admin")
    home = page.locator(".bar .home").bounding_box()
    other = page.get_by_role("link", name="English").bounding_box()
    assert home and other
    inside = page.locator(".bar .home").evaluate("home => home.scrollWidth <= home.clientWidth")
    beside = home["x"] + home["width"] <= other["x"]
    assert inside and (beside or home["y"] + home["height"] <= other["y"])


def test_a_report_of_the_queue_takes_little_height_at_a_desk_and_is_large_to_touch(
    opening: Opening,
) -> None:
    desk = opening(DESK, role="officer")
    desk.goto("/queue")
    heights = "rows => rows.map(row => row.getBoundingClientRect().height)"
    rows: list[float] = desk.locator(".queue > li").evaluate_all(heights)
    assert len(rows) >= 5
    assert sum(rows) / len(rows) < 110
    tablet = opening(DESK, role="officer", has_touch=True, is_mobile=True)
    tablet.goto("/queue")
    assert min(tablet.locator(".queue > li").evaluate_all(heights)) > min(rows)
    assert tablet.locator(".tabs a").first.bounding_box()["height"] >= 44  # type: ignore[index]


def test_what_has_ended_is_brought_back(signed_in: Desk) -> None:
    page = signed_in("admin")
    page.goto("/admin/ladders/new")
    page.locator('[name="code"]').fill("bac-thu")
    for language in ("vi", "en"):
        page.locator(f'[name="names.{language}"]').fill("Thử")
        page.locator(f'[name="steps.0.names.{language}"]').fill("Nhắc")
    page.locator('[name="steps.0.at"]').fill("0,5")
    press(page, "Lưu")
    page.locator("summary", has_text="Kết thúc").press("Enter")
    press(page, "Kết thúc")
    expect(page.get_by_text("Đã kết thúc lúc")).to_be_visible()
    holds(page)
    page.goto("/admin/ladders")
    page.locator("summary", has_text="Đã kết thúc").press("Enter")
    holds(page)
    page.get_by_role("link", name="Thử").press("Enter")
    press(page, "Khôi phục")
    expect(page.get_by_text("Đã khôi phục")).to_be_visible()


def test_a_kind_is_suggested_while_a_call_is_taken_down(signed_in: Desk) -> None:
    page = signed_in("operator")
    page.goto("/call")
    expect(page.get_by_label("Người gọi nói gì?")).to_be_focused()
    page.keyboard.type("den duong tat ba dem")
    kind = page.get_by_role("button", name="Đèn đường")
    expect(kind).to_be_visible()
    holds(page)
    page.locator("[name=category]").locator("xpath=preceding-sibling::input").fill("rac")
    page.get_by_label("Người gọi nói gì?").focus()
    page.keyboard.press("Tab")
    expect(kind).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("[name=category]")).to_have_value("den-duong")
    page.keyboard.type("long hoa")
    assert page.locator("[name=area]").input_value() == "25630"
    assert page.locator("[name=description]").input_value() == "den duong tat ba dem"
