"""/stats/daily-heads: what anybody can copy, so that no history can be rewritten unnoticed."""

from __future__ import annotations

from typing import Any

from flask.views import MethodView
from marshmallow import fields

from reports_service.core import clock
from reports_service.core.auth import public
from reports_service.core.blueprints import Blueprint
from reports_service.core.schemas import Moment, Schema
from reports_service.statistics.interface.days import LocalDay
from reports_service.statistics.interface.local import zone
from reports_service.statistics.interface.schemas import PeriodSchema
from reports_service.statistics.scope import Period
from reports_service.statistics.verification import heads

blp = Blueprint("heads", __name__, description="Proof that histories were not rewritten")


class HeadsQuery(Schema):
    """Which local days."""

    first = LocalDay(data_key="from", load_default=None)
    last = LocalDay(data_key="to", load_default=None)


class HeadSchema(Schema):
    """One hash over what all reports' histories came to on a day and over the day before's, and
    one of the audit log.
    """

    day = fields.Date()
    reports = fields.Integer(metadata={"description": "Reports that there were when the day ended"})
    head = fields.Function(lambda one: one.head.hex(), metadata={"type": "string"})
    audit_number = fields.Integer(
        allow_none=True, metadata={"description": "Entries of the audit log when this was made"}
    )
    audit_head = fields.Function(
        lambda one: one.audit_head.hex() if one.audit_head else None,
        metadata={"type": ["string", "null"], "description": "The hash of the last of them"},
    )
    made_at = Moment()


class HeadsSchema(Schema):
    """The days of a period for which a head is kept, the oldest first."""

    period = fields.Nested(PeriodSchema)
    items = fields.List(fields.Nested(HeadSchema))
    next_cursor = fields.String(allow_none=True)


@blp.route("/stats/daily-heads")
class DailyHeads(MethodView):
    @public
    @blp.arguments(HeadsQuery, location="query")
    @blp.response(200, HeadsSchema)
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """Kept every night. Whoever copied them can tell later whether the past still is the same:
        `bin/reports stats verify` computes them again from the events.
        """
        period = Period.of(query["first"], query["last"], clock.now(), zone())
        return {"period": period, "items": heads.kept(period), "next_cursor": None}
