"""/stats/daily-heads: what anybody can copy, so that no history can be rewritten unnoticed."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView

from reports_service.core.auth import public
from reports_service.core.blueprints import Blueprint
from reports_service.statistics.interface import downloads
from reports_service.statistics.verification import asking, sheets
from reports_service.statistics.verification.schemas import HeadsQuery, HeadsSchema

blp = Blueprint("heads", __name__, description="Proof that histories were not rewritten")


@blp.route("/stats/daily-heads")
class DailyHeads(MethodView):
    @public
    @blp.arguments(HeadsQuery, location="query")
    @blp.response(200, HeadsSchema)
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """Kept every night. Whoever copied them can tell later whether the past still is the same:
        `bin/reports stats verify` computes them again from the events.
        """
        return asking.daily_heads(query)


downloads.offer(blp, sheets.OFFERS)
