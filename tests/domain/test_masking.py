"""What names a person does not reach the public, however it is written; what does not, stays."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports_service.domain.masking import MASK, mask_people


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
        "0912/345/678",
        "0912,345,678",
        "091\u00a02345\u00a0678",
        "0912–345–678",
        "+84(0)912345678",
        "84912345678",
        "sđt0912345678",
        "Zalo:0912345678",
        "O912345678",
        "０９１２３４５６７８",
        "٠٩١٢٣٤٥٦٧٨",
        "0\ufe0f\u20e39\ufe0f\u20e31\ufe0f\u20e32\ufe0f\u20e3345678",
        "09\u200b12\u200b345\u2060678",
        "0 9 1 2 3 4 5 6 7 8",
        "0912345678 hoặc 0987654321",
        "09123456780987654321",
        "không chín một hai ba bốn năm sáu bảy tám",
        "Không, chín, một, hai, ba, bốn, năm, sáu, bảy, tám",
        "không chín một hai 345 678",
        "zero nine one two three four five six seven eight",
        "B1234567",
        "C12345678",
        "4111 1111 1111 1111",
        "9704 3668 1234 5678 901",
        "0123456789012",
        "hoa @ vidu . vn",
        "lehoa a còng gmail chấm com",
        "lehoa(at)gmail(dot)com",
        "091-234-5678",
    ],
)
def test_what_names_a_person_is_masked(personal: str) -> None:
    masked = mask_people(f"Liên hệ {personal} nhé")
    assert MASK in masked
    assert not [mark for mark in masked if mark.isdigit()]
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
        "1.200.000.000 đồng",
        "giá 120.000.000",
        "hết 1 200 000 000 vnđ",
        "ngày 30-04-2026 09:30",
        "lúc 2026-03-09 09:00:00",
        "từ 09.03.2026 - 15.03.2026",
        "từ 09/03/2026 - 15/03/2026",
        "phản ánh 483-920-1157",
        "mã 4839201157",
        "11.2871345, 106.1312456",
        "106.1312456 11.2871345",
        "07.30 - 11.30 và 13.30 - 17.00",
        "khu nhà số hai ba",
        "A công ty chấm dứt",
        "H1234, T45",
        "tuyến 5 xe 70A-12345",
    ],
)
def test_house_numbers_posts_and_dates_stay(harmless: str) -> None:
    assert mask_people(f"Tại {harmless}.") == f"Tại {harmless}."


@given(st.text())
def test_masking_twice_changes_nothing_more(text: str) -> None:
    assert mask_people(mask_people(text)) == mask_people(text)


@given(
    st.sampled_from(["0912345678", "84912345678", "02763822123", "079203001234", "280123456"]),
    st.lists(st.sampled_from(["", "", " ", ".", "-", " - "[:2], "/", "\u200b", "\u00a0", "–"])),
    st.sampled_from([0x30, 0xFF10, 0x0660, 0x1D7CE]),
)
def test_however_a_number_is_split_and_in_whatever_digits_none_of_it_stays(
    number: str, between: list[str], zero: int
) -> None:
    digits = [chr(zero + int(mark)) for mark in number]
    gaps = between[: len(digits) - 1] + [""] * (len(digits) - 1 - len(between))
    written = digits[0] + "".join(gap + mark for gap, mark in zip(gaps, digits[1:], strict=True))
    assert mask_people(f"Gọi {written} nhé") == f"Gọi {MASK} nhé"


@given(st.text(alphabet="0123456789 .-/,x@avnc", max_size=60))
def test_nine_digits_in_a_row_never_stay_and_masking_again_changes_nothing(text: str) -> None:
    masked = mask_people(text)
    assert not re.search(r"[0-9]{9}", masked)
    assert mask_people(masked) == masked


def test_a_long_text_is_masked_in_time_that_grows_with_it() -> None:
    for piece in ("a", "a@", "0 ", "a.", "không ", "1.", "x a còng "):
        long = piece * (20_000 // len(piece))
        assert mask_people(f"{long} 0912345678") != f"{long} 0912345678"
