"""/stats/periods/2026-10.pdf: the monthly report for people."""

from __future__ import annotations

from typing import Any

from flask import Response
from flask.views import MethodView

from reports_service.core.auth import current_language, requires
from reports_service.core.blueprints import Blueprint
from reports_service.domain.roles import Permission
from reports_service.statistics.closing.months import Month
from reports_service.statistics.interface.asked import AskedOnce
from reports_service.statistics.interface.local import zone
from reports_service.statistics.monthly import service

blp = Blueprint("monthly", __name__, description="The monthly report")


@blp.route("/stats/periods/<month>.pdf")
class MonthlyReport(MethodView):
    @requires(Permission.SEE_FIGURES)
    @blp.arguments(AskedOnce, location="query")
    @blp.response(200, content_type="application/pdf")
    def get(self, query: dict[str, Any], month: str) -> Response:
        """A month on paper: its frozen figures, or those of now, which are marked as not closed."""
        asked, language = Month.parse(month), query["lang"] or current_language()
        answer = Response(service.report(asked, zone(), language).pdf(), mimetype="application/pdf")
        name = service.file_name(asked, language)
        answer.headers["Content-Disposition"] = f'inline; filename="{name}"'
        return answer
