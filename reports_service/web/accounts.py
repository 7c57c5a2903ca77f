"""Signing in and out, by the session that the interface gives too, kept in a cookie."""

from __future__ import annotations

from datetime import timedelta
from typing import Final
from urllib.parse import urlsplit

from flask import Blueprint, current_app, redirect, request, url_for
from werkzeug.wrappers import Response

from reports_service.accounts import service
from reports_service.core.auth import public
from reports_service.core.db import unit_of_work
from reports_service.core.http_errors import refusal_body
from reports_service.domain.roles import Role
from reports_service.web import sessions
from reports_service.web.pages import page, sent

# Where a day begins for each role.
FIRST_PAGE: Final[dict[Role, str]] = {
    Role.FACILITATOR: "citizen.for_others",
    Role.LEADER: "leader.figures",
    Role.OFFICER: "staff.queue",
    Role.HEAD: "staff.queue",
    Role.OPERATOR: "staff.queue",
    Role.ADMIN: "admin.overview",
}


def add_to(bp: Blueprint) -> None:
    """Serve these pages."""
    bp.add_url_rule("/sign-in", "sign_in", sign_in)
    bp.add_url_rule("/sign-in", "signed_in", signed_in, methods=["POST"])
    bp.add_url_rule("/sign-out", "sign_out", sign_out, methods=["POST"])


@public
def sign_in() -> str:
    """The form."""
    return page("sign_in.html", given={}, problem=None, next=_own_address())


@public
def signed_in() -> Response | tuple[str, int]:
    """To where somebody wanted to go, or to the first page of the role."""
    given = sent()
    lasting = timedelta(hours=current_app.config["SESSION_HOURS"])
    try:
        account = service.authenticate(given.get("email", ""), given.get("password", ""))
    except service.SignInFailed as refusal:
        problem = refusal_body(refusal)
        return page("sign_in.html", given=given, problem=problem, next=_own_address()), 401
    with unit_of_work():
        opened = service.sign_in(account, lasting)
    first = FIRST_PAGE.get(Role(account.role), "web.home")
    answer = redirect(_own_address() or url_for(first), 303)
    sessions.keep(answer, sessions.SESSION, opened.token, int(lasting.total_seconds()))
    return answer


@public
def sign_out() -> Response:
    """End the session, here and wherever else its token was copied to."""
    answer = redirect(url_for("web.home"), 303)
    if token := request.cookies.get(sessions.SESSION):
        with unit_of_work():
            service.sign_out(token)
        sessions.drop(answer, sessions.SESSION)
    return answer


def _own_address() -> str | None:
    """Where to go on to: an address of ours, never another site's."""
    wanted = request.values.get("next", "")
    parts = urlsplit(wanted)
    ours = wanted.startswith("/") and not wanted.startswith(("//", "/\\"))
    return wanted if ours and not parts.scheme and not parts.netloc else None
