"""/work/<code>/contact: who reported it, shown to an operator who says what for."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from flask import Blueprint, make_response, request
from werkzeug.wrappers import Response

from reports_service.core.auth import current_actor, requires
from reports_service.core.db import unit_of_work
from reports_service.core.words import say
from reports_service.domain.errors import Refusal
from reports_service.domain.roles import Permission
from reports_service.reports import reporter_acts, service
from reports_service.reports.codes import grouped
from reports_service.reports.identity import Contact
from reports_service.reports.looking import ReasonNeeded, Why
from reports_service.reports.requests import LookQuery
from reports_service.web.forms import problem_of
from reports_service.web.pages import language, page, sent

looks = requires(Permission.SEE_IDENTITY)


def add_to(bp: Blueprint) -> None:
    """Serve this page."""
    bp.add_url_rule("/work/<code>/contact", "contact", asked)
    bp.add_url_rule("/work/<code>/contact", "contact_shown", shown, methods=["POST"])


@looks
def asked(code: str) -> Response:
    """What for? Nothing is shown yet."""
    return _page(code, None, None)


@looks
def shown(code: str) -> Response | tuple[Response, int]:
    """The contact, once; the look is written down."""
    try:
        given = LookQuery().load(sent())
        if given["why"] is None:
            raise ReasonNeeded(field="why")
        with unit_of_work():
            report, _ = service.find(code, current_actor())
            contact = reporter_acts.see_identity(
                report, current_actor(), given["why"], request.remote_addr
            )
    except (Refusal, ma.ValidationError) as wrong:
        problem, status = problem_of(wrong)
        return _page(code, None, problem), status
    return _page(code, contact, None)


def _page(code: str, contact: Contact | None, problem: Any) -> Response:
    report, _ = service.find(code, current_actor())
    reasons = [(str(why), say(f"look_why_{why}", language()), None) for why in Why]
    answer = make_response(
        page(
            "desk/contact.html",
            code=grouped(report.code),
            contact=contact,
            reasons=reasons,
            problem=problem,
        )
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer
