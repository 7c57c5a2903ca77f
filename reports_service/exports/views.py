"""/changes and /exports, for other systems by their keys, and for administrators."""

from __future__ import annotations

import base64
from functools import partial
from http import HTTPStatus
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import Response, current_app, request, url_for
from flask.views import MethodView
from werkzeug.wsgi import wrap_file

from reports_service.core import clock
from reports_service.core.auth import current_actor, requires
from reports_service.core.blueprints import Blueprint
from reports_service.core.db import transact, unit_of_work
from reports_service.core.pages import Key, Page, page
from reports_service.core.schemas import PageQuery, page_of
from reports_service.domain.roles import Permission
from reports_service.exports import downloads, feed, service
from reports_service.exports.models import Export, ExportPart
from reports_service.exports.schemas import (
    ChangesQuery,
    ChangesSchema,
    ExportSchema,
    ExportWish,
)
from reports_service.exports.tables import MEDIA_TYPES
from reports_service.exports.wishes import Wish
from reports_service.reports import changes

blp = Blueprint("exports", __name__, description="What other systems take")
WITH_BYTES = frozenset({HTTPStatus.OK, HTTPStatus.PARTIAL_CONTENT})
NEWEST_FIRST = (Key(Export.id, lambda export: export.id, descending=True),)


@blp.route("/changes")
class Changes(MethodView):
    @requires(Permission.FOLLOW_CHANGES)
    @blp.arguments(ChangesQuery, location="query")
    @blp.response(200, ChangesSchema)
    def get(self, query: dict[str, Any]) -> feed.Changes:
        """Every change of every report, in an order that misses none; go on at next_cursor."""
        if changes.any_waiting():
            with unit_of_work():
                changes.place_waiting()
        return feed.read(**query)


@blp.route("/exports")
class Exports(MethodView):
    @requires(Permission.EXPORT)
    @blp.arguments(PageQuery, location="query")
    @blp.response(200, page_of(ExportSchema))
    def get(self, query: dict[str, Any]) -> Page[Export]:
        """All exports, newest first."""
        return page(service.listing(), NEWEST_FIRST, **query)

    @requires(Permission.EXPORT)
    @blp.arguments(ExportWish)
    @blp.response(202, ExportSchema)
    def post(self, given: dict[str, Any]) -> tuple[Export, dict[str, str]]:
        """Have files made of a period, without people's data; ask again until they are ready."""
        config = current_app.config
        wish = Wish.of(
            given["what"],
            given["format"],
            given["first"],
            given["last"],
            clock.now(),
            ZoneInfo(config["TZ_NAME"]),
        )
        ask = partial(service.ask, current_actor(), wish, config["PROVINCE_CODE"])
        export = transact(ask, again=ask)
        return export, {"Location": url_for("exports.OneExport", export_id=export.uuid)}


@blp.route("/exports/<uuid:export_id>")
class OneExport(MethodView):
    @requires(Permission.EXPORT)
    @blp.response(200, ExportSchema)
    def get(self, export_id: UUID) -> Export:
        """How far it is, its files with their digests, and what their columns mean."""
        return service.find(str(export_id))


@blp.route("/exports/<uuid:export_id>/parts/<int:number>")
class OnePart(MethodView):
    @requires(Permission.EXPORT)
    @blp.response(200, {"type": "string", "format": "binary"}, content_type="text/csv")
    @blp.alt_response(206, success=True, description="The bytes that Range asked for")
    def get(self, export_id: UUID, number: int) -> Response:
        """One file. A download that broke off goes on by Range. Whoever takes bytes is logged."""
        part = service.finished_part(str(export_id), number)
        return _conditional(_answer(part), part)


def _answer(part: ExportPart) -> Response:
    file = service.opened(part, current_app.extensions["storage"])
    answer = Response(wrap_file(request.environ, file), direct_passthrough=True)
    answer.headers["Content-Type"] = MEDIA_TYPES[part.export.format]
    answer.headers.set("Content-Disposition", "attachment", filename=part.name)
    answer.headers["Cache-Control"] = "private, immutable"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    digest = base64.b64encode(bytes.fromhex(part.sha256 or "")).decode()
    answer.headers["Repr-Digest"] = f"sha-256=:{digest}:"
    return answer


def _conditional(answer: Response, part: ExportPart) -> Response:
    """The whole file, the bytes that ``Range`` asks for, or nothing if the asker has it.

    It is written down before any byte leaves.
    """
    answer.content_length = part.byte_size or 0
    answer.set_etag(part.sha256 or "")
    try:
        answer.make_conditional(request.environ, accept_ranges=True, complete_length=part.byte_size)
        if request.method == "GET" and answer.status_code in WITH_BYTES:
            whole = answer.status_code == HTTPStatus.OK
            with unit_of_work():
                downloads.note(current_actor(), part, whole=whole)
    except Exception:
        answer.close()
        raise
    return answer
