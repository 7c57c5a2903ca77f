"""Reading: the public list, one report, possible duplicates, the queue of an agency."""

from __future__ import annotations

from typing import Any

from flask import Response
from flask.views import MethodView

from reports_service.core import clock
from reports_service.core.auth import current_actor, public, requires
from reports_service.core.blueprints import Blueprint
from reports_service.core.pages import page
from reports_service.core.schemas import page_of
from reports_service.domain.roles import Permission
from reports_service.reports import lookup, nearby, presenting, service
from reports_service.reports.requests import NearbyQuery, QueueQuery, ReportQuery
from reports_service.reports.schemas import NearSchema, QueuePage, ReportPage, ReportSchema
from reports_service.reports.views.answering import answered, onlooker

blp = Blueprint("reading", __name__, description="Find and read reports")


@blp.route("/reports")
class Reports(MethodView):
    @public
    @blp.arguments(ReportQuery, location="query")
    @blp.response(200, ReportPage)
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """Published reports; staff of the centre see the restricted ones too."""
        keys = lookup.SORTS[query.pop("sort")]
        cursor, limit = query.pop("cursor"), query.pop("limit")
        found = page(lookup.listing(query, current_actor()), keys, cursor, limit)
        items = [presenting.summary(report, onlooker(report)) for report in found.items]
        return {"items": items, "next_cursor": found.next_cursor}


@blp.route("/reports/nearby")
class Nearby(MethodView):
    @public
    @blp.arguments(NearbyQuery, location="query")
    @blp.response(200, page_of(NearSchema))
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """Possible duplicates, nearest first."""
        found = nearby.open_near(**query)
        items = [
            {
                **presenting.summary(near.report, onlooker(near.report)),
                "distance_m": near.distance_m,
            }
            for near in found
        ]
        return {"items": items, "next_cursor": None}


def _with_distance(near: nearby.Near) -> dict[str, Any]:
    shown = presenting.summary(near.report, onlooker(near.report))
    return {**shown, "distance_m": near.distance_m}


@blp.route("/reports/<code>")
class Report(MethodView):
    @public
    @blp.response(200, ReportSchema)
    def get(self, code: str) -> Response:
        """One report: the public's view, the reporter's with the tracking token, or staff's."""
        report, _ = service.find(code, current_actor())
        return answered(report)


@blp.route("/queue")
class Queue(MethodView):
    @requires(Permission.SEE_QUEUE)
    @blp.arguments(QueueQuery, location="query")
    @blp.response(200, QueuePage)
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """What the own agency holds, most urgent first."""
        state = query.pop("state")
        found = page(lookup.queue(state, current_actor()), lookup.QUEUE_ORDER, **query)
        now = clock.now()
        items = [presenting.queued(report, onlooker(report), now) for report in found.items]
        return {"items": items, "next_cursor": found.next_cursor}
