"""Which category may be meant, from words."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports_service.domain.routing import fold_word
from reports_service.domain.suggestion import Suggested, suggest

WORDS = {
    "giao-thong": ["đèn tín hiệu", "giao thông"],
    "den-duong": ["đèn", "đèn tắt", "cột đèn", "tắt"],
    "rac": ["rác"],
}
KEYWORDS = {key: [(fold_word(word), word) for word in words] for key, words in WORDS.items()}
DEPTH = {"giao-thong": 1, "den-duong": 2, "rac": 2}


def suggested(text: str) -> list[str]:
    return [one.key for one in suggest(text, KEYWORDS, DEPTH)]


def test_words_are_found_without_marks_and_said_as_they_were_written() -> None:
    assert suggest("CỘT ĐÈN nghiêng", KEYWORDS, DEPTH) == [
        Suggested("den-duong", 5.0, ("đèn", "cột đèn"))
    ]
    assert suggest("cot den nghieng", KEYWORDS, DEPTH) == suggest("cột đèn", KEYWORDS, DEPTH)


def test_a_longer_phrase_says_more_than_its_single_words() -> None:
    assert suggested("đèn tín hiệu tắt") == ["giao-thong", "den-duong"]


@pytest.mark.parametrize("text", ["rách áo", "", "!?", "12"])
def test_parts_of_words_suggest_nothing(text: str) -> None:
    assert suggested(text) == []


def test_of_equals_the_deeper_category_comes_first_then_the_smaller_key() -> None:
    same = {key: [(fold_word("rác"), "rác")] for key in ("b", "a", "top")}
    found = suggest("rác", same, {"b": 2, "a": 2, "top": 1})
    assert [one.key for one in found] == ["a", "b", "top"]


@given(st.text(alphabet="đènrác tắt.,", max_size=60), st.randoms())
def test_the_same_words_always_suggest_the_same(text: str, chance: Random) -> None:
    keys = list(KEYWORDS)
    chance.shuffle(keys)
    turned = {key: KEYWORDS[key] for key in keys}
    assert suggest(text, turned, DEPTH) == suggest(text, KEYWORDS, DEPTH)
