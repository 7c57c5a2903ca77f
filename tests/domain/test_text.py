"""Text folded for search."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports_service.domain.text import fold


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Đèn  đường", "den duong"),
        ("ĐƯỜNG Nguyễn Huệ", "duong nguyen hue"),
        (unicodedata.normalize("NFD", "Phường Long Hoà"), "phuong long hoa"),
        ("\tổ gà\n", "o ga"),
        ("Đèn 💡 tắt", "den 💡 tat"),
    ],
)
def test_text_is_compared_without_marks_and_case(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(st.text())
def test_folding_twice_changes_nothing_more(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text(alphabet="aăâeêioôơuưyđĐÀẢÃÁẠầẩẫấậ bcdghklmn"))
def test_composed_and_combining_marks_are_one(text: str) -> None:
    assert fold(unicodedata.normalize("NFD", text)) == fold(unicodedata.normalize("NFC", text))
