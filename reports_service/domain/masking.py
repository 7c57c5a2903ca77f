"""What names a person, found in text that the public reads, and covered.

Numbers are looked for as people write them: in groups, in other digits than ours, with letters that
look like digits, with marks between that nobody sees, said in words. There are two measures:

- *Spaced* groups stand apart by up to six marks of whatever kind, neither letters nor digits. They
  are a person's from a group on that begins like a telephone number or an identity card (0, 84),
  when nine digits or more follow from there; and as a whole when they make nine digits,
  as older identity cards have, which begin with any.
- *Close* groups have little between them (two blanks, dots, dashes, brackets; one slash or comma).
  Nine digits of these are a person's whatever they begin with, for accounts and bank cards have up
  to 19.

What plainly is something else is left: a date with its year, hours from and to, an amount, a place,
the code of a report, house numbers one after the other. So is a telephone number that somebody
writes as one of these on purpose. Where it may be either, it is covered: a telephone number shown
is worse than an odd gap.

Every pattern reads a text in time that grows with its length: what repeats is bounded, or
possessive, or cannot end in two ways.
Single marks alone are possessive: before CPython 3.11.5 a group that is keeps what it read of a
round that fails.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

MASK: Final = "•••"
FEWEST_DIGITS: Final = 9
FEWEST_WORDS: Final = 3  # of a number that is said; "nhà số hai ba" is no telephone

# Patterns are for ``_Plain.text``: small letters without marks, ASCII digits, dashes as "-".
_EMAIL: Final = re.compile(r"[\w.+-]{1,64}@[\w-]++(?:\.[\w-]++)+")
_AT: Final = (
    r"(?:\s{0,3}(?:@|[(\[{<]\s?(?:at|a\s?(?:cong|vong|moc))\s?[)\]}>])\s{0,3}"
    r"|\s{1,3}(?:at|a\s?(?:cong|vong|moc))\s{1,3}|\s?\ba\s?(?:cong|vong|moc)\b\s?)"
)
# Said dots stand alone: were "-cham-" both a dot and a part of a name, there would be too many ways
# to read a long row of them.
_DOT: Final = (
    r"\s{0,3}(?:\.|[(\[{<]\s?(?:\.|dot|cham)\s?[)\]}>]|(?<![\w-])(?:dot|cham)(?![\w-]))\s{0,3}"
)
_EMAIL_SAID: Final = re.compile(
    rf"[\w.+-]{{1,64}}{_AT}[\w-]++(?:{_DOT}[\w-]++){{0,5}}"
    rf"{_DOT}(?:com|vn|net|org|edu|gov|info|io|me|biz|asia|xyz|co)\b"
)
_CLOSE: Final = re.compile(
    r"[+(]{0,2}(?<![0-9])(?:(?<![a-z])o(?=[0-9]))?[0-9](?:(?:[ .\-()_]{0,2}|[/,])[0-9]){7,}"
)
# A group begins with a digit, or with letters like digits in front of one. Letters in it or at its
# end are digits unless a word goes on with them: "0912345678lớn".
_GROUP: Final = (
    r"(?:(?<![a-z0-9])[oil]{1,3}(?=[0-9]))?[0-9](?:[0-9]|[oil](?=[oil]{0,5}(?![a-z]))){0,40}"
)
_SPACED: Final = re.compile(rf"{_GROUP}(?:[\W_]{{1,6}}+{_GROUP})*")
_ONE_GROUP: Final = re.compile(r"[0-9oil]+")
_LOOK_ALIKES: Final = str.maketrans("oil", "011")
_PERSONS_BEGINNING: Final = re.compile(r"0(?!00)|84(?=0?[1-9])")
_OLD_CARD_DIGITS: Final = 9  # cards of 12 digits all begin with 0, the older need not
_ENCODED_BLANK: Final = "%20"
_LIST: Final = re.compile(r"[1-9][0-9]{0,2}(?:[,;] ?[1-9][0-9]{0,2}){3,}")
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
_CLOCK: Final = r"(?:[01]?[0-9]|2[0-4])[:hg][0-5][0-9]"
_AMOUNT: Final = r"[1-9][0-9]{0,2}(?:[., ][0-9]{3}){1,5}"
_MONEY: Final = r"(?:gia|tien|phi|thu|chi|tong|khoang|het|phat|hon|gan)"
_LAT: Final = r"(?:[89]|1[0-9]|2[0-4])\.[0-9]{3,}"  # of Vietnam, in degrees
_LON: Final = r"1(?:0[2-9]|1[0-9])\.[0-9]{3,}"
_CODE: Final = r"[1-9][0-9]{2}-[0-9]{3}-[0-9]{4}"  # of a report, which never begins with 0
# "+84 276-382-2123" and "0 276-382-2123" hold no code.
_NO_PREFIX: Final = "".join(
    rf"(?<!84[\W_]{{{n}}})(?<!\b8[\W_]{{{n}}})(?<!\b0[\W_]{{{n}}})" for n in range(1, 7)
)
_CODE_WORD: Final = r"\b(?:ma|phan anh|code|report)\b[^0-9\n]{0,12}"
_START: Final = r"(?<![0-9+(])"
_END: Final = r"(?![ .,\-/]?[0-9])"  # what goes on in digits is one long number
# Long numbers that are nobody's.
_HARMLESS: Final = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{_START}{_MOMENT}(?: ?- ?{_MOMENT})?{_END}",
        rf"{_START}{_CLOCK} ?[-~] ?{_CLOCK}(?!:[0-9]){_END}",
        rf"{_START}(?:{_AMOUNT} ?[-~] ?)?{_AMOUNT}{_END}(?= ?(?:d|dong|vnd|usd)\b)",
        rf"\b{_MONEY}[ :]{{1,2}}{_AMOUNT}{_END}",
        rf"(?<![0-9+])(?:{_LAT}[,; ]{{1,3}}{_LON}|{_LON}[,; ]{{1,3}}{_LAT}){_END}",
        rf"{_START}(?<![.\-]){_NO_PREFIX}(?:(?!84){_CODE}{_END}|{_CODE}(?![\W_]{{1,6}}[0-9]))",
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


# What finds pieces of the plain text, given the original too.
_Finder = Callable[[_Plain, str], Iterator[tuple[int, int]]]


def mask_people(text: str) -> str:
    """The text with e-mail addresses, phone, identity, passport, account and card numbers
    replaced by ``MASK``.
    """
    for find in (_addresses, _said_numbers, _passports):
        text = _masked(text, find)
    # Groups on both sides of a mask may be one number by themselves.
    while (masked := _masked(text, _numbers)) != text:
        text = masked
    return text


def _masked(text: str, find: _Finder) -> str:
    plain = _plain(text)
    pieces, reached = [], 0
    for start, end in _joined(find(plain, text)):
        first, last = plain.span(start, end)
        pieces += [text[reached:first], MASK]
        reached = last
    return "".join([*pieces, text[reached:]])


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
    for pattern in (_EMAIL_SAID, _EMAIL):
        yield from (found.span() for found in pattern.finditer(plain.text))


def _said_numbers(plain: _Plain, _: str) -> Iterator[tuple[int, int]]:
    for found in _NUMBER_SAID.finditer(plain.text):
        words = len(_WORD.findall(found[0]))
        if words >= FEWEST_WORDS and words + _digits(found[0]) >= FEWEST_DIGITS:
            yield found.span()


def _passports(plain: _Plain, original: str) -> Iterator[tuple[int, int]]:
    for found in _PASSPORT.finditer(plain.text):
        # O is the 0 of a telephone number sooner than the letter of a passport.
        if found[0][0] != "o" and original[plain.places[found.start()]].isupper():
            yield found.span()


def _numbers(plain: _Plain, _: str) -> Iterator[tuple[int, int]]:
    text = plain.text
    for pattern in _HARMLESS:
        text = pattern.sub(lambda found: _COVER * len(found[0]), text)
    for found in _CLOSE.finditer(text):
        if _digits(found[0].replace("o", "0")) >= FEWEST_DIGITS:
            yield found.span()
    for found in _SPACED.finditer(text):
        start = _persons_from(found[0])
        if start is not None:
            yield _with_sign(text, found.start() + start), found.end()


def _persons_from(spaced: str) -> int | None:
    """Where in these spaced groups a person's number begins, if there is one."""
    groups = [(one.start(), one[0]) for one in _ONE_GROUP.finditer(spaced)]
    digits = "".join(group for _, group in groups).translate(_LOOK_ALIKES)
    if len(digits) < FEWEST_DIGITS or _is_list(spaced):
        return None
    passed = 0
    for place, group in groups:
        if len(digits) - passed < FEWEST_DIGITS:
            break
        if _PERSONS_BEGINNING.match(digits, passed):
            return place
        passed += len(group)
    without_codes = _digits(spaced.replace(_ENCODED_BLANK, " ").translate(_LOOK_ALIKES))
    return 0 if _OLD_CARD_DIGITS in (len(digits), without_codes) else None


def _is_list(spaced: str) -> bool:
    """Whether it is four numbers or more that grow, as those of houses and lamps do."""
    if not _LIST.fullmatch(spaced):
        return False
    numbers = [int(one[0]) for one in _ONE_GROUP.finditer(spaced)]
    return all(one < next_one for one, next_one in pairwise(numbers))


def _with_sign(text: str, start: int) -> int:
    """The same beginning with the plus and bracket in front of it, as in "(+84"."""
    while start and text[start - 1] in "+(":
        start -= 1
    return start


def _joined(spans: Iterator[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """The spans from left to right; those that overlap as one."""
    first = last = 0
    for start, end in sorted(spans):
        if start >= last:
            if last:
                yield first, last
            first = start
        last = max(last, end)
    if last:
        yield first, last


def _digits(text: str) -> int:
    return sum(mark.isdigit() for mark in text)
