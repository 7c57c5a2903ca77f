"""What went wrong, as it may be kept and shown: without the people whom it happened to.

Mail servers repeat the address that they refuse, databases the row that they refuse, and a push
service's address is the device itself.
"""

from __future__ import annotations

import re
from typing import Final

from sqlalchemy.exc import DBAPIError

from reports_service.domain.masking import MASK, mask_people

LONGEST: Final = 2000
# What databases add below their own sentence: the values that were written.
_VALUES: Final = re.compile(r"\n\s*(?:DETAIL|CONTEXT|LINE \d+|\[SQL|\[parameters)\b.*", re.DOTALL)
_PATH: Final = re.compile(r"(\bhttps?://[^\s/?#'\"]+)[/?#][^\s'\")]+")


def in_words(failure: Exception) -> str:
    """Its class and what it says; of a database's error, the database's own sentence."""
    cause = failure.orig if isinstance(failure, DBAPIError) and failure.orig else failure
    return without_people(f"{type(cause).__name__}: {cause}")


def without_people(said: str) -> str:
    """The same without values of rows, e-mail addresses, long numbers and paths of addresses."""
    plain = _PATH.sub(rf"\1/{MASK}", _VALUES.sub("", said.replace("\x00", "")))
    return mask_people(plain)[:LONGEST]
