"""/filters: views of the queue with a name."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from reports_service.core.auth import current_actor, requires
from reports_service.core.blueprints import Blueprint
from reports_service.core.db import unit_of_work
from reports_service.domain.roles import Permission
from reports_service.teamwork import filters
from reports_service.teamwork.filters import QueueFilter
from reports_service.teamwork.schemas.filters import (
    FilterChange,
    FilterList,
    FilterNew,
    FilterOrder,
    FilterSchema,
)

blp = Blueprint("filters", __name__, description="Saved filters of the queue")


@blp.route("/filters")
class Filters(MethodView):
    @requires(Permission.SEE_QUEUE)
    @blp.response(200, FilterList)
    def get(self) -> dict[str, Any]:
        """One's own in one's own order, then those that colleagues share."""
        return {"items": filters.listing(current_actor())}

    @requires(Permission.SEE_QUEUE)
    @blp.arguments(FilterNew)
    @blp.response(201, FilterSchema)
    def post(self, given: dict[str, Any]) -> QueueFilter:
        """Save a query of the queue under a name; at most 20."""
        with unit_of_work():
            return filters.save(current_actor(), **given)


@blp.route("/filters/<int(max=9223372036854775807):filter_id>")
class Filter(MethodView):
    @requires(Permission.SEE_QUEUE)
    @blp.arguments(FilterChange)
    @blp.response(200, FilterSchema)
    def patch(self, given: dict[str, Any], filter_id: int) -> QueueFilter:
        """Another name or query, or shared or not."""
        with unit_of_work():
            return filters.change(current_actor(), filter_id, **given)

    @requires(Permission.SEE_QUEUE)
    @blp.response(204)
    def delete(self, filter_id: int) -> None:
        """Delete a filter of one's own; a head also a shared one of the agency."""
        with unit_of_work():
            filters.drop(current_actor(), filter_id)


@blp.route("/filters/order")
class FiltersOrder(MethodView):
    @requires(Permission.SEE_QUEUE)
    @blp.arguments(FilterOrder)
    @blp.response(200, FilterList)
    def put(self, given: dict[str, Any]) -> dict[str, Any]:
        """Put one's own filters into this order."""
        with unit_of_work():
            return {"items": filters.order(current_actor(), given["ids"])}
