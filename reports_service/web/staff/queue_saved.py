"""Filters of the queue that were kept under a name: own ones, and those of the agency."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from flask import Blueprint, redirect, url_for
from werkzeug.wrappers import Response

from reports_service.core.auth import current_actor, requires
from reports_service.core.db import unit_of_work
from reports_service.core.schemas import Schema, Text
from reports_service.domain.roles import Permission
from reports_service.teamwork import filters
from reports_service.web.pages import back_to, page, sent
from reports_service.web.staff.acts_trying import Wrong, attempt

NAME_LONGEST = 80


class KeptFilter(Schema):
    """What a filter is called."""

    name = Text(NAME_LONGEST, required=True)


def add_to(bp: Blueprint) -> None:
    """Serve these forms."""
    bp.add_url_rule("/queue/filters", "keep_filter", keep, methods=["POST"])
    bp.add_url_rule("/queue/filters/<int:filter_id>/end", "drop_filter", drop, methods=["POST"])


def listed(query: str) -> list[dict[str, Any]]:
    """All that this actor has at hand; ``query``: of the page that is shown."""
    return [
        {
            "id": one.id,
            "name": one.name,
            "address": f"{url_for('staff.queue')}?{one.query}",
            "here": one.query == query,
            "mine": one.mine,
        }
        for one in filters.listing(current_actor())
    ]


def sorted_query(address: str) -> str:
    """The query string of an address in the order in which filters are kept."""
    return urlencode(sorted(parse_qsl(urlsplit(address).query)))


@requires(Permission.SEE_QUEUE)
def keep() -> Response | tuple[str, int]:
    """Keep the filters that are shown."""
    given = sent()
    name, query = given.get("name", ""), given.get("query", "")
    kept = attempt(lambda: _kept(name, query, given.get("shared") == "yes"))
    if isinstance(kept, Wrong):
        return page("staff/queue_filter.html", problem=kept.problem, given=given), kept.status
    return redirect(f"{url_for('staff.queue')}?{query}&done=queue_filter", 303)


@requires(Permission.SEE_QUEUE)
def drop(filter_id: int) -> Response:
    """Forget some."""
    with unit_of_work():
        filters.drop(current_actor(), filter_id)
    return back_to("staff.queue", done="queue_filter_gone")


def _kept(name: str, query: str, shared: bool) -> None:
    name = KeptFilter().load({"name": name})["name"]
    with unit_of_work():
        filters.save(current_actor(), name, query, shared)
