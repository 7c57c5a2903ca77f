"""Who has a report now and until when, in one sentence that everybody understands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from markupsafe import Markup, escape

from reports_service.core.words import catalogue, knows, named, say
from reports_service.domain.lifecycle import OPEN, Status
from reports_service.web.moments import Moments

Shown = Mapping[str, Any]
# The event whose words are the answer that people came for.
_ANSWER: Final[Mapping[str, str]] = {
    Status.AWAITING_REPORTER: "question_asked",
    Status.RESOLVED: "resolved",
    Status.CLOSED: "resolved",
    Status.REJECTED: "rejected",
    Status.REFERRED: "referred",
}
# The form that is asked for while a report stands so; what is closed is asked about no more.
ASKED: Final[Mapping[str, str]] = {
    Status.AWAITING_REPORTER: "reply",
    Status.RESOLVED: "feedback",
}
_MOMENTS: Final = ("promised_by", "expected_by", "reply_by", "again_by")
_TONES: Final[Mapping[str, str]] = {
    Status.RESOLVED: "good",
    Status.CLOSED: "good",
    Status.AWAITING_REPORTER: "soon",
    Status.REJECTED: "rest",
    Status.REFERRED: "rest",
    Status.DUPLICATE: "rest",
    Status.WITHDRAWN: "rest",
}


def now(shown: Shown, reading: Moments, *, owns: bool) -> dict[str, Any]:
    """The sentence, what is to be said of the date beside it, and the words of the agency."""
    case = _case(shown, reading.now, owns=owns)
    return {
        "sentence": _spoken(f"follow_now_{case}", shown, reading),
        "date": _date(shown, reading),
        "late": is_late(shown, reading.now),
        "answer": answer(shown),
        "answered_by": _agency(shown, reading.language),
    }


def is_late(shown: Shown, at: datetime) -> bool:
    """Whether the promise to the citizen has passed and there is no result."""
    return shown["status"] in OPEN and shown["promised_by"] < at


def status(shown: Shown, language: str, *, owns: bool) -> str:
    """The state, by the same word as everywhere, at the head of a line."""
    yours = owns and shown["status"] == Status.AWAITING_REPORTER
    if yours:
        return say("follow_status_yours", language)
    return capitalised(say(f"status_{shown['status']}", language))


def capitalised(words: str) -> str:
    """The same at the head of a line; names within keep their capitals."""
    return words[:1].upper() + words[1:]


def tone(shown: Shown) -> str:
    """The colour of the state, which its words say too."""
    return _TONES.get(shown["status"], "accent")


def answer(shown: Shown) -> str | None:
    """What the agency asked, found or decided, in its own words."""
    kind = _ANSWER.get(shown["status"])
    said = [entry["text"] for entry in shown["timeline"] if entry["kind"] == kind]
    return said[-1] if said else None


def judged(timeline: Sequence[Shown]) -> bool:
    """Whether the reporter said already what they think of the last result."""
    kinds = [entry["kind"] for entry in timeline if entry["kind"] in ("resolved", "confirmed")]
    return kinds[-1:] == ["confirmed"]


def title(entry: Shown, agency: str | None, language: str) -> str:
    """What happened, as people say it."""
    word = f"follow_event_{entry['kind']}"
    known = knows(word) and agency is not None
    return say(word, language, agency=agency) if known else str(entry["title"])


def _case(shown: Shown, at: datetime, *, owns: bool) -> str:
    status: str = shown["status"]
    if status in (Status.RESOLVED, Status.CLOSED):
        resolution = shown["resolution"]
        return str(resolution["kind"]) if resolution else "unanswered"
    if status == Status.AWAITING_REPORTER:
        return f"{status}_yours" if owns else status
    if status == Status.ASSIGNED and shown.get("again_by"):
        return "reopened"
    return f"{status}_late" if is_late(shown, at) else status


def _date(shown: Shown, reading: Moments) -> Markup | None:
    """What is to be said beside the promised date: that it passed, or that it will."""
    if is_late(shown, reading.now):
        return _spoken("follow_date_late", shown, reading)
    expected = shown["expected_by"]
    if shown["status"] in OPEN and expected and expected > shown["promised_by"]:
        return _spoken("follow_date_expected", shown, reading)
    return None


def _spoken(word: str, shown: Shown, reading: Moments) -> Markup:
    """The sentence with names and moments put in; what people wrote stays text."""
    planned = (shown["resolution"] or {}).get("planned_for")
    moments = {name: shown.get(name) for name in _MOMENTS}
    values: dict[str, Any] = {name: reading.when(at) if at else "–" for name, at in moments.items()}
    sentence = catalogue()[word][reading.language]
    return Markup(escape(sentence)).format(
        agency=_agency(shown, reading.language),
        planned=reading.day(planned) if planned else "–",
        since=reading.ago(shown["promised_by"]),
        **values,
    )


def _agency(shown: Shown, language: str) -> str:
    return named(shown["agency"].names, language) if shown["agency"] else "1022"
