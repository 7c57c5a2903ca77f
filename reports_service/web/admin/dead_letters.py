"""/admin/dead-letters: what workers have given up, to look at, to try again, to drop."""

from __future__ import annotations

from typing import Any, Final

from flask import Blueprint, request, url_for
from werkzeug.wrappers import Response

from reports_service.core.auth import current_actor, requires
from reports_service.core.db import unit_of_work
from reports_service.dead_letters import service
from reports_service.domain.roles import Permission
from reports_service.web.pages import back_to, page

SHOWN: Final = 50
ENDPOINT: Final = "admin.dead_letters"
administers = requires(Permission.ADMINISTER)


def serve(bp: Blueprint) -> None:
    """Add the page and its three forms to a blueprint."""
    for path, name, view, method in (
        ("", "", listed, "GET"),
        ("/retry", "_retry_all", retried_all, "POST"),
        ("/<int:letter_id>/retry", "_retry", retried, "POST"),
        ("/<int:letter_id>/drop", "_drop", dropped, "POST"),
    ):
        address = f"/admin/dead-letters{path}"
        bp.add_url_rule(address, f"dead_letters{name}", administers(view), methods=[method])


def listed() -> str:
    """All of them, newest first; that somebody looked is noted."""
    with unit_of_work():
        found = service.look(current_actor(), None, request.args.get("cursor"), SHOWN)
        waiting = service.waiting()
    more = url_for(ENDPOINT, cursor=found.next_cursor) if found.next_cursor else None
    return page("admin/dead_letters.html", letters=found.items, waiting=waiting, more=more)


def retried_all() -> Response:
    """All of them once more."""
    with unit_of_work():
        service.retry_all(current_actor())
    return back_to(ENDPOINT, done="retried")


def retried(letter_id: int) -> Response:
    """One of them once more."""
    return _after(service.retry, letter_id, "retried")


def dropped(letter_id: int) -> Response:
    """One of them never."""
    return _after(service.drop, letter_id, "dropped")


def _after(act: Any, letter_id: int, done: str) -> Response:
    with unit_of_work():
        act(current_actor(), letter_id)
    return back_to(ENDPOINT, done=done)
