"""A report in the shape of the page on which it is worked on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from reports_service.agencies import service as agencies
from reports_service.core.words import named, say
from reports_service.domain.lifecycle import OPEN
from reports_service.domain.roles import Permission
from reports_service.reports import at_hand, holding, presenting, relatives
from reports_service.reports.codes import grouped
from reports_service.reports.models import Report
from reports_service.reports.onlooker import Onlooker
from reports_service.web.moments import Moments
from reports_service.web.staff import queue_left, work_timeline
from reports_service.web.staff.acts import ACTS, DESK


def shown(report: Report, eye: Onlooker, reading: Moments) -> dict[str, Any]:
    """All of it but the forms, for somebody who sees inside."""
    view = presenting.full(report, eye)
    return {
        "code": view["code"],
        "plain": report.code,
        "version": view["etag"].strip('"'),
        "seq": report.event_seq,
        "status": view["status_name"],
        "title": _name(view["category"], reading) or say("queue_unclassified", reading.language),
        "suggested": _name(view["suggested_category"], reading),
        "area": _name(view["area"], reading),
        "address": view["address"],
        "location": view["location"],
        "description": view["description"],
        "hidden": view["inside"]["text_hidden_reason"] if view["text_hidden"] else None,
        "answers": view["answers"],
        "anonymous": view["inside"]["anonymous"],
        "restricted": view["inside"]["restricted"],
        "channel": say(f"work_channel_{view['channel']}", reading.language),
        "priority": view["priority"],
        "filed": reading.when(view["created_at"]),
        "followers": view["followers"],
        "photos": _photos(view["photos"], reading),
        "held": _held(report, view, reading),
        "holders": [_holder(one, reading) for one in view["inside"]["assignments"]],
        "timeline": work_timeline.told(view["timeline"], reading),
        "duplicate_of": view["duplicate_of"],
        "again": view["recurrence_number"] if view["recurrence_number"] > 1 else None,
        "relatives": _relatives(report, eye, reading),
    }


def _held(report: Report, view: Mapping[str, Any], reading: Moments) -> dict[str, Any]:
    """Who has it, until when, and what the citizen was promised."""
    held = holding.current(report)
    now_open = report.status in OPEN
    late = report.promised_by < reading.now and now_open
    return {
        "open": now_open,
        "agency": _name(view["agency"], reading),
        "officer": held.officer.name if held.officer else None,
        "due": queue_left.resolving(held, reading) if now_open else None,
        "take_up": queue_left.acknowledging(held, reading) if now_open else None,
        "promised": reading.when(report.promised_by),
        "late": late,
        "reply": reading.when(view["reply_by"]) if view["reply_by"] else None,
        "because": view["inside"]["assignments"][-1]["because"],
        "result": (view["resolution"] or {}).get("kind_name"),
        "resolved": reading.when(report.resolved_at) if report.resolved_at else None,
        "planned": reading.day(report.planned_for) if report.planned_for else None,
        "reopens": reading.when(report.reopens_until) if report.reopens_until else None,
    }


def _holder(held: Mapping[str, Any], reading: Moments) -> dict[str, Any]:
    outcome = held["outcome"] or "open"
    return {
        "number": held["number"],
        "agency": _name(held["agency"], reading),
        "officer": held["officer"],
        "since": reading.when(held["opened_at"]),
        "due": reading.when(held["resolve_by"]) if held["resolve_by"] else None,
        "outcome": say(f"work_outcome_{outcome}", reading.language),
        "because": held["because"],
    }


def _photos(photos: list[dict[str, Any]], reading: Moments) -> dict[str, list[dict[str, Any]]]:
    """Before and after, each with what it shows; those that cannot be seen say why not."""
    sides: dict[str, list[dict[str, Any]]] = {"before": [], "after": []}
    seen: dict[str, int] = {}
    for photo in photos:
        role = photo["role"]
        seen[role] = seen.get(role, 0) + 1
        caption = say(f"work_photo_{role}", reading.language, number=seen[role])
        side = "after" if role == "after" else "before"
        sides[side].append(
            {
                "urls": photo["urls"],
                "caption": caption,
                "hidden": photo["hidden_reason"],
                "wrong": photo["reason"],
            }
        )
    return sides


def _relatives(report: Report, eye: Onlooker, reading: Moments) -> dict[str, Any]:
    found = relatives.relatives(report, eye.actor)
    return {
        "earlier": [_other(one, eye, reading) for one in found.earlier],
        "near": [
            {**_other(one.report, eye, reading), "metres": round(one.distance_m)}
            for one in found.near
        ],
        "duplicates": [_other(one, eye, reading) for one in found.duplicates],
    }


def _other(report: Report, eye: Onlooker, reading: Moments) -> dict[str, Any]:
    """Another report as its own onlooker may see it."""
    own = presenting.onlooker(report, eye.actor, eye.language, eye.limits)
    view = presenting.summary(report, own)
    return {
        "code": view["code"],
        "status": view["status_name"],
        "filed": reading.when(view["created_at"]),
        "text": view["description"],
        "photo": next((one["urls"]["small"] for one in view["photos"] if one["urls"]), None),
        "inside": own.inside,
    }


def acts(report: Report, eye: Onlooker, reading: Moments) -> dict[str, Any]:
    """The forms that are possible now, in order, and the ways to the desk's pages."""
    possible = at_hand.acts(report, eye.party, reading.now)
    values = consequences(report, reading)
    forms = [
        {
            "name": act.name,
            "title": say(f"work_act_{act.name}", reading.language),
            "does": say(f"work_does_{act.name}", reading.language, **values),
            "grave": act.grave,
            "photos": act.photos,
            "text": act.text,
        }
        for act in ACTS.values()
        if possible.intersection(act.actions)
    ]
    desk = [
        {
            "address": f"/{place}/{grouped(report.code)}",
            "title": say(f"action_{action}", reading.language),
        }
        for action, place in DESK.items()
        if action in possible and eye.actor.may(Permission.SEE_IDENTITY)
    ]
    return {"forms": forms, "desk": desk}


def consequences(report: Report, reading: Moments) -> dict[str, Any]:
    """The values that the lines about what an act does may name."""
    held = holding.current(report)
    policy = holding.policy_of(held)
    asked = at_hand.pending_extension(report)
    return {
        "agency": named(agencies.known(report.agency_id).names, reading.language),
        "asked": report.questions_asked,
        "questions": policy.questions_max,
        "days": policy.question_days,
        "granted": held.extensions_granted,
        "extensions": policy.extensions_max,
        "longest": work_timeline.length(policy.extension_longest.serialise(), reading.language),
        "length": work_timeline.length(asked.length if asked else None, reading.language),
        "silence": policy.silence_days,
        "due": reading.words(held.resolve_by) if held.resolve_by else work_timeline.UNKNOWN,
    }


def _name(thing: Any, reading: Moments) -> str | None:
    return named(thing.names, reading.language) if thing else None
