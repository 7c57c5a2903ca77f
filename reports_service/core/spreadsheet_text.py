"""Text that came from people and goes to a spreadsheet: it must stay text.

A cell that begins like a formula would be computed by whoever opens the file (OWASP, "CSV
Injection").
"""

from __future__ import annotations

from typing import Final

DASH: Final = "-"
LIKE_A_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def defused(text: str) -> str:
    """Text that no spreadsheet takes for a formula: an apostrophe stands before it.

    The dash alone, our code for what has no category or area, computes nothing and stays as it is
    asked for in a filter.
    """
    return f"'{text}" if text.startswith(LIKE_A_FORMULA) and text != DASH else text
