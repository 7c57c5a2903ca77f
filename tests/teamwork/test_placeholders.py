"""Placeholders are looked up by name; nothing else in a text means anything."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports_service.teamwork import placeholders

pytestmark = pytest.mark.pure


def test_a_placeholder_is_filled_and_the_rest_stays() -> None:
    values = {"code": "483-920-1157", "area": "Phường Long Hoa"}
    said = placeholders.filled("Phản ánh {code} ở { area }: 100% {", values)
    assert said == "Phản ánh 483-920-1157 ở Phường Long Hoa: 100% {"


def test_what_is_filled_in_is_not_filled_again() -> None:
    assert placeholders.filled("{address}", {"address": "{code}", "code": "x"}) == "{code}"


@pytest.mark.parametrize(
    "text", ["{code.__class__}", "{code!r}", "{code:>9}", "{0}", "{}", "{mã}", "{agency[names]}"]
)
def test_what_format_would_follow_is_unknown(text: str) -> None:
    assert placeholders.unknown(text)
    assert placeholders.filled(text, {"code": "x", "agency": "y"}) == text


@given(st.text())
def test_no_text_breaks_it(text: str) -> None:
    values = dict.fromkeys(placeholders.NAMES, "x")
    if not placeholders.unknown(text) and "{" not in text:
        assert placeholders.filled(text, values) == text
    placeholders.filled(text, values)
