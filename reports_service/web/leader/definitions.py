"""What each figure means, in words and as a formula."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from reports_service.core.words import say
from reports_service.domain.held_up import HELD_UP_FROM
from reports_service.domain.measures import COHORT, DEFINITIONS
from reports_service.domain.quality import CHECKS


@dataclass(frozen=True)
class Definition:
    """A measure: its code, its name, its words, its formula."""

    code: str
    name: str
    words: str
    formula: str


def definitions(language: str) -> dict[str, Any]:
    """All measures, how each ending counts when it was due, and the checks of records."""
    return {
        "measures": [
            Definition(
                one.code,
                say(f"measure_{one.code}", language),
                say(f"definition_{one.code}", language),
                one.formula,
            )
            for one in DEFINITIONS
        ],
        "cohort": [
            (_outcome(outcome, language), say(f"cohort_{how}", language))
            for outcome, how in COHORT.items()
        ],
        "held_up_from": HELD_UP_FROM,
        "checks": [
            Definition(
                one.code,
                say(f"quality_check_{one.code}", language),
                say(f"quality_definition_{one.code}", language),
                f"{one.found} / {one.of}",
            )
            for one in CHECKS
        ],
    }


def _outcome(outcome: Any, language: str) -> str:
    if outcome is None:
        return say("leader_still_open", language)
    return say(f"sheet_outcome_{outcome}", language)
