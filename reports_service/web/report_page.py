"""A report as its page shows it: the public's view, with every value in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reports_service.attachments.inspection import Limits
from reports_service.core.auth import Actor
from reports_service.core.words import named, say
from reports_service.domain.lifecycle import OPEN
from reports_service.reports import presenting, service
from reports_service.web.moments import Moments


def report_page(code: str, reading: Moments, limits: Limits) -> dict[str, Any]:
    """The values of the page. Raises ``ReportUnknown``, also for what the public may not see."""
    anybody = Actor(language=reading.language)
    report, _ = service.find(code, anybody)
    eye = presenting.onlooker(report, anybody, reading.language, limits)
    shown = presenting.full(report, eye)
    return {
        "code": shown["code"],
        "status": shown["status_name"],
        "category": _name(reading, shown["category"]),
        "area": _name(reading, shown["area"]),
        "address": shown["address"],
        "description": shown["description"],
        "filed": reading.when(shown["created_at"]),
        "duplicate_of": shown["duplicate_of"],
        "now": _now(shown, reading),
        "photos": _photos(shown["photos"], reading),
        "timeline": [_entry(entry, reading) for entry in shown["timeline"]],
    }


def _now(shown: Mapping[str, Any], reading: Moments) -> dict[str, Any]:
    """Who has it and until when, while it is open; for what is planned, the day."""
    resolution = shown["resolution"] or {}
    planned = resolution.get("planned_for")
    if shown["status"] not in OPEN:
        return {"planned": reading.day(planned) if planned else None}
    promised, expected, reply = (shown[key] for key in ("promised_by", "expected_by", "reply_by"))
    return {
        "holder": _name(reading, shown["agency"]),
        "promised": reading.when(promised),
        "late": promised < reading.now,
        "expected": reading.when(expected) if expected and expected > promised else None,
        "reply": reading.when(reply) if reply else None,
    }


def _photos(photos: list[dict[str, Any]], reading: Moments) -> list[dict[str, Any]]:
    """The pictures that can be seen, numbered by what they show."""
    seen: dict[str, int] = {}
    pages = []
    for photo in photos:
        if photo["urls"]:
            role = photo["role"]
            seen[role] = seen.get(role, 0) + 1
            caption = say(f"web_photo_{role}", reading.language, number=seen[role])
            pages.append({**photo["urls"], "caption": caption})
    return pages


def _entry(entry: Mapping[str, Any], reading: Moments) -> dict[str, Any]:
    return {
        "title": entry["title"],
        "at": reading.when(entry["at"]),
        "agency": _name(reading, entry["agency"]),
        "text": entry["text"],
    }


def _name(reading: Moments, thing: Any) -> str | None:
    """The name of an area, an agency, a category."""
    return named(thing.names, reading.language) if thing else None
