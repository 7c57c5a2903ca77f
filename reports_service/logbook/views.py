"""/admin/audit: the log for administrators, also as a file; and what its last check found."""

from __future__ import annotations

from typing import Any

from flask import Response
from flask.views import MethodView

from reports_service.core.auth import requires
from reports_service.core.blueprints import Blueprint
from reports_service.core.pages import Page
from reports_service.core.schemas import page_of
from reports_service.domain.roles import Permission
from reports_service.logbook import finding, nightly
from reports_service.logbook.downloads import ENDINGS, as_file
from reports_service.logbook.finding import Line
from reports_service.logbook.schemas import (
    AuditCheckSchema,
    AuditEntrySchema,
    AuditFilter,
    AuditQuery,
    sought_in,
)

blp = Blueprint("audit", __name__, description="Who did what, when and from where")
BINARY = {"type": "string", "format": "binary"}


@blp.route("/admin/audit")
class AdminAudit(MethodView):
    @requires(Permission.ADMINISTER)
    @blp.arguments(AuditQuery, location="query")
    @blp.response(200, page_of(AuditEntrySchema))
    def get(self, query: dict[str, Any]) -> Page[Line]:
        """Acts of staff and keys, the newest first: on reports, on what administrators keep, and
        signing in and out. Each entry holds the hash of the one before.
        """
        return finding.lines(sought_in(query), query["cursor"], query["limit"])


@blp.route("/admin/audit/check")
class AuditCheck(MethodView):
    @requires(Permission.ADMINISTER)
    @blp.response(200, AuditCheckSchema)
    def get(self) -> dict[str, Any]:
        """What the check of last night found; `bin/reports audit verify` makes one now."""
        last = nightly.last_check()
        if last is None:
            return {"at": None, "entries": 0, "differences": 0}
        return {"at": last.at, **last.detail}


def _offer(ending: str, media_type: str) -> None:
    """Serve the log as a file of this kind."""

    def get(_self: Any, query: dict[str, Any]) -> Response:
        return as_file(ending, sought_in(query))

    get.__doc__ = "The same as /admin/audit, whole and as a file. Taking it is logged."
    described = blp.response(200, BINARY, content_type=media_type)(get)
    asked = blp.arguments(AuditFilter, location="query")(described)
    guarded = requires(Permission.ADMINISTER)(asked)
    view = type(f"Audit{ending.title()}", (MethodView,), {"get": guarded})
    blp.route(f"/admin/audit.{ending}")(view)


for _ending, (_media_type, _) in ENDINGS.items():
    _offer(_ending, _media_type)
