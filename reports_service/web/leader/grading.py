"""Good, to be watched, to be mended: one scale for shares, the one that paints the map."""

from __future__ import annotations

from typing import Final

from reports_service.core.words import say
from reports_service.web.leader.extremes import HELD_UP_FROM

GOOD_FROM: Final = 0.95
POOR_BELOW: Final = 0.8


def grade(share: float | None, of: int | None) -> str:
    """``good``, ``soon`` or ``late`` for a share of what is right; empty: too few to tell."""
    if share is None or (of or 0) < HELD_UP_FROM:
        return ""
    if share >= GOOD_FROM:
        return "good"
    return "late" if share < POOR_BELOW else "soon"


def said(tone: str, language: str) -> str:
    """A grade in words."""
    return say(f"leader_grade_{tone or 'few'}", language, fewest=HELD_UP_FROM)
