"""A report as lists, maps and feeds show it: the public's view of it, in words."""

from __future__ import annotations

from typing import Any, Final

from flask import url_for

from reports_service.attachments.inspection import Limits
from reports_service.core.words import named, say
from reports_service.reports import presenting, published
from reports_service.reports.models import Report
from reports_service.reports.published import ANYBODY, State
from reports_service.web.citizen.standing import capitalised
from reports_service.web.moments import Moments

TONES: Final = {
    State.IN_TIME: "accent",
    State.LATE: "late",
    State.RESOLVED: "good",
    State.ENDED: "rest",
}
LONGEST: Final = 160


def card(report: Report, reading: Moments, limits: Limits) -> dict[str, Any]:
    """Its values; nothing that the public may not see."""
    eye = presenting.onlooker(report, ANYBODY, reading.language, limits)
    shown = presenting.summary(report, eye)
    state = published.state_of(report, reading.now)
    return {
        "code": shown["code"],
        "address": url_for("web.report", code=shown["code"]),
        "title": _name(shown["category"], reading.language)
        or say("public_unclassified", reading.language),
        "place": _name(shown["area"], reading.language),
        "agency": _name(shown["agency"], reading.language),
        "words": _short(shown["description"]),
        "at": report.created_at,
        "filed": reading.words(report.created_at),
        "ago": reading.ago(report.created_at),
        "state": str(state),
        "state_words": state_words(report, state, reading.language),
        "tone": TONES[state],
        "photo": _photo(shown["photos"]),
    }


def state_words(report: Report, state: State, language: str) -> str:
    """How it stands, by the word of its status; what is late, or has a result, by that."""
    if state in (State.LATE, State.RESOLVED):
        return say(f"public_state_{state}", language)
    return capitalised(say(f"status_{report.status}", language))


def _photo(photos: list[dict[str, Any]]) -> str | None:
    """The first picture that can be seen."""
    return next((one["urls"]["small"] for one in photos if one["urls"]), None)


def _short(text: str) -> str:
    """The beginning of what was written, not cut within a word."""
    one_line = " ".join(text.split())
    if len(one_line) <= LONGEST:
        return one_line
    return f"{one_line[:LONGEST].rpartition(' ')[0] or one_line[:LONGEST]}…"


def _name(thing: Any, language: str) -> str | None:
    return named(thing.names, language) if thing else None
