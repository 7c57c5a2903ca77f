"""Which passwords are taken: long enough, none that everybody tries first, none that is built of
words which whoever guesses here knows.

No rules of composition (NIST SP 800-63B, 3.1.1.2): they make passwords worse. Any characters count;
the same ones typed on another device must be the same, so they are normalised. What is refused, and
why, is described for people in ``docs/passwords.md``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterator
from typing import Final

from reports_service.domain.errors import Invalid
from reports_service.domain.text import fold
from reports_service.domain.words_of_this_place import bare

SHORTEST: Final = 8
LONGEST: Final = 1000
FEWEST_DIFFERENT: Final = 4  # characters: 11112222 is no password

# Typed in place of letters, which guessing programs know as well as people do.
_LOOK_ALIKES: Final = str.maketrans("@4013!$57", "aaoieisst")
_NONE: Final = str.maketrans("", "")
_NUMBER_BEFORE: Final = re.compile(r"^\W*\d{1,4}(?=\D)")
_NUMBER_AFTER: Final = re.compile(r"(?<=\D)\d{1,4}\W*$")

# What is tried first in Vietnam, which lists made elsewhere do not hold; and what this project's
# own documents print.
_TRIED_FIRST: Final = """
12345678 123456789 1234567890 12345678910 0123456789 01234567 87654321 987654321 0987654321
123123123 123456123 123321123 12341234 12344321 11223344 1122334455 10221022 tongdai1022
1022tayninh tayninh1022 phananh1022 demo-1022 demo1022 admin1022
password password1 password12 password123 passw0rd p@ssw0rd p@ssword pass1234 passpass
qwertyui qwertyuiop qwerty12 qwerty123 qwerty1234 1q2w3e4r 1q2w3e4r5t 1qaz2wsx qazwsxedc
zaq12wsx asdfghjk asdfghjkl zxcvbnm123 q1w2e3r4 1qazxsw2 qwer1234 asdf1234 abcd1234 abc12345
abc123456 abcdefgh abcdefghi a1b2c3d4 aa123456 aa12345678 a12345678 a123456789
administrator admin123 admin1234 admin12345 admin@123 adminadmin welcome1 welcome123 changeme
changeme123 letmein123 default1 root1234 test1234 testtest guest123 master123 superman
football baseball princess sunshine michelle computer internet iloveyou iloveyou1 whatever
trustno1 starwars dragon123 monkey123 shadow123 facebook google123 samsung1
matkhau1 matkhau12 matkhau123 matkhaumoi matkhau@123 anhyeuem anhyeuem123 emyeuanh yeuem123
iloveyou123 vietnam1 vietnam123 vietnam@123 hanoi123 saigon123 tayninh123 tayninh@123 congty123
canbo123 quantri123 phuong123 hoilamgi khongbiet khongcopass khongcomatkhau nguyenvana
chaobuoisang toiyeuvietnam yeuvietnam 30041975 02091945 19051890
"""
REFUSED: Final = frozenset(_TRIED_FIRST.split())


class PasswordTooShort(Invalid):
    """A password has a least length."""

    code = "password_too_short"


class PasswordTooCommon(Invalid):
    """Who guesses would try this one first."""

    code = "password_too_common"


class PasswordIsAddress(Invalid):
    """The password is the account's own address, or a part of it."""

    code = "password_is_address"


class PasswordOfThisPlace(Invalid):
    """The password is built of words that who guesses here knows: names, agencies, the service."""

    code = "password_of_this_place"


def prepared(password: str) -> str:
    """The password as it is compared: the same characters in one form, blanks around it dropped."""
    return unicodedata.normalize("NFKC", password).strip()


def check(
    password: str,
    email: str,
    *,
    is_common: Callable[[str], bool],
    known_words: Collection[str] = (),
    field: str = "password",
) -> None:
    """Whether a password may be chosen. ``is_common`` knows the commonest ones, in small letters;
    ``known_words`` are those of this place and of the account, as ``words_of_this_place`` makes
    them.

    Raises ``PasswordTooShort``, ``PasswordTooCommon``, ``PasswordIsAddress``,
    ``PasswordOfThisPlace``.
    """
    plain = prepared(password)
    if len(plain) < SHORTEST:
        raise PasswordTooShort(field=field, shortest=SHORTEST)
    folded = plain.casefold()
    if _is_guessed_first(plain, is_common) or len(set(folded)) < FEWEST_DIFFERENT:
        raise PasswordTooCommon(field=field)
    address = email.casefold()
    if folded in (address, address.partition("@")[0], address.replace("@", "")):
        raise PasswordIsAddress(field=field)
    if any(_is_built_of(known_words, plain, alike, is_common) for alike in (_NONE, _LOOK_ALIKES)):
        raise PasswordOfThisPlace(field=field)


def _is_guessed_first(plain: str, is_common: Callable[[str], bool]) -> bool:
    """As it is typed, without accents and signs, with look-alikes read as letters; and each of
    these without a number of four digits at most before or after: ``Sunshine-2026``.
    """
    return any(one in REFUSED or is_common(one) for one in _readings(plain))


def _readings(plain: str) -> Iterator[str]:
    without = _NUMBER_AFTER.sub("", plain)
    for text in (plain, without, _NUMBER_BEFORE.sub("", plain), _NUMBER_BEFORE.sub("", without)):
        yield text.casefold()
        yield bare(text)
        yield bare(text.translate(_LOOK_ALIKES))


def _is_built_of(
    words: Collection[str],
    plain: str,
    alike: dict[int, int],
    is_common: Callable[[str], bool],
) -> bool:
    """Whether what stays without these words would be no password by itself: too few letters and
    digits, digits alone, or one of the commonest.
    """
    signs = [(sign, sign.translate(alike)) for sign in fold(plain)]
    typed = "".join(sign for sign, read in signs if read.isalnum())
    whole = left = "".join(read for _, read in signs if read.isalnum())
    for word in sorted({word.translate(alike) for word in words}, key=len, reverse=True):
        left = left.replace(word, " " * len(word))
    if left == whole:
        return False
    kept = zip(typed, left, strict=True)
    rest = "".join(sign for sign, read in kept if read != " " and sign.isalnum())
    return len(rest) < SHORTEST or rest.isdigit() or rest in REFUSED or is_common(rest)
