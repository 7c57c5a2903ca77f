"""/admin/accounts/…/access: where an account is signed in, and a second factor that was lost."""

from __future__ import annotations

from flask import Blueprint
from werkzeug.wrappers import Response

from reports_service.accounts import own, second_factor, service, sessions
from reports_service.core.auth import current_actor, requires
from reports_service.core.db import unit_of_work
from reports_service.domain.roles import Permission
from reports_service.web.pages import back_to, page

administers = requires(Permission.ADMINISTER)


def add_to(bp: Blueprint) -> None:
    """Serve the page and the forms on it."""
    address = "/admin/accounts/<key>/access"
    bp.add_url_rule(address, "access", access)
    for path, name, view in (
        ("/sessions/<session_id>/end", "access_session_ended", session_ended),
        ("/sessions/end", "access_sessions_ended", sessions_ended),
        ("/second-factor/reset", "access_factor_reset", factor_reset),
    ):
        bp.add_url_rule(address + path, name, view, methods=["POST"])


@administers
def access(key: str) -> str:
    """Sessions and second factor of one account."""
    account = service.by_email(key)
    return page(
        "admin/access.html",
        account=account,
        factor=second_factor.standing(account.id),
        sessions=sessions.open_sessions(account.id),
        here=current_actor().session_id,
    )


@administers
def session_ended(key: str, session_id: str) -> Response:
    """One session."""
    with unit_of_work():
        sessions.end(current_actor(), service.by_email(key), session_id)
    return back_to("admin.access", key=key, done="session_ended")


@administers
def sessions_ended(key: str) -> Response:
    """All of them, but for the one that asks where it is the administrator's own."""
    actor = current_actor()
    with unit_of_work():
        sessions.end_all(actor, service.by_email(key), except_id=actor.session_id)
    return back_to("admin.access", key=key, done="sessions_ended")


@administers
def factor_reset(key: str) -> Response:
    """The owner has lost the telephone and the codes."""
    with unit_of_work():
        own.reset_second_factor(current_actor(), service.by_email(key))
    return back_to("admin.access", key=key, done="second_factor_reset")
