"""The forms of a report's page, each filled: by what was sent, by a draft, or by a template."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import current_app, request

from reports_service.agencies import service as agencies
from reports_service.categories.models import Priority
from reports_service.core.auth import Actor
from reports_service.core.words import say
from reports_service.domain.outcomes import ResolutionKind
from reports_service.domain.targets import Unit
from reports_service.reports.models import Report
from reports_service.reports.onlooker import Onlooker
from reports_service.teamwork import drafts, presence, templates
from reports_service.web.moments import Moments
from reports_service.web.staff import queue_left, queue_values, work_values
from reports_service.web.staff.acts import ACTS

Fields = Mapping[str, str]


def forms(
    report: Report, eye: Onlooker, reading: Moments, given: Mapping[str, Fields]
) -> dict[str, Any]:
    """What is possible now, as forms; ``given``: what was sent already, by the act's name."""
    possible = work_values.acts(report, eye, reading)
    kept = drafts.kept(eye.actor, report)
    actions = {form["name"]: str(ACTS[form["name"]].actions[0]) for form in possible["forms"]}
    offered = templates.offered(report, eye.actor, set(actions.values()), reading.language)
    for form in possible["forms"]:
        act, action = ACTS[form["name"]], actions[form["name"]]
        draft = kept.get(action)
        form["templates"] = offered[action]
        form["values"] = given.get(act.name) or (
            draft.fields if draft else _chosen(act.text, offered[action])
        )
        form["drafted"] = reading.when(draft.saved_at) if draft and act.name not in given else None
    return {**possible, "options": options(report, reading) if possible["forms"] else {}}


def _chosen(field: str, offered: list[templates.Offered]) -> Fields:
    """A template that the address names fills its form, where no script can."""
    wanted = request.args.get("template", "")
    return next(
        ({field: one.text, "template": wanted} for one in offered if str(one.id) == wanted), {}
    )


def options(report: Report, reading: Moments) -> dict[str, Any]:
    """What can be chosen in the forms."""
    spoken = reading.language
    return {
        "officers": queue_values.colleagues_of(report.agency_id),
        "agencies": _other_agencies(report, spoken),
        "categories": queue_values.category_options(reading),
        "category": report.category.code if report.category else None,
        "priorities": [(str(one), say(f"queue_priority_{one}", spoken)) for one in Priority],
        "kinds": [
            (
                str(kind),
                queue_left.begun(say(f"resolution_{kind}", spoken)),
                say(f"work_kind_{kind}", spoken),
            )
            for kind in ResolutionKind
        ],
        "units": [(str(unit), say(f"unit_{unit}", spoken)) for unit in Unit],
        "today": reading.now.astimezone(reading.zone).date().isoformat(),
        "after_photo": bool(report.category and report.category.after_photo),
    }


def _other_agencies(report: Report, spoken: str) -> list[tuple[str, str]]:
    held = agencies.known(report.agency_id).code
    return [one for one in queue_values.agency_options(spoken) if one[0] != held]


def others_here(report: Report, actor: Actor) -> list[str]:
    """The names of colleagues who have this report open too."""
    found = presence.others(actor, report, current_app.extensions["waker"])
    return [one.name for one in found]
