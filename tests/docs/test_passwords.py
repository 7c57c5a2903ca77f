"""docs/passwords.md lists the words that no password may be built of."""

from __future__ import annotations

from pathlib import Path

import pytest

from config import default
from reports_service.domain.words_of_this_place import OF_THE_SERVICE

pytestmark = [pytest.mark.pure, pytest.mark.any_engine]

PAGE = " ".join((Path(__file__).parents[2] / "docs" / "passwords.md").read_text("utf-8").split())


def test_every_word_of_this_place_is_listed() -> None:
    _, _, listed = PAGE.partition("words_of_this_place.py`:")
    said = {word.strip(" .") for word in listed.partition(" - **")[0].split(",")}
    assert said == set(OF_THE_SERVICE)


def test_the_names_of_the_place_are_those_of_the_configuration() -> None:
    assert f"without it {', '.join(default.PASSWORD_WORDS)}." in PAGE
