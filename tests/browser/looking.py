"""What can be said of any page by looking at it: axe's rules, reflow, headings, the keyboard."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Page, ViewportSize

AXE: Final = Path(__file__).parent / "node_modules" / "axe-core" / "axe.min.js"
MOST_STOPS: Final = 1_000  # of the keyboard on one page
RUN_AXE: Final = """
    async (only) => {
        const options = only ? {runOnly: {type: "rule", values: only}} : {};
        const found = await axe.run(document, {resultTypes: ["violations"], ...options});
        return found.violations.map(({id, help, nodes}) => ({
            id, help, nodes: nodes.map(({target, failureSummary}) => ({
                target: target.join(" "), why: failureSummary})),
        }));
    }
"""
# A style sheet made by a script is one that the content policy lets in.
SHORTEN: Final = """
    (rows) => {
        const sheet = new CSSStyleSheet();
        sheet.replaceSync(`:is(tbody > tr, main li):nth-child(n + ${rows + 1}) { display: none; }`);
        document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
    }
"""
ROWS_LEFT: Final = 12
# Elements that a person can use, each as it looks before it has the focus.
PREPARE_STOPS: Final = """
    () => {
        const kinds = "a[href], button, input:not([type=hidden]), select, textarea, summary," +
            "[tabindex='0'], [contenteditable='true']";
        const look = (element) => {
            const near = [element, element.parentElement, element.labels?.[0],
                element.nextElementSibling].filter(Boolean);
            return near.map((one) => {
                const style = getComputedStyle(one);
                const outline = style.outlineStyle === "none" ? "" :
                    style.outlineStyle + style.outlineWidth + style.outlineColor;
                return [outline, style.boxShadow, style.borderColor, style.backgroundColor,
                    style.textDecoration].join();
            }).join("|");
        };
        const usable = [...document.querySelectorAll(kinds)].filter((element) =>
            !element.disabled && element.tabIndex >= 0 && !element.closest("[inert]") &&
            element.checkVisibility({visibilityProperty: true}) &&
            element.getClientRects().length);
        document.activeElement?.blur();
        const stops = usable.map((element) => ({element, before: look(element)}));
        const say = ({element}) => element.outerHTML.slice(0, 160);
        const group = ({element}) => element.type === "radio" && element.name;
        window.stops = {
            number: stops.length,
            missed: () => stops.filter((stop) => !stop.reached &&
                !(group(stop) && stops.some((other) => other.reached &&
                    group(other) === group(stop)))).map(say),
            unseen: () => stops.filter((stop) => stop.reached && !stop.seen).map(say),
        };
        document.addEventListener("focusin", ({target}) => {
            const stop = stops.find(({element}) => element === target);
            if (!stop) return;
            stop.reached = true;
            stop.seen = look(target) !== stop.before;
        });
        return stops.length;
    }
"""


@cache
def _axe() -> str:
    return AXE.read_text(encoding="utf-8")


def shorten(page: Page) -> None:
    """Leave the first dozen rows of each table and list: the others are made like them, and
    hundreds take most of the time.
    """
    page.evaluate(SHORTEN, ROWS_LEFT)


def axe(page: Page, *only: str) -> list[str]:
    """What axe-core finds, a line for each element; ``only`` these rules, else all of them."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(_axe())
    return list(_lines(page.evaluate(RUN_AXE, list(only) or None)))


def _lines(violations: list[Mapping[str, Any]]) -> Iterator[str]:
    for violation in violations:
        for node in violation["nodes"]:
            yield f"{violation['id']}: {violation['help']}: {node['target']}: {node['why']}"


def sideways(page: Page, size: ViewportSize) -> list[str]:
    """Whether the page must be moved sideways to be read in a window of this size."""
    page.set_viewport_size(size)
    width = page.evaluate("document.documentElement.scrollWidth")
    return [f"{width} px wide in a window of {size['width']} px"] if width > size["width"] else []


def headings(page: Page) -> list[str]:
    """One title, and no level left out on the way down."""
    levels = page.evaluate(
        "[...document.querySelectorAll('h1, h2, h3, h4, h5, h6')]"
        ".filter((one) => one.checkVisibility()).map((one) => Number(one.tagName[1]))"
    )
    wrong = [f"{levels.count(1)} first headings"] if levels.count(1) != 1 else []
    pairs = zip([0, *levels], levels, strict=False)
    return wrong + [f"h{low} after h{high}" for high, low in pairs if low > high + 1]


def unreachable(page: Page) -> list[str]:
    """What cannot be reached by Tab alone, or does not show that it has the focus."""
    number = page.evaluate(PREPARE_STOPS)
    for _ in range(2):  # once more where the page grew on the way, as a map that moves along
        for _ in range(min(number + 10, MOST_STOPS)):
            page.keyboard.down("Tab")  # held down
        page.keyboard.up("Tab")
        missed, unseen = page.evaluate("[window.stops.missed(), window.stops.unseen()]")
        if not missed:
            break
    return [
        *(f"not reached by Tab: {element}" for element in missed),
        *(f"focus not seen: {element}" for element in unseen),
    ]
