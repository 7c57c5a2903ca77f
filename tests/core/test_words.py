"""Words by code and language."""

from __future__ import annotations

import pytest

from reports_service.core import words

pytestmark = pytest.mark.pure


def test_words_are_said_in_the_language_that_is_asked_for() -> None:
    assert words.say("status_new", "vi") == "mới tiếp nhận"
    assert words.say("status_new", "en") == "new"


def test_a_language_we_do_not_speak_is_answered_in_vietnamese() -> None:
    assert words.say("status_new", "fr") == words.say("status_new", "vi")


def test_values_fill_the_placeholders() -> None:
    assert "/here" in words.say("address_unknown", "en", path="/here")


def test_an_unknown_code_is_a_fault_of_ours() -> None:
    assert not words.knows("no_such_code")
    with pytest.raises(KeyError):
        words.say("no_such_code")


@pytest.mark.parametrize(
    ("names", "language", "said"),
    [
        ({"vi": "Đèn", "en": "Lights"}, "en", "Lights"),
        ({"vi": "Đèn"}, "en", "Đèn"),
        ({"en": "Lights"}, "vi", "Lights"),
    ],
)
def test_a_name_is_said_in_the_language_that_it_has(
    names: dict[str, str], language: str, said: str
) -> None:
    assert words.named(names, language) == said
