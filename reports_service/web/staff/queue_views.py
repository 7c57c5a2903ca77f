"""/queue: what is due next on top; what came meanwhile, asked for by the page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, request

from reports_service.core.auth import current_actor, requires
from reports_service.core.schemas import Schema
from reports_service.domain.roles import Permission, Role
from reports_service.reports import queueing
from reports_service.reports.queue_requests import QueueNewsQuery, QueuePageQuery
from reports_service.web.pages import page, reading
from reports_service.web.staff import queue_saved, queue_values
from reports_service.web.staff.acts_trying import Wrong, attempt

EVERY_S = 45


def add_to(bp: Blueprint) -> None:
    """Serve these pages."""
    bp.add_url_rule("/queue", "queue", queue)
    bp.add_url_rule("/queue/news", "queue_news", news)


@requires(Permission.SEE_QUEUE)
def queue() -> str | tuple[str, int]:
    """The queue; a filter that cannot be meant is said in words, beside the whole queue."""
    found = attempt(lambda: _shown(_asked(QueuePageQuery())))
    if isinstance(found, Wrong):
        everything = _shown(QueuePageQuery().load({}))
        return page("staff/queue.html", **everything, problem=found.problem), found.status
    return page("staff/queue.html", **found, problem=None)


@requires(Permission.SEE_QUEUE)
def news() -> Response:
    """How many came since the page was made: a line to be put on it, nothing while none did."""
    filters = attempt(lambda: _asked(QueueNewsQuery()))
    if isinstance(filters, Wrong):
        return Response(status=filters.status)
    number = queueing.came_since(filters, current_actor(), filters["since"])
    if str(number) == request.args.get("known", "0"):
        return Response(status=204)
    values = {
        "number": number,
        "most": queueing.NEWS_MAX,
        "all": queue_values.address(filters),
        "again": _news_address(filters, filters["since"].isoformat(), number),
    }
    return Response(page("staff/queue_news.html", every=EVERY_S, **values))


def _asked(schema: Schema) -> dict[str, Any]:
    """What the address asks for; names that mean nothing here are none of ours."""
    given = {
        name: value.strip()
        for name, value in request.args.items()
        if name in schema.fields and value.strip()
    }
    asked: dict[str, Any] = schema.load(given)
    return asked


def _shown(filters: Mapping[str, Any]) -> dict[str, Any]:
    actor, moments = current_actor(), reading()
    query = queue_saved.sorted_query(queue_values.address(filters))
    found = queueing.page(filters, actor, filters["cursor"], filters["limit"])
    counted = queueing.counts(filters, actor)
    return {
        "rows": [queue_values.row(report, moments, actor) for report in found.items],
        "next": queue_values.address(filters, cursor=found.next_cursor)
        if found.next_cursor
        else None,
        "first": filters["cursor"] is None,
        "tabs": queue_values.tabs(filters, counted, actor),
        "filters": filters,
        "filtered": any(filters.get(name) for name in queue_values.FILTERS),
        "choices": queue_values.choices(filters, actor, moments),
        "officers": queue_values.colleagues_of(actor.agency_id),
        "agencies": queue_values.agency_options(moments.language)
        if actor.role != Role.OFFICER
        else [],
        "kinds": queue_values.kind_options(moments.language),
        "clear": queue_values.address({"state": filters.get("state")}),
        "query": query,
        "saved": queue_saved.listed(query),
        "of_all": queueing.sees_all(actor),
        "now": moments.when(moments.now),
        "news": _news_address(filters, moments.now.isoformat(), 0),
        "every": EVERY_S,
    }


def _news_address(filters: Mapping[str, Any], since: str, known: int) -> str:
    return queue_values.address(filters, "staff.queue_news", since=since, known=known)
