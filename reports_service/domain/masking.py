"""What names a person, found in text that the public reads, and covered.

Numbers are looked for as people write them: with blanks, dots, dashes and slashes between, in other
digits than ours, with marks between that nobody sees, said in words. A number of nine digits and
more is taken for a person's (a telephone has 10 or 11, identity cards 9 and 12, accounts and bank
cards up to 19) unless it plainly is something else: a date, an amount, a place, the code of a
report. Where it may be either, it is covered: a telephone number shown is worse than an odd gap.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

MASK: Final = "•••"
FEWEST_DIGITS: Final = 9
FEWEST_WORDS: Final = 3  # of a number that is said; "nhà số hai ba" is no telephone

# Patterns are for ``_Plain.text``: small letters without marks, ASCII digits, dashes as "-".
_EMAIL: Final = re.compile(r"[\w.+-]{1,64}@[\w-]+(?:\.[\w-]+)+")
_EMAIL_SAID: Final = re.compile(
    r"[\w.+-]{1,64} ?(?:@|\(at\)|\[at\]|\ba ?(?:cong|vong|moc)\b) ?[\w-]+"
    r"(?: ?(?:\.|\(dot\)|\[dot\]|\bcham\b) ?[\w-]+)*"
    r" ?(?:\.|\(dot\)|\[dot\]|\bcham\b) ?(?:com|vn|net|org|edu|gov|info|io|me)\b"
)
_LONG_NUMBER: Final = re.compile(
    r"[+(]{0,2}(?<![0-9])(?:(?<![a-z])o(?=[0-9]))?[0-9](?:(?:[ .\-()_]{0,2}|[/,])[0-9]){7,}"
)
_PASSPORT: Final = re.compile(r"(?<![a-z0-9])[a-z][0-9]{7,8}(?![a-z0-9])")
_DIGIT_SAID: Final = (
    "khong|mot|hai|ba|bon|tu|nam|lam|sau|bay|tam|chin|"
    "zero|oh|one|two|three|four|five|six|seven|eight|nine"
)
_WORD: Final = re.compile(_DIGIT_SAID)
_NUMBER_SAID: Final = re.compile(
    rf"(?<![\w])(?:{_DIGIT_SAID}|[0-9]{{1,4}})"
    rf"(?:[ ,.\-]{{1,3}}(?:{_DIGIT_SAID}|[0-9]{{1,4}}))+(?![\w])"
)

_DAY: Final = r"(?:0?[1-9]|[12][0-9]|3[01])[\-./](?:0?[1-9]|1[0-2])[\-./](?:19|20)[0-9]{2}"
_ISO_DAY: Final = r"(?:19|20)[0-9]{2}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])"
_TIME: Final = r"[ t,]{1,2}[0-9]{1,2} ?[:hg] ?(?:[0-9]{2})?(?::[0-9]{2}(?:\.[0-9]+)?)?z?"
_MOMENT: Final = rf"(?:{_DAY}|{_ISO_DAY})(?:{_TIME})?"
_AMOUNT: Final = r"[1-9][0-9]{0,2}(?:[., ][0-9]{3})+"
_MONEY: Final = r"(?:gia|tien|phi|thu|chi|tong|khoang|het|phat|hon|gan)"
_LAT: Final = r"(?:[89]|1[0-9]|2[0-4])\.[0-9]{3,}"  # of Vietnam, in degrees
_LON: Final = r"1(?:0[2-9]|1[0-9])\.[0-9]{3,}"
_CODE: Final = r"[1-9][0-9]{2}-[0-9]{3}-[0-9]{4}"  # of a report, which never begins with 0
_CODE_WORD: Final = r"\b(?:ma|phan anh|code|report)\b[^0-9\n]{0,12}"
_START: Final = r"(?<![0-9+(])"
_END: Final = r"(?![ .,\-/]?[0-9])"  # what goes on in digits is one long number
# Long numbers that are nobody's.
_HARMLESS: Final = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{_START}{_MOMENT}(?: ?- ?{_MOMENT})?{_END}",
        rf"{_START}{_AMOUNT}{_END}(?= ?(?:d|dong|vnd|usd)\b)",
        rf"\b{_MONEY}[ :]{{1,2}}{_AMOUNT}{_END}",
        rf"{_START}(?:{_LAT}[,; ]{{1,3}}{_LON}|{_LON}[,; ]{{1,3}}{_LAT}){_END}",
        rf"{_START}(?<![.\-]){_CODE}{_END}",
        rf"{_CODE_WORD}(?<![0-9])[1-9][0-9]{{9}}{_END}",
    )
)
_COVER: Final = "x"


@dataclass(frozen=True)
class _Plain:
    """A text as patterns read it. ``places[n]``: where its n-th mark begins in the original."""

    text: str
    places: tuple[int, ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The same piece of the original, with the unseen marks behind each of its own."""
        return self.places[start], self.places[end]


def mask_people(text: str) -> str:
    """The text with e-mail addresses, phone, identity, passport, account and card numbers
    replaced by ``MASK``.
    """
    for find in (_addresses, _said_numbers, _numbers):
        plain = _plain(text)
        spans = [plain.span(start, end) for start, end in find(plain, text)]
        for start, end in reversed(spans):
            text = text[:start] + MASK + text[end:]
    return text


def _plain(text: str) -> _Plain:
    kept = [(mark, place) for place, mark in enumerate(map(_read, text)) if mark]
    return _Plain("".join(mark for mark, _ in kept), (*(place for _, place in kept), len(text)))


def _read(mark: str) -> str:
    """One mark as patterns read it; nothing for what only sits on another or is not seen."""
    if mark.isascii():
        return " " if mark == "\t" else mark.lower()
    kind = unicodedata.category(mark)
    if kind in ("Cf", "Mn", "Me", "Cc"):
        return ""
    if kind in ("Zs", "Pd"):
        return " " if kind == "Zs" else "-"
    digit = unicodedata.digit(mark, None)
    if digit is not None:
        return str(digit)
    if mark in "đĐ":
        return "d"
    return unicodedata.normalize("NFKD", mark.casefold())[0]


def _addresses(plain: _Plain, _: str) -> Iterator[tuple[int, int]]:
    yield from _apart(_EMAIL_SAID, _EMAIL, text=plain.text)


def _said_numbers(plain: _Plain, _: str) -> Iterator[tuple[int, int]]:
    for found in _NUMBER_SAID.finditer(plain.text):
        words = len(_WORD.findall(found[0]))
        if words >= FEWEST_WORDS and words + _digits(found[0]) >= FEWEST_DIGITS:
            yield found.span()


def _numbers(plain: _Plain, original: str) -> Iterator[tuple[int, int]]:
    text = plain.text
    for pattern in _HARMLESS:
        text = pattern.sub(lambda found: _COVER * len(found[0]), text)
    for start, end in _apart(_LONG_NUMBER, _PASSPORT, text=text):
        letter = original[plain.places[start]]
        is_passport = letter.isupper() and text[start] != "o"
        if is_passport or _digits(text[start:end].replace("o", "0")) >= FEWEST_DIGITS:
            yield start, end


def _apart(*patterns: re.Pattern[str], text: str) -> Iterator[tuple[int, int]]:
    """Where any of the patterns fits, from left to right; of two the first and longer."""
    reached = 0
    spans = (found.span() for one in patterns for found in one.finditer(text))
    for start, end in sorted(spans, key=lambda span: (span[0], -span[1])):
        if start >= reached:
            yield start, end
            reached = end


def _digits(text: str) -> int:
    return sum(mark.isdigit() for mark in text)
