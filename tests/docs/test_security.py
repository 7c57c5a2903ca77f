"""docs/security.md: each item of the standard once, all that it names is there, it counts right."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

pytestmark = [pytest.mark.pure, pytest.mark.any_engine]

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
STATES = ("met", "not applicable", "open")
WIDEST = 116

# How many items of levels 1 and 2 each section of ASVS 5.0.0 has; they are its first ones.
SECTIONS = {
    "1.1": 2, "1.2": 9, "1.3": 11, "1.4": 3, "1.5": 2,
    "2.1": 3, "2.2": 3, "2.3": 4, "2.4": 1,
    "3.2": 2, "3.3": 4, "3.4": 6, "3.5": 5, "3.7": 2,
    "4.1": 3, "4.2": 1, "4.3": 2, "4.4": 4,
    "5.1": 1, "5.2": 3, "5.3": 2, "5.4": 3,
    "6.1": 3, "6.2": 12, "6.3": 4, "6.4": 4, "6.5": 5, "6.6": 3, "6.8": 4,
    "7.1": 3, "7.2": 4, "7.3": 2, "7.4": 5, "7.5": 2, "7.6": 2,
    "8.1": 2, "8.2": 3, "8.3": 1, "8.4": 1,
    "9.1": 3, "9.2": 4,
    "10.1": 2, "10.2": 2, "10.3": 4, "10.4": 11, "10.5": 5, "10.6": 2, "10.7": 3,
    "11.1": 2, "11.2": 3, "11.3": 3, "11.4": 4, "11.5": 1, "11.6": 1,
    "12.1": 3, "12.2": 2, "12.3": 4,
    "13.1": 1, "13.2": 5, "13.3": 2, "13.4": 5,
    "14.1": 2, "14.2": 4, "14.3": 3,
    "15.1": 3, "15.2": 3, "15.3": 7,
    "16.1": 1, "16.2": 5, "16.3": 4, "16.4": 3, "16.5": 3,
    "17.1": 1, "17.2": 4, "17.3": 2,
}  # fmt: skip
ITEM = re.compile(r"V(\d+\.\d+)\.(\d+)(?:–V(\d+\.\d+)\.(\d+))?")
NAMED = re.compile(r"`([^`]+)`")
PLACE = re.compile(
    r"(?!/)[\w.-]*(?:/[\w.-]+)+|[\w-]+\.(?:md|yaml|txt|json)|Dockerfile|\.dockerignore"
)


@dataclass(frozen=True)
class Row:
    """A line of the tables: one item, or several that have one answer."""

    item: str
    state: str
    shown_by: str

    @property
    def items(self) -> list[str]:
        return list(items_of(self.item))

    @property
    def places(self) -> Iterator[tuple[str, str]]:
        """The files and folders that it names, each with the function in it or nothing."""
        for name in NAMED.findall(self.shown_by):
            path, _, function = name.partition("::")
            if function or PLACE.fullmatch(path):
                yield path, function


def items_of(cell: str) -> Iterator[str]:
    """Each item of ``V1.2.6–V1.2.8, V1.4.1``. Raises ``AssertionError`` for what is none."""
    for part in cell.split(", "):
        found = ITEM.fullmatch(part)
        assert found, f"no item: {part}"
        section, first, same, last = found.groups()
        assert same in (None, section), f"a range over sections: {part}"
        yield from (f"{section}.{n}" for n in range(int(first), int(last or first) + 1))


def rows() -> list[Row]:
    cells = [line.strip("| ").split(" | ") for line in PAGE.splitlines() if line.startswith("| V")]
    assert {len(one) for one in cells} == {4}
    return [Row(item, state, shown_by) for item, _asks, state, shown_by in cells]


def kept_open() -> list[str]:
    """The items of the list at the end."""
    found = re.findall(r"^\d+\. \*\*(V[^*]+)\*\*", PAGE.partition("\n## Open\n")[2], re.MULTILINE)
    return [item for names in found for item in items_of(names)]


@cache
def source(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def test_every_item_of_levels_one_and_two_is_there_once() -> None:
    asked = [f"{section}.{n + 1}" for section, most in SECTIONS.items() for n in range(most)]
    assert len(asked) == 253
    answered = Counter(item for row in rows() for item in row.items)
    assert answered == Counter(asked)


def test_a_state_is_one_of_three() -> None:
    assert {row.state for row in rows()} == set(STATES)


def test_what_is_named_is_there() -> None:
    missing = []
    for row in rows():
        for path, function in row.places:
            there = (ROOT / path).exists()
            if not there or (function and f"\ndef {function}(" not in source(path)):
                missing.append((row.item, path, function))
    assert missing == []


def test_what_is_met_names_a_test_or_a_place() -> None:
    unshown = [
        row.item
        for row in rows()
        if row.state == "met" and not (list(row.places) or "`/docs" in row.shown_by)
    ]
    assert unshown == []


def test_the_head_counts_what_the_tables_say() -> None:
    said = {state: int(n) for state, n in re.findall(r"^\| ([a-z ]+) \| (\d+) \|", PAGE, re.M)}
    counted = Counter(row.state for row in rows() for _ in row.items)
    assert said == dict(counted)


def test_what_is_open_is_listed_at_the_end_and_nothing_else() -> None:
    still = [item for row in rows() if row.state == "open" for item in row.items]
    assert sorted(kept_open()) == sorted(still)


def test_lines_outside_of_tables_are_short() -> None:
    long = [line for line in PAGE.splitlines() if line[:1] != "|" and len(line) > WIDEST]
    assert long == []
