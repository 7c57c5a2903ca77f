"""A report as its page shows it: who has it and until when first, every value in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from flask import current_app

from reports_service.attachments.inspection import Limits
from reports_service.core.auth import Actor
from reports_service.core.words import named, say
from reports_service.domain.lifecycle import Action, Status
from reports_service.notifications.wording import Site
from reports_service.reports import presenting, service
from reports_service.reports.models import Report
from reports_service.web.citizen import standing
from reports_service.web.moments import Moments

# Which acts of the lifecycle a form of the page belongs to, in the order of the page.
FORMS: Final[Mapping[str, Action]] = {
    "reply": Action.REPLY,
    "feedback": Action.CONFIRM,
    "reopening": Action.REOPEN,
    "photos": Action.ADD_PHOTOS,
    "correction": Action.CORRECT,
    "withdrawal": Action.WITHDRAW,
    "erasure": Action.ERASE_IDENTITY,
}
OTHERS: Final = ("identity", "follow")
AFTER: Final = "after"


def report_page(code: str, actor: Actor, reading: Moments, limits: Limits) -> dict[str, Any]:
    """The values of the page. Raises ``ReportUnknown``, also for what this one may not see."""
    report, _ = service.find(code, actor)
    eye = presenting.onlooker(report, actor, reading.language, limits)
    shown = {**presenting.full(report, eye), "again_by": _again_by(report)}
    photos = _photos(shown["photos"], reading)
    acts = _acts(shown, reading, owns=eye.owns)
    return {
        "code": shown["code"],
        "owns": eye.owns,
        "status": standing.status(shown, reading.language, owns=eye.owns),
        "tone": standing.tone(shown),
        "title": _name(reading, shown["category"]) or say("public_unclassified", reading.language),
        "now": standing.now(shown, reading, owns=eye.owns),
        "acts": acts,
        "forms": {form: _spoken(form, reading.language) for form in (*FORMS, *OTHERS)},
        "asks": standing.ASKED.get(shown["status"]) if eye.owns else None,
        "area": _name(reading, shown["area"]),
        "address": shown["address"],
        "place": _place(shown, eye.sees_original),
        "description": shown["description"],
        "filed": reading.when(shown["created_at"]),
        "duplicate_of": shown["duplicate_of"],
        "recurrence_of": shown["recurrence_of"],
        "followers": shown["followers"],
        "before": [photo for photo in photos if photo["role"] != AFTER],
        "after": [photo for photo in photos if photo["role"] == AFTER],
        "unseen": _unseen(shown["photos"], reading) if eye.owns else [],
        "timeline": [_entry(entry, shown, photos, reading) for entry in shown["timeline"]],
        "address_to_share": Site(current_app.config["PUBLIC_URL"], reading.zone).link(report.code),
    }


def _place(shown: Mapping[str, Any], exactly: bool) -> dict[str, Any] | None:
    """The point as this onlooker may know it; ``metres``: how wide the square is that it is the
    middle of, 0 for the point itself. None of what its reporter took back, but for themselves.
    """
    taken_back = shown["status"] == Status.WITHDRAWN and not exactly
    if shown["location"] is None or taken_back:
        return None
    category = shown["category"]
    metres = 0 if exactly or category is None else category.location_precision_m
    return {**shown["location"], "metres": metres}


def _again_by(report: Report) -> datetime | None:
    """Until when an agency has to work once more on what was not settled; None: it was not sent
    back, or was handed on since.
    """
    held = report.assignments[-1]
    return held.resolve_by if held.reason.get("why") == "reopened" else None


def _acts(shown: Mapping[str, Any], reading: Moments, *, owns: bool) -> list[str]:
    """The forms that are offered now: what the lifecycle allows, and would not be in vain."""
    if not owns:
        return ["follow"] if Action.FOLLOW in shown["actions"] else []
    offered = [form for form, action in FORMS.items() if action in shown["actions"]]
    resolved, until = shown["resolution"] is not None, shown["reopens_until"]
    in_vain = set()
    if not resolved or standing.judged(shown["timeline"]):
        in_vain.add("feedback")
    if until is None or until < reading.now or "feedback" not in in_vain:
        in_vain.add("reopening")
    return [*(form for form in offered if form not in in_vain), "identity"]


def _spoken(form: str, language: str) -> dict[str, str]:
    """How a form is headed, and what its button says."""
    title, button = say(f"follow_act_{form}", language), say(f"follow_do_{form}", language)
    return {"title": title, "button": button}


def _photos(photos: Sequence[Mapping[str, Any]], reading: Moments) -> list[dict[str, Any]]:
    """The pictures that can be seen, numbered by what they show."""
    seen: dict[str, int] = {}
    found = []
    for photo in photos:
        if photo["urls"]:
            role = photo["role"]
            seen[role] = seen.get(role, 0) + 1
            caption = say(f"web_photo_{role}", reading.language, number=seen[role])
            found.append({**photo["urls"], "caption": caption, "role": role, "id": photo["id"]})
    return found


def _unseen(photos: Sequence[Mapping[str, Any]], reading: Moments) -> list[str]:
    """Why pictures of one's own are not to be seen: looked through still, or not taken."""
    waiting = say("follow_photo_pending", reading.language)
    return list(dict.fromkeys(photo["reason"] or waiting for photo in photos if not photo["urls"]))


def _entry(
    entry: Mapping[str, Any],
    shown: Mapping[str, Any],
    photos: Sequence[Mapping[str, Any]],
    reading: Moments,
) -> dict[str, Any]:
    """What the page says above already, it does not repeat below."""
    begun = entry["kind"] == "filed"
    told = begun and entry["text"] == shown["description"]
    return {
        "title": standing.title(entry, _name(reading, entry["agency"]), reading.language),
        "at": reading.when(entry["at"]),
        "text": None if told else entry["text"],
        "photos": [photo for photo in photos if not begun and photo["id"] in entry["photos"]],
    }


def _name(reading: Moments, thing: Any) -> str | None:
    """The name of an area, an agency, a category."""
    return named(thing.names, reading.language) if thing else None
