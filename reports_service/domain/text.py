"""Vietnamese text made comparable: folding for search."""

from __future__ import annotations

import re
import unicodedata
from itertools import filterfalse

_SPACES = re.compile(r"\s+")
_DSTROKE = str.maketrans({"đ": "d", "Đ": "d"})


def fold(text: str) -> str:
    """Lower case, without marks, đ as d, single spaces: "Đèn  đường" becomes "den duong"."""
    decomposed = unicodedata.normalize("NFKD", text.translate(_DSTROKE)).casefold()
    plain = "".join(filterfalse(unicodedata.combining, decomposed))
    return _SPACES.sub(" ", plain).strip()
