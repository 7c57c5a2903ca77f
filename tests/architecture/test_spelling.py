"""One way to write the tone of oa, oe and uy where a syllable ends in them: hòa, khỏe, thủy.

Most official papers do so; people who write hoà find it all the same (domain/text.py).
"""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

import pytest

pytestmark = pytest.mark.pure
ROOT = Path(__file__).parents[2]
SPOKEN = ("reports_service", "config")
KINDS = {".toml", ".csv", ".html", ".txt", ".js", ".py", ".css"}
# After q the u belongs to the consonant, and the tone to the y: quý, quỹ.
ELSEWHERE = re.compile(r"\w*(?:o[áàảãạéèẻẽẹ]|(?<!q)u[ýỳỷỹỵ])(?!\w)", re.IGNORECASE)


def elsewhere(text: str) -> list[str]:
    """The words of a text that carry their tone on the last letter."""
    return ELSEWHERE.findall(unicodedata.normalize("NFC", text))


@pytest.mark.parametrize("word", ["hoà", "Xoá", "khoẻ", "UỶ", "thuỷ", "toà", "loè"])
def test_a_tone_on_the_last_letter_is_found(word: str) -> None:
    assert elsewhere(f"a {word}, b") == [word]
    assert elsewhere(unicodedata.normalize("NFD", word))


def test_other_syllables_are_left_alone() -> None:
    assert (
        elsewhere("hòa Xóa khỏe ủy thủy hoàn toàn ngoài thuyền hoạt xoáy quý quỹ Huế huỳnh") == []
    )


def test_all_that_people_read_is_written_in_the_one_way() -> None:
    files = [path for part in SPOKEN for path in (ROOT / part).rglob("*") if path.suffix in KINDS]
    assert len(files) > 500
    found = {path.name: words for path in files if (words := elsewhere(path.read_text("utf-8")))}
    assert found == {}
