"""Text folded for search and masked for the public."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports_service.domain.text import MASK, fold, mask_people


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


@pytest.mark.parametrize(
    "personal",
    [
        "0912345678",
        "0912 345 678",
        "0912.345.678",
        "091-234-5678",
        "+84 912 345 678",
        "(0276) 3822 123",
        "0276 3822123",
        "079203001234",
        "079 203 001 234",
        "280123456",
        "le.hoa+1@vidu.com.vn",
        "ＬＥＨＯＡ@vidu.vn",
    ],
)
def test_what_names_a_person_is_masked(personal: str) -> None:
    masked = mask_people(f"Liên hệ {personal} nhé")
    digits = "".join(mark for mark in personal if mark.isdigit())
    assert MASK in masked
    assert "".join(mark for mark in masked if mark.isdigit()) == "" or not digits
    assert "@" not in masked
    assert masked.startswith("Liên hệ")
    assert masked.endswith("nhé")


@pytest.mark.parametrize(
    "harmless",
    [
        "số nhà 1022",
        "trụ đèn 45/12",
        "ngày 30/04/2026",
        "đường DT 784",
        "9 giờ 30",
        "giá 1.200.000",
    ],
)
def test_house_numbers_posts_and_dates_stay(harmless: str) -> None:
    assert mask_people(f"Tại {harmless}.") == f"Tại {harmless}."


@given(st.text())
def test_masking_twice_changes_nothing_more(text: str) -> None:
    assert mask_people(mask_people(text)) == mask_people(text)
