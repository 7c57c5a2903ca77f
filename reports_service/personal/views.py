"""A reporter's own data to take along; looks and retention for the data officer."""

from __future__ import annotations

from typing import Any

from flask import Response
from flask.views import MethodView

from reports_service.core.audit import AuditEntry
from reports_service.core.auth import current_actor, requires
from reports_service.core.blueprints import Blueprint
from reports_service.core.pages import Key, Page, page
from reports_service.core.schemas import PageQuery
from reports_service.domain.roles import Permission
from reports_service.personal import taking
from reports_service.personal.schemas import Holdings, LookPage, LooksQuery, RetentionSchema
from reports_service.reports import looking
from reports_service.reports.retention import schedule
from reports_service.reports.retention.models import Anonymisation

blp = Blueprint("personal", __name__, description="People's data")
LAST_LOOK_FIRST = (Key(AuditEntry.id, lambda entry: entry.id, descending=True),)
LAST_RUN_FIRST = (Key(Anonymisation.id, lambda run: run.id, descending=True),)


@blp.route("/reports/<code>/data")
class Data(MethodView):
    @requires(reporter=True)
    @blp.response(200, Holdings)
    def get(self, code: str) -> Response:
        """All that is held about the report and its reporter."""
        return taking.as_json(code, current_actor())


@blp.route("/reports/<code>/data.zip")
class DataWithPictures(MethodView):
    @requires(reporter=True)
    @blp.response(200, {"type": "string", "format": "binary"}, content_type="application/zip")
    def get(self, code: str) -> Response:
        """The same, with the reporter's pictures as they were sent."""
        return taking.as_zip(code, current_actor())


@blp.route("/looks")
class Looks(MethodView):
    @requires(Permission.PROTECT_DATA)
    @blp.arguments(LooksQuery, location="query")
    @blp.response(200, LookPage)
    def get(self, query: dict[str, Any]) -> Page[dict[str, Any]]:
        """Who looked at whose data, when, from where and what for; the newest first."""
        cursor, limit = query.pop("cursor"), query.pop("limit")
        found = page(looking.listing(query), LAST_LOOK_FIRST, cursor, limit)
        return Page([looking.as_told(one) for one in found.items], found.next_cursor)


@blp.route("/retention")
class Retention(MethodView):
    @requires(Permission.PROTECT_DATA)
    @blp.arguments(PageQuery, location="query")
    @blp.response(200, RetentionSchema)
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """Of how many reports the time is over, and what each run deleted; the newest first."""
        runs = page(schedule.listing(), LAST_RUN_FIRST, **query)
        return {
            "due": schedule.due_now(), "runs": runs.items, "next_cursor": runs.next_cursor,
        }  # fmt: skip
