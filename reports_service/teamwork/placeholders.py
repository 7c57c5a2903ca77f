"""The placeholders of prepared words: found, refused when unknown, filled. Pure.

A text is never ``format()``-ed: only the names below are looked up, and nothing of them further.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

NAMES: Final = (
    "code",
    "category",
    "area",
    "address",
    "agency",
    "officer",
    "promised_by",
    "resolve_by",
    "today",
    "hotline",
)
_PLACEHOLDER = re.compile(r"\{\s*([^{}]*?)\s*\}")


def unknown(text: str) -> tuple[str, ...]:
    """What stands in braces and is no placeholder, in the order of the text."""
    found = (match[1] for match in _PLACEHOLDER.finditer(text))
    return tuple(dict.fromkeys(name for name in found if name not in NAMES))


def filled(text: str, values: Mapping[str, str]) -> str:
    """The text with each placeholder that has a value replaced by it, everything else as it is."""
    return _PLACEHOLDER.sub(lambda match: values.get(match[1], match[0]), text)
