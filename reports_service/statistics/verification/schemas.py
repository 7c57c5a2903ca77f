"""Daily heads in JSON."""

from __future__ import annotations

from marshmallow import fields

from reports_service.core.schemas import Moment, Schema
from reports_service.statistics.interface.asked import AskedOnce
from reports_service.statistics.interface.days import LocalDay
from reports_service.statistics.interface.schemas import PeriodSchema


class HeadsQuery(AskedOnce):
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
    notes = fields.List(fields.String(), metadata={"description": "Why there are none"})
    items = fields.List(fields.Nested(HeadSchema))
    next_cursor = fields.String(allow_none=True)
