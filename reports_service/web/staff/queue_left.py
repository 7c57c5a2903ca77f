"""Deadlines as the queue says them: what is left in working time, in words and in a colour."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from reports_service.core.words import say
from reports_service.domain.countdown import Left, Measure, Urgency, left
from reports_service.domain.targets import Unit
from reports_service.reports.models import Assignment
from reports_service.sla import service as sla
from reports_service.web.moments import Moments

TONES: Mapping[Urgency, str] = {
    Urgency.OVERDUE: "late",
    Urgency.SOON: "soon",
    Urgency.CALM: "good",
    Urgency.PAUSED: "rest",
    Urgency.ENDED: "",
}


def resolving(held: Assignment, reading: Moments) -> dict[str, Any]:
    """How long until the agency's result is due."""
    unit = Unit(held.policy["resolve"]["unit"])
    return countdown(held.resolve_by, unit, reading)


def acknowledging(held: Assignment, reading: Moments) -> dict[str, Any] | None:
    """How long until the agency has to take it up; None once it has."""
    if held.acknowledged_at is not None or held.acknowledge_by is None:
        return None
    unit = Unit(held.policy["acknowledge"]["unit"])
    return countdown(held.acknowledge_by, unit, reading)


def countdown(due: datetime | None, unit: Unit, reading: Moments) -> dict[str, Any]:
    """``words`` and ``tone`` of a deadline, ``title`` to begin a line with, and ``when``."""
    found = left(due, reading.now, unit, sla.calendar())
    words = in_words(found, reading.language)
    return {
        "words": words,
        "title": begun(words),
        "tone": TONES[found.urgency],
        "when": reading.when(due) if due else None,
    }


def begun(words: str) -> str:
    """The words as a line begins with them."""
    return words[:1].upper() + words[1:]


def in_words(found: Left, language: str) -> str:
    """Such as «còn 3 giờ làm việc» or «quá hạn 2 ngày làm việc»."""
    if found.amount is None:
        return say(f"queue_time_{found.urgency}", language)
    way = "late" if found.urgency is Urgency.OVERDUE else "left"
    if found.amount == 0:
        return say(f"queue_time_{way}_now", language)
    return say(f"queue_time_{way}", language, span=_span(found.amount, found.measure, language))


def _span(amount: int, measure: Measure, language: str) -> str:
    one = "_one" if amount == 1 else ""
    return say(f"queue_span_{measure}{one}", language, number=amount)
