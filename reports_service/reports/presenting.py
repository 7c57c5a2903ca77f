"""A report as each may see it: the public, the reporter, and who sees inside."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from reports_service.agencies import service as agencies
from reports_service.agencies.models import Agency
from reports_service.agencies.service import AgencyFacts
from reports_service.areas import service as areas
from reports_service.attachments.inspection import Limits
from reports_service.categories import service as categories
from reports_service.categories.service import CategoryFacts
from reports_service.core import words
from reports_service.core.auth import Actor
from reports_service.domain import lifecycle
from reports_service.domain.lifecycle import Status
from reports_service.domain.masking import mask_people
from reports_service.domain.roles import Party, Permission
from reports_service.reports import chain, codes, gallery, holding, places, tracking
from reports_service.reports.models import Assignment, Event, Report
from reports_service.reports.onlooker import Onlooker
from reports_service.reports.service import etag, party_on, sees_inside
from reports_service.routing import service as routing


def onlooker(report: Report, actor: Actor, language: str, limits: Limits) -> Onlooker:
    """How this actor meets this report."""
    return Onlooker(actor, party_on(report, actor), language, sees_inside(report, actor), limits)


def full(report: Report, eye: Onlooker, *, with_token: bool = False) -> dict[str, Any]:
    """The whole report for one onlooker; ``with_token`` only in the answer to its filing."""
    shown = {
        **summary(report, eye),
        "photos": [*gallery.visible(report.photos, eye), *gallery.of_duplicates(report, eye)],
        "address": places.address(report, eye),
        "answers": _answers(report, eye),
        "priority": report.priority,
        "channel": report.channel,
        "expected_by": report.expected_by,
        "resolution": _resolution(report, eye),
        "duplicate_of": _master(report),
        "recurrence_of": _recurrence(report),
        "recurrence_number": report.recurrence_number,
        "followers": report.followers_count,
        "reply_by": report.closes_at if report.status == Status.AWAITING_REPORTER else None,
        "reopens_until": report.reopens_until,
        "timeline": [_entry(event, report, eye) for event in _visible(report, eye)],
        "actions": [str(action) for action in lifecycle.possible(Status(report.status), eye.party)],
        "etag": etag(report),
    }
    if with_token and tracking.is_first(report):
        shown["tracking_token"] = tracking.token_of(report)
    if eye.inside:
        shown["inside"] = _inside(report, eye)
    return shown


def summary(report: Report, eye: Onlooker) -> dict[str, Any]:
    """A report as a list shows it."""
    return {
        "code": codes.grouped(report.code),
        "status": report.status,
        "status_name": words.say(f"status_{report.status}", eye.language),
        "category": _category(report.category_id),
        "suggested_category": None
        if report.category_id
        else _category(report.suggested_category_id),
        "area": areas.version(report.area_id) if report.area_id else None,
        "agency": agencies.known(report.agency_id),
        "location": places.location(report, eye),
        "place_fit": report.place_fit,
        "description": _description(report, eye),
        "text_hidden": report.text_hidden_at is not None,
        "promised_by": report.promised_by,
        "created_at": report.created_at,
        "updated_at": report.updated_at,
        "resolved_at": report.resolved_at,
        "photos": gallery.visible(report.photos, eye),
    }


def queued(report: Report, eye: Onlooker, now: datetime) -> dict[str, Any]:
    """A report as its agency's queue shows it, with the running assignment."""
    held = holding.current(report)
    return {
        **summary(report, eye),
        "priority": report.priority,
        "assignment": _assignment(held, eye),
        "overdue": held.resolve_by is not None and held.resolve_by < now,
        "etag": etag(report),
    }


def _description(report: Report, eye: Onlooker) -> str:
    if eye.sees_original:
        return report.description
    if report.text_hidden_at is not None:
        return words.say("text_hidden", eye.language)
    return report.public_description


def _category(category_id: int | None) -> CategoryFacts | None:
    return categories.book().by_id(category_id) if category_id else None


def _answers(report: Report, eye: Onlooker) -> list[dict[str, Any]]:
    """The extra questions; free text only for who sees the report's own words."""
    return [
        {
            "code": answer["code"],
            "label": words.named(answer["label"], eye.language),
            "value": words.named(answer["value_label"], eye.language)
            if isinstance(answer.get("value_label"), Mapping)
            else answer["value"],
        }
        for answer in report.answers
        if answer["value"] != "" and (eye.sees_original or answer["kind"] != "text")
    ]


def _resolution(report: Report, eye: Onlooker) -> dict[str, Any] | None:
    if report.resolution_kind is None:
        return None
    return {
        "kind": report.resolution_kind,
        "kind_name": words.say(f"resolution_{report.resolution_kind}", eye.language),
        "at": report.resolved_at,
        "planned_for": report.planned_for,
    }


def _master(report: Report) -> str | None:
    master = report.master
    return codes.grouped(master.code) if master and not master.restricted else None


def _recurrence(report: Report) -> str | None:
    earlier = report.recurrence_of
    return codes.grouped(earlier.code) if earlier and not earlier.restricted else None


def _visible(report: Report, eye: Onlooker) -> Iterable[Event]:
    return (event for event in report.events if eye.inside or not event.internal)


def _entry(event: Event, report: Report, eye: Onlooker) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "kind": event.kind,
        "title": words.say(f"event_{event.kind}", eye.language),
        "at": event.at,
        "by": event.by,
        "status": event.facts.get("status"),
        "agency": _holder(event, report),
        "text": _said(event, report, eye),
        "photos": [
            photo.attachment.uuid
            for photo in report.photos
            if photo.event_seq == event.seq and gallery.is_visible(photo, eye)
        ],
    }
    if eye.inside:
        entry |= {
            "seq": event.seq,
            "internal": event.internal,
            "account_id": event.account_id,
            "agency_id": event.agency_id,
            "facts": event.facts,
        }
    return entry


def _holder(event: Event, report: Report) -> AgencyFacts | Agency | None:
    """The agency that held the report when this happened."""
    number = event.facts.get("assignment")
    return agencies.known(report.assignments[number - 1].agency_id) if number else None


def _said(event: Event, report: Report, eye: Onlooker) -> str | None:
    """The words of an event as this onlooker may read them."""
    said = chain.said(event)
    if eye.sees_original:
        parts = [text for name, text in said.items() if name not in ("answers", "address")]
        return "\n".join(parts) or None
    if event.kind in ("filed", "corrected"):
        return _description(report, eye) if "description" in said else None
    if event.by == Party.REPORTER and report.text_hidden_at is not None:
        return words.say("text_hidden", eye.language)
    return mask_people("\n".join(said.values())) or None


def _inside(report: Report, eye: Onlooker) -> dict[str, Any]:
    return {
        "assignments": [_assignment(assignment, eye) for assignment in report.assignments],
        "restricted": report.restricted,
        "questions_asked": report.questions_asked,
        "anonymous": report.reporter_id is None,
        "text_hidden_reason": report.text_hidden_reason,
        "filed_location": {"lat": report.filed_lat, "lon": report.filed_lon},
        "may_see_identity": eye.actor.may(Permission.SEE_IDENTITY),
        "history_holds": chain.holds(report, list(report.events)),
    }


def _assignment(assignment: Assignment, eye: Onlooker) -> dict[str, Any]:
    return {
        "number": assignment.number,
        "agency": agencies.known(assignment.agency_id),
        "officer": assignment.officer.name if assignment.officer else None,
        "opened_at": assignment.opened_at,
        "acknowledge_by": assignment.acknowledge_by,
        "acknowledged_at": assignment.acknowledged_at,
        "resolve_by": assignment.resolve_by,
        "own_resolve_by": assignment.own_resolve_by,
        "resolved_at": assignment.resolved_at,
        "outcome": assignment.outcome,
        "paused_at": assignment.paused_at,
        "extensions_granted": assignment.extensions_granted,
        "because": explain(assignment.reason, eye.language),
        "policy": assignment.policy["code"],
    }


def explain(reason: Mapping[str, Any], language: str) -> str:
    """Why this agency holds it, in words: a rule, a person, a reopening."""
    why = f"held_{reason.get('why', 'rule')}"
    return words.say(why, language) if words.knows(why) else routing.describe(reason, language)
