"""What names a person does not reach the public, however it is written; what does not, stays."""

from __future__ import annotations

import importlib
import re
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from reports_service.domain import masking
from reports_service.domain.masking import MASK, mask_people

_parser: Any = importlib.import_module("re._parser")  # what re itself reads patterns with


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
        "0912 - 345 - 678",
        "0912 – 345 – 678",
        "0987, 654, 321",
        "0912:345:678",
        "0912: 345: 678",
        "0912 / 345 / 678",
        "0912\n345\n678",
        "0912\r\n345\r\n678",
        "0912\u2028345\u2028678",
        "0912|345|678",
        "0912 | 345 | 678",
        "0912*345*678",
        "0912~345~678",
        "0912;345;678",
        "0912=345=678",
        "0912'345'678",
        "0912 .. 345 .. 678",
        "0912--345---678",
        "0912 (345) - 678",
        "0912📞345📞678",
        "0912•••345•••678",
        "0912%20345%20678",
        "+84%20912%20345%20678",
        "280%20123%20456",
        "0 * 9 * 1 * 2 * 3 * 4 * 5 * 6 * 7 * 8",
        "09, 12, 34, 56, 78",
        "84 - 912 - 345 - 678",
        "+84 - 912 - 345 - 678",
        "+84 276-382-2123",
        "0 276-382-2123",
        "849-123-4567 * 8",
        "CCCD 072 - 185 - 001234",
        "001 : 185 : 001234",
        "CMND 280 - 123 - 456",
        "280, 123, 456",
        "09I2345678",
        "09l2345678",
        "O9I2 - 345 - O78",
        "0912 - 345 - O78",
        "091234567O",
        "lan at gmail dot com",
        "lan (at) gmail (dot) com",
        "lan [at] gmail [dot] com",
        "lan [at] gmail.com",
        "lan @ gmail . com",
        "lan  @  gmail  .  com",
        "lan a còng gmail.com",
        "lan (a còng) gmail chấm com",
        "lan a còng yahoo chấm com chấm vn",
        "lan at gmail.com",
    ],
)
def test_what_names_a_person_is_masked(personal: str) -> None:
    masked = mask_people(f"Liên hệ {personal} nhé")
    assert MASK in masked
    assert not [mark for mark in masked if mark.isdigit()]
    assert not [mark for mark in ("@", "lan", "gmail", "yahoo") if mark in masked]
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
        "từ số 12 - 45 đường 30/4",
        "ngày 30/11/2026 lúc 8:30",
        "lúc 8:30, 30/11/2026",
        "ngày 05/11/2026, 30 người",
        "ngày 05/11/2026, 07/11/2026, 09/11/2026",
        "từ 08:00 - 11:30, 13:30 - 17:00",
        "từ 08:00 - 17:00, 3 ngày liền",
        "10.500.000 đồng",
        "10.500.000 - 11.000.000 đồng",
        "từ 10.500.000 - 11.000.000",
        "QL22, km 35 + 200",
        "tọa độ 11.3254, 106.1234",
        "tọa độ (10.0254, 106.0123)",
        "mã 341-530-7523",
        "341-530-7523, 483-920-1157",
        "số 12, 14, 16",
        "số 12, 14, 16, 18, 20, 22",
        "nhà 101, 103, 105, 107",
        "đèn số 5; 7; 9; 11; 13; 15",
        "trụ 45/12, 45/13, 45/14",
        "chị Lan át tiếng loa. Cơm",
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


@given(st.text(alphabet="0123456789 .-/,x@avnc*:\n•Bo", max_size=60))
def test_nine_digits_in_a_row_never_stay_and_masking_again_changes_nothing(text: str) -> None:
    masked = mask_people(text)
    assert not re.search(r"[0-9]{9}", masked)
    assert mask_people(masked) == masked


_SEPARATORS = st.text(alphabet=" \n\t.,:;-–—/|*~='\"_()[]{}<>+#!?&%•…📞", max_size=3)
# What is left on purpose, even of a telephone number that somebody writes so.
_LOOKS_LIKE_SOMETHING_ELSE = re.compile(
    r"[0-9]{3}-[0-9]{3}-[0-9]{4}|[/.-][0-9]{1,2}[/.-](?:19|20)[0-9]{2}|(?:19|20)[0-9]{2}-"
    r"|:[0-9]{2} ?[-~] ?[0-9]{1,2}:|\.[0-9]{3,}[,; ]{1,3}1[01][0-9]\."
)


@given(
    st.from_regex(r"(?:\+?84|0)[235789][0-9]{8}|02[0-9]{9}|0[0-9]{2}[0-3][0-9]{8}", fullmatch=True),
    st.data(),
)
def test_no_separators_between_groups_leave_a_telephone_or_identity_number_readable(
    number: str, data: st.DataObject
) -> None:
    assume(number.isascii() and not number.startswith("000"))
    separator = data.draw(_SEPARATORS)
    between = st.one_of(st.just(""), st.just(separator), _SEPARATORS)
    written = number[0] + "".join(data.draw(between) + mark for mark in number[1:])
    plain = written.replace("–", "-").replace("—", "-").replace("\t", " ")
    assume(not _LOOKS_LIKE_SOMETHING_ELSE.search(plain))
    masked = mask_people(f"Gọi {written} nhé")
    assert not [mark for mark in masked if mark.isdigit()]


def test_what_stands_before_a_number_stays_where_it_is_a_group_of_its_own() -> None:
    assert mask_people("số 12, 0912 - 345 - 678") == f"số 12, {MASK}"
    assert mask_people("gọi +84 * 912 * 345 * 678") == f"gọi {MASK}"
    assert mask_people("0912345678lớn") == f"{MASK}lớn"


def test_masks_that_overlap_cover_all_that_either_covers() -> None:
    assert mask_people("Gọi 280123456 0912 * 345 * 678 nhé") == f"Gọi {MASK} nhé"


def _patterns() -> list[re.Pattern[str]]:
    found: list[re.Pattern[str]] = []
    for value in vars(masking).values():
        found += [one for one in (value if isinstance(value, tuple) else (value,))
                  if isinstance(one, re.Pattern)]  # fmt: skip
    return found


def _unbounded_in_unbounded(tree: Any, inside: bool = False) -> bool:
    """Whether a repeat without end, which may give back, is in another: 2ⁿ ways to fail."""
    if isinstance(tree, tuple) and len(tree) == 2 and str(tree[0]).endswith("_REPEAT"):
        kind, (_, most, repeated) = tree
        endless = most is _parser.MAXREPEAT and str(kind) != "POSSESSIVE_REPEAT"
        return (endless and inside) or _unbounded_in_unbounded(repeated, inside or endless)
    if isinstance(tree, (tuple, list, _parser.SubPattern)):
        return any(_unbounded_in_unbounded(branch, inside) for branch in tree)
    return False


def test_no_pattern_has_more_ways_to_fail_than_its_text_is_long() -> None:
    patterns = _patterns()
    assert len(patterns) > 10
    assert _unbounded_in_unbounded(_parser.parse("(?:a+b?)+c"))
    assert not [
        one.pattern for one in patterns if _unbounded_in_unbounded(_parser.parse(one.pattern))
    ]


@pytest.mark.parametrize(
    "piece",
    [
        "-cham-", "cham ", " . a", "a at ", "x@-cham", "1 * ", "0oil", "o", "111 ", "1,", "84 ",
        "- ", "%20", "1%20", "5•••", "08:30 - ", "9.111, ", "341-530-7523, ", "01/02/2026, ", "(+",
    ],
)  # fmt: skip
def test_a_long_hostile_text_is_read_to_its_end(piece: str) -> None:
    long = f"x@{piece * (20_000 // len(piece))}!"
    assert mask_people(f"{long} z 0912 - 345 - 678").endswith(f" z {MASK}")


def test_a_long_text_is_masked_in_time_that_grows_with_it() -> None:
    for piece in ("a", "a@", "0 ", "a.", "không ", "1.", "x a còng "):
        long = piece * (20_000 // len(piece))
        assert mask_people(f"{long} 0912345678") != f"{long} 0912345678"
