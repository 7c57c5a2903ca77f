"""Text from people stays text in a spreadsheet."""

from __future__ import annotations

import pytest

from reports_service.core.spreadsheet_text import LIKE_A_FORMULA, defused

pytestmark = pytest.mark.pure


@pytest.mark.parametrize("begin", LIKE_A_FORMULA)
def test_what_begins_like_a_formula_gets_an_apostrophe(begin: str) -> None:
    assert defused(f"{begin}1") == f"'{begin}1"
    assert defused(f"a{begin}1") == f"a{begin}1"


def test_other_text_stays_as_it_is() -> None:
    assert [defused(text) for text in ("", "Đèn tắt", "12", "'x")] == ["", "Đèn tắt", "12", "'x"]


def test_a_dash_alone_stays_the_code_that_it_is() -> None:
    assert [defused(text) for text in ("-", "--", "-x", "- ")] == ["-", "'--", "'-x", "'- "]


def test_ideographic_signs_count_as_formulas_too() -> None:
    assert {"\n", "＝", "＋", "－", "＠"} < set(LIKE_A_FORMULA)
