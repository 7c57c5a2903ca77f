"""/stats/quality for leaders; officers and heads see the quality of their own agency's records."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from reports_service.core.auth import public, requires
from reports_service.core.blueprints import Blueprint
from reports_service.domain.roles import Permission
from reports_service.statistics.interface import downloads
from reports_service.statistics.interface.asked import AskedOnce
from reports_service.statistics.quality import asking, sheets
from reports_service.statistics.quality.schemas import (
    ChecksSchema,
    FailingQuery,
    FailingSchema,
    QualityQuery,
    QualitySchema,
)

blp = Blueprint("quality", __name__, description="How good the records of agencies are")


@blp.route("/stats/quality")
class Quality(MethodView):
    @requires(Permission.SEE_FIGURES_OF_OWN_AGENCY)
    @blp.arguments(QualityQuery, location="query")
    @blp.response(200, QualitySchema)
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """Right, complete, clean, live: each agency's checks as last night counted them."""
        return asking.quality(query)


@blp.route("/stats/quality/assignments")
class Failing(MethodView):
    @requires(Permission.SEE_FIGURES_OF_OWN_AGENCY)
    @blp.arguments(FailingQuery, location="query")
    @blp.response(200, FailingSchema)
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """The assignments that fail a check, with what its number was asked with."""
        return asking.failing(query)


@blp.route("/stats/quality/definitions")
class Definitions(MethodView):
    @public
    @blp.arguments(AskedOnce, location="query")
    @blp.response(200, ChecksSchema)
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """Each check in the reader's words, with its formula."""
        return asking.definitions(query)


downloads.offer(blp, sheets.OFFERS)
