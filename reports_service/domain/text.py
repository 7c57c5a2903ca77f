"""Vietnamese text made comparable: folding for search, masking for the public."""

from __future__ import annotations

import re
import unicodedata
from itertools import filterfalse

_SPACES = re.compile(r"\s+")
_DSTROKE = str.maketrans({"đ": "d", "Đ": "d"})

# Runs that name a person: e-mail addresses, then digit runs as people write them, with dots,
# dashes and spaces between. 9 to 12 digits cover phone numbers (0912 345 678, +84 912 345 678)
# and ID numbers (9 and 12 digits). Shorter runs are house numbers, lamp posts and dates.
_EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_LONG_NUMBER = re.compile(r"(?<![\w])[+(]{0,2}\d(?:[ .\-()]{0,2}\d){8,12}(?![\w])")
MASK = "•••"


def fold(text: str) -> str:
    """Lower case, without marks, đ as d, single spaces: "Đèn  đường" becomes "den duong"."""
    decomposed = unicodedata.normalize("NFKD", text.translate(_DSTROKE)).casefold()
    plain = "".join(filterfalse(unicodedata.combining, decomposed))
    return _SPACES.sub(" ", plain).strip()


def mask_people(text: str) -> str:
    """The text with e-mail addresses, phone and ID numbers replaced by ``MASK``."""
    return _LONG_NUMBER.sub(MASK, _EMAIL.sub(MASK, text))
