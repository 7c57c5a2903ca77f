"""/account: one's own password, second factor and sessions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import segno
from flask import Blueprint, current_app, request
from markupsafe import Markup
from werkzeug.wrappers import Response

from reports_service.accounts import own, second_factor, service, sessions
from reports_service.accounts.entrance import Proof
from reports_service.accounts.guessing import TriedTooOften
from reports_service.accounts.models import Account
from reports_service.accounts.second_factor import Enrolment
from reports_service.core.auth import current_actor, requires
from reports_service.core.db import unit_of_work
from reports_service.domain.errors import Conflict, Invalid
from reports_service.domain.roles import Permission
from reports_service.web import sessions as sessions_of_device
from reports_service.web.accounts import door
from reports_service.web.forms import problem_of
from reports_service.web.pages import back_to, page, sent

Answer = str | Response | tuple[str, int]
WRONG = (Invalid, Conflict, TriedTooOften)
own_account = requires(Permission.KEEP_ACCOUNT)
while_enrolling = requires(Permission.KEEP_ACCOUNT, before_enrolment=True)


def add_to(bp: Blueprint) -> None:
    """Serve these pages."""
    for path, name, view, method in (
        ("", "account", account, "GET"),
        ("/password", "password_changed", password_changed, "POST"),
        ("/sessions/<session_id>/end", "session_ended", session_ended, "POST"),
        ("/sessions/end-others", "other_sessions_ended", other_sessions_ended, "POST"),
        ("/second-factor", "second_factor", second_factor_page, "GET"),
        ("/second-factor", "second_factor_on", second_factor_on, "POST"),
        ("/second-factor/change", "second_factor_change", second_factor_change, "POST"),
    ):
        bp.add_url_rule(f"/account{path}", name, view, methods=[method])


@own_account
def account() -> str:
    """Who I am here, and where I am signed in."""
    return _account(None)


@own_account
def password_changed() -> Answer:
    """A new password; other sessions end."""
    given, actor = sent(), current_actor()
    try:
        sessions_of_device.renew(
            own.change_password(actor, _mine(), given.get("new", ""), _proof(given, "old", "code"))
        )
    except WRONG as wrong:
        problem, status = problem_of(wrong)
        return _account(problem), status
    return back_to("web.account", done="password_changed")


@own_account
def session_ended(session_id: str) -> Response:
    """One of the list."""
    with unit_of_work():
        sessions.end(current_actor(), _mine(), session_id)
    return back_to("web.account", done="session_ended")


@own_account
def other_sessions_ended() -> Response:
    """All but this one."""
    actor = current_actor()
    with unit_of_work():
        sessions.end_all(actor, _mine(), except_id=actor.session_id)
    return back_to("web.account", done="sessions_ended")


@while_enrolling
def second_factor_page() -> str:
    """How it stands; where there is none, or it is to be replaced, a fresh secret to be scanned."""
    mine = _mine()
    if second_factor.is_on(mine.id) and not request.args.get("replace"):
        return _standing(mine, None)
    return _enrolment(mine, second_factor.begin(mine), None)


@while_enrolling
def second_factor_on() -> Answer:
    """The codes on paper, shown this once."""
    given, mine = sent(), _mine()
    sealed, code = given.get("enrolment", ""), given.get("code", "")
    try:
        proof = _proof(given, "password", "present_code")
        fresh = own.confirm_second_factor(current_actor(), mine, sealed, code, proof)
    except second_factor.EnrolmentOver as over:
        problem, status = problem_of(over)
        return _enrolment(mine, second_factor.begin(mine), problem), status
    except WRONG as wrong:
        problem, status = problem_of(wrong)
        return _enrolment(mine, second_factor.begun(mine, sealed), problem), status
    return _codes(fresh)


@own_account
def second_factor_change() -> Answer:
    """Fresh codes on paper, or do without from now on; both ask for password and code."""
    given, mine, actor = sent(), _mine(), current_actor()
    proof = _proof(given, "password", "code")
    try:
        if given.get("act") == "codes":
            return _codes(own.renew_recovery_codes(actor, mine, proof))
        sessions_of_device.renew(own.turn_second_factor_off(actor, mine, proof, _required()))
    except WRONG as wrong:
        problem, status = problem_of(wrong)
        return _standing(mine, problem), status
    return back_to("web.account", done="second_factor_off")


def _mine() -> Account:
    return service.of_actor(current_actor())


def _required() -> frozenset[str]:
    roles: frozenset[str] = current_app.config["SECOND_FACTOR_ROLES"]
    return roles


def _account(problem: Any) -> str:
    mine = _mine()
    return page(
        "account/account.html",
        mine=mine,
        factor=second_factor.standing(mine.id),
        sessions=sessions.open_sessions(mine.id),
        here=current_actor().session_id,
        problem=problem,
    )


def _standing(mine: Account, problem: Any) -> str:
    return page(
        "account/second_factor.html",
        factor=second_factor.standing(mine.id),
        required=mine.role in _required(),
        problem=problem,
    )


def _enrolment(mine: Account, enrolment: Enrolment, problem: Any) -> str:
    return page(
        "account/enrolment.html",
        enrolment=enrolment,
        secret=_in_fours(enrolment.secret),
        qr=_qr(enrolment.address),
        replaces=second_factor.is_on(mine.id),
        must=current_actor().enrolling is not None,
        problem=problem,
    )


def _codes(fresh: own.FreshCodes) -> str:
    sessions_of_device.renew(fresh.session)
    return page("account/codes.html", codes=fresh.recovery_codes)


def _proof(given: Mapping[str, str], password: str, code: str) -> Proof:
    """What was shown once more, by the names of its fields."""
    return Proof(given.get(password, ""), given.get(code), door().visit)


def _in_fours(secret: str) -> str:
    return " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))


def _qr(address: str) -> Markup:
    """As a picture of its own: its words stand beside it."""
    drawn = segno.make(address, error="m", micro=False).svg_data_uri(
        border=4, dark="#000", light="#fff", omitsize=True
    )
    return Markup(drawn)
