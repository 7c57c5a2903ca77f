"""What a report's page asks for while it is open: drafts kept, who is here, whom to mention."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, current_app, jsonify, request

from reports_service.core.auth import current_actor, requires
from reports_service.core.db import unit_of_work
from reports_service.domain.lifecycle import Action
from reports_service.domain.roles import Permission
from reports_service.reports import service
from reports_service.reports.codes import ReportUnknown
from reports_service.reports.models import Report
from reports_service.teamwork import drafts, mentions, presence
from reports_service.web.pages import sent
from reports_service.web.staff.acts import ACTS

PREFIX_LONGEST = 60


def add_to(bp: Blueprint) -> None:
    """Serve them; a script of the page asks, nobody opens them."""
    bp.add_url_rule("/work/<code>/here", "here", here, methods=["POST"])
    bp.add_url_rule("/work/<code>/colleagues", "colleagues", colleagues)
    bp.add_url_rule("/work/<code>/drafts/<act>", "draft", draft, methods=["POST"])


@requires(Permission.SEE_INTERNAL_VIEW)
def here(code: str) -> Response:
    """This page is open still (or, with ``left``, not any more); the names of the others."""
    report = _inside(code)
    waker = current_app.extensions["waker"]
    if "left" in request.form:
        presence.leave(current_actor(), report, waker)
        return _names([])
    return _names([one.name for one in presence.here(current_actor(), report, waker)])


@requires(Action.NOTE)
def colleagues(code: str) -> Response:
    """Whom an internal note of this report can name, by the beginning of a name."""
    typed = request.args.get("q", "")[:PREFIX_LONGEST]
    found = mentions.suggestions(_inside(code), current_actor(), typed)
    return jsonify([{"name": one.name, "insert": one.insert} for one in found])


@requires(Action.NOTE)
def draft(code: str, act: str) -> Response:
    """Keep what is typed; with nothing typed any more, nothing is kept."""
    if act not in ACTS:
        raise ReportUnknown(report=code[:40])
    action, fields = str(ACTS[act].actions[0]), sent()
    with unit_of_work():
        report = _inside(code)
        if fields:
            drafts.keep(current_actor(), report, action, fields)
        else:
            drafts.drop(current_actor(), report, action)
    return Response(status=204)


def _inside(code: str) -> Report:
    """The report, for who sees inside; for others there is none. Raises ``ReportUnknown``."""
    report, _ = service.find(code, current_actor())
    if not service.sees_inside(report, current_actor()):
        raise ReportUnknown(report=code[:40])
    return report


def _names(names: list[str]) -> Response:
    answer: dict[str, Any] = {"names": names}
    return jsonify(answer)
