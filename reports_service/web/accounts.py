"""Signing in and out, by the session that the interface gives too, kept in a cookie.

Where an account has a second factor, a sealed cookie remembers for some minutes that the first step
is done; it opens nothing but the page of the second.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final
from urllib.parse import urlsplit

from flask import Blueprint, current_app, redirect, request, url_for
from werkzeug.wrappers import Response

from reports_service.accounts import entrance, oidc, service, signing_in
from reports_service.accounts.entrance import Door, SecondStepOver
from reports_service.accounts.guessing import TriedTooOften
from reports_service.accounts.models import Account
from reports_service.accounts.second_factor import SecondFactorNeeded, SecondFactorWrong
from reports_service.accounts.signing_in import SignedIn, SignInFailed
from reports_service.accounts.visits import visit
from reports_service.core.auth import public
from reports_service.core.db import unit_of_work
from reports_service.core.http_errors import headers_of, refusal_body, status_of
from reports_service.domain.errors import Refusal
from reports_service.domain.roles import Role
from reports_service.web import sessions
from reports_service.web.pages import page, sent

HALF: Final = "half"  # the cookie between the two steps
Answer = Response | tuple[str, int, Mapping[str, str]]

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
    bp.add_url_rule("/sign-in/code", "second_step", second_step)
    bp.add_url_rule("/sign-in/code", "second_step_done", second_step_done, methods=["POST"])
    bp.add_url_rule("/sign-out", "sign_out", sign_out, methods=["POST"])


@public
def sign_in() -> str:
    """The form."""
    return _form({}, None)


@public
def signed_in() -> Answer:
    """To where somebody wanted to go, or to the first page of the role; before that, to the second
    step where the account has one.
    """
    given = sent()
    email = given.get("email", "")
    try:
        opened = entrance.by_password(email, given.get("password", ""), None, door())
    except SecondFactorNeeded:
        return to_second_step(service.by_email(email), own_address())
    except (SignInFailed, TriedTooOften) as refusal:
        return not_let_in(refusal, given)
    return entered(opened, own_address())


@public
def second_step() -> str | Response:
    """The form for the code, for who has done the first step."""
    try:
        entrance.account_half_way(request.cookies.get(HALF, ""))
    except SecondStepOver:
        return redirect(url_for("web.sign_in", next=own_address()), 303)
    return page("sign_in_code.html", problem=None, next=own_address())


@public
def second_step_done() -> Answer:
    """The same as after one step."""
    try:
        half = request.cookies.get(HALF, "")
        opened = entrance.by_code(half, sent().get("code", "-"), door())
    except SecondStepOver as refusal:
        return not_let_in(refusal, {})
    except (SecondFactorWrong, TriedTooOften) as refusal:
        shown = page("sign_in_code.html", problem=refusal_body(refusal), next=own_address())
        return shown, status_of(type(refusal)), _when_again(refusal)
    return entered(opened, own_address())


@public
def sign_out() -> Response:
    """End the session, here and wherever else its token was copied to."""
    answer = redirect(url_for("web.home"), 303)
    if token := request.cookies.get(sessions.SESSION):
        with unit_of_work():
            signing_in.sign_out(token)
        sessions.drop(answer, sessions.SESSION)
    # Never "storage": reports that citizens could not send yet lie there. Pages let go of what is
    # staff's in it by themselves (static/js/staff/leaving.js).
    answer.headers["Clear-Site-Data"] = '"cache"'
    return answer


def door() -> Door:
    """Who stands at the door of this request, known by the device's own cookie."""
    lasting = timedelta(hours=current_app.config["SESSION_HOURS"])
    return Door(visit(sessions.device()), lasting)


def to_second_step(account: Account, then: str | None) -> Response:
    """To the form for the code, as who has done the first step."""
    answer = redirect(url_for("web.second_step", next=then), 303)
    lasts = int(entrance.HALF_LASTS.total_seconds())
    sessions.keep(answer, HALF, entrance.half_way(account), lasts)
    return answer


def entered(opened: SignedIn, then: str | None) -> Response:
    """On with a fresh session, which this device keeps."""
    role = Role(opened.account.role)
    if role in current_app.config["SECOND_FACTOR_ROLES"] and not opened.second_factor:
        then = url_for("web.second_factor")
    answer = redirect(then or url_for(FIRST_PAGE.get(role, "web.home")), 303)
    if before := request.cookies.get(sessions.SESSION):
        with unit_of_work():
            signing_in.sign_out(before)
    lasting = int(door().lasting.total_seconds())
    sessions.keep(answer, sessions.SESSION, opened.token, lasting)
    sessions.drop(answer, HALF)
    return answer


def not_let_in(refusal: Refusal, given: Mapping[str, str]) -> Answer:
    """The form once more, with the reason."""
    shown = _form(given, refusal_body(refusal))
    return shown, status_of(type(refusal)), _when_again(refusal)


def own_address() -> str | None:
    """Where to go on to: an address of ours, never another site's."""
    return ours(request.values.get("next", ""))


def ours(wanted: str) -> str | None:
    """The address if it is one of ours."""
    parts = urlsplit(wanted)
    own = wanted.startswith("/") and not wanted.startswith(("//", "/\\"))
    return wanted if own and not parts.scheme and not parts.netloc else None


def _form(given: Mapping[str, str], problem: Any) -> str:
    provider = oidc.provider()
    return page(
        "sign_in.html",
        given=given,
        problem=problem,
        next=own_address(),
        provider=provider.name if provider else None,
    )


def _when_again(refusal: Refusal) -> Mapping[str, str]:
    return headers_of(refusal) if isinstance(refusal, TriedTooOften) else {}
