"""The log in JSON."""

from __future__ import annotations

from marshmallow import fields

from reports_service.core.schemas import Moment, PageQuery, Schema, Text
from reports_service.logbook.finding import Sought
from reports_service.statistics.interface.days import LocalDay


class AuditFilter(Schema):
    """What is looked for in the log."""

    actor = Text(load_default=None, metadata={"description": "An account's address, or a key"})
    act = Text(40, load_default=None)
    object_kind = Text(40, load_default=None)
    object_key = Text(120, load_default=None)
    first = LocalDay(data_key="from", load_default=None)
    last = LocalDay(data_key="to", load_default=None)
    q = Text(load_default=None, metadata={"description": "Words, all of which an entry holds"})


class AuditQuery(AuditFilter, PageQuery):
    """The same, a page at a time."""


class AuditEntrySchema(Schema):
    """One entry of the log: who, when, from where, what, and its seal."""

    number = fields.Integer(attribute="entry.number")
    at = Moment(attribute="entry.at")
    actor = fields.String(attribute="entry.actor")
    act = fields.String(attribute="entry.act")
    object_kind = fields.String(attribute="entry.object_kind")
    object_key = fields.String(attribute="entry.object_key")
    detail = fields.Dict(attribute="entry.detail")
    facts = fields.Dict(
        allow_none=True, metadata={"description": "What the report's event says, if it is one"}
    )
    address = fields.String(attribute="entry.address", allow_none=True)
    request_id = fields.String(attribute="entry.request_id", allow_none=True)
    session_id = fields.Integer(attribute="entry.session_id", allow_none=True)
    device = fields.String(attribute="entry.device")
    hash = fields.Function(lambda line: line.entry.hash.hex(), metadata={"type": "string"})


class AuditCheckSchema(Schema):
    """What the last check of the whole log found; it is made every night."""

    at = Moment(allow_none=True)
    entries = fields.Integer()
    differences = fields.Integer()


def sought_in(query: dict[str, object]) -> Sought:
    """The filters of a query, without what pages it."""
    return Sought(**{name: query[name] for name in vars(Sought()) if name in query})  # type: ignore[arg-type]
