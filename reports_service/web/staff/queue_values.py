"""The queue in the shape of its page: rows, tabs, and what can be chosen in its filters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from flask import url_for

from reports_service.accounts import directory
from reports_service.agencies import service as agencies
from reports_service.areas import service as areas
from reports_service.categories.book import book
from reports_service.categories.models import Priority
from reports_service.core.auth import Actor
from reports_service.core.db import db
from reports_service.core.words import named, say
from reports_service.domain.errors import NotFound
from reports_service.domain.outcomes import ResolutionKind
from reports_service.domain.roles import Role
from reports_service.reports import holding, presenting, queueing, service
from reports_service.reports.lookup import QueueState
from reports_service.reports.models import Report
from reports_service.reports.views.answering import onlooker
from reports_service.web.moments import Moments
from reports_service.web.staff import queue_left

FILTERS: Final = ("category", "area", "agency", "officer", "q")
INDENT: Final = " "
Options = list[tuple[str, str]]


def row(report: Report, reading: Moments, actor: Actor) -> dict[str, Any]:
    """A report as the queue shows it."""
    shown = presenting.summary(report, onlooker(report))
    held = holding.current(report)
    spoken = reading.language
    photo = next((one for one in shown["photos"] if one["urls"]), None)
    return {
        "code": shown["code"],
        "version": service.etag(report).strip('"'),
        "status": shown["status_name"],
        "title": _name(shown["category"], spoken) or say("queue_unclassified", spoken),
        "place": report.address or _name(shown["area"], spoken),
        "area": _name(shown["area"], spoken),
        "text": shown["description"],
        "photo": photo["urls"]["small"] if photo else None,
        "due": queue_left.resolving(held, reading),
        "take_up": queue_left.acknowledging(held, reading),
        "officer": held.officer.name if held.officer else None,
        "agency": _name(shown["agency"], spoken) if queueing.sees_all(actor) else None,
        "priority": _priority(report, spoken),
        "again": report.recurrence_number if report.recurrence_number > 1 else None,
        "followers": report.followers_count,
    }


def tabs(filters: Mapping[str, Any], counted: Mapping[str | None, int], actor: Actor) -> list[Any]:
    """The states of the queue with how many there are, each a way that keeps the filters."""
    states: list[str | None] = [None, *(str(state) for state in QueueState)]
    if actor.role is Role.ADMIN:
        states.remove(QueueState.MINE)  # nothing is ever an administrator's
    return [
        {
            "word": f"queue_tab_{state or 'all'}",
            "number": counted[state],
            "address": address(filters, state=state),
            "here": filters.get("state") == state,
        }
        for state in states
    ]


def address(filters: Mapping[str, Any], endpoint: str = "staff.queue", **changes: Any) -> str:
    """The queue with these filters, which stand in its address."""
    kept = {name: filters.get(name) for name in (*FILTERS, "state")}
    wanted = {name: value for name, value in {**kept, **changes}.items() if value}
    return url_for(endpoint, **wanted)


def choices(filters: Mapping[str, Any], actor: Actor, reading: Moments) -> dict[str, Options]:
    """What can be chosen for each filter: pairs of code and words."""
    spoken = reading.language
    of_all = queueing.sees_all(actor)
    return {
        "category": category_options(reading),
        "area": _areas(spoken),
        "agency": agency_options(spoken) if of_all else [],
        "officer": _officers(_whose(filters, actor), spoken),
    }


def colleagues_of(agency_id: int | None) -> Options:
    """Who works at an agency: e-mail address and name."""
    found = directory.colleagues(agency_id) if agency_id else []
    return [(account.email, account.name) for account in found]


def agency_options(spoken: str) -> Options:
    """All agencies that can be given work."""
    found = db.session.scalars(agencies.listing())
    return sorted(((one.code, named(one.names, spoken)) for one in found), key=lambda one: one[1])


def category_options(reading: Moments) -> Options:
    """The categories that reports are taken under, children below their parents."""
    return list(_categories(reading.language, reading))


def _categories(spoken: str, reading: Moments) -> Iterator[tuple[str, str]]:
    serving = book().serving(reading.now)
    for top in (one for one in serving if one.parent_id is None):
        yield top.code, named(top.names, spoken)
        for child in (one for one in serving if one.parent_id == top.id):
            yield child.code, INDENT + named(child.names, spoken)


def _areas(spoken: str) -> Options:
    places = areas.present().places.values()
    return sorted(((one.code, named(one.names, spoken)) for one in places), key=lambda one: one[1])


def _whose(filters: Mapping[str, Any], actor: Actor) -> int | None:
    """The agency whose officers can be chosen."""
    if not queueing.sees_all(actor):
        return actor.agency_id
    try:
        return agencies.by_code(filters["agency"]).id if filters.get("agency") else None
    except NotFound:
        return None


def _officers(agency_id: int | None, spoken: str) -> Options:
    return [*colleagues_of(agency_id), (queueing.NOBODY, say("queue_nobody_yet", spoken))]


def _priority(report: Report, spoken: str) -> dict[str, str] | None:
    if report.priority == Priority.NORMAL:
        return None
    tone = "late" if report.priority == Priority.EMERGENCY else "soon"
    return {"words": say(f"queue_priority_{report.priority}", spoken), "tone": tone}


def _name(thing: Any, spoken: str) -> str | None:
    return named(thing.names, spoken) if thing else None


def kind_options(spoken: str) -> Options:
    """The kinds of result that need nothing more than words: a plan has a date of its own."""
    return [
        (str(kind), queue_left.begun(say(f"resolution_{kind}", spoken)))
        for kind in ResolutionKind
        if kind is not ResolutionKind.PLANNED
    ]
