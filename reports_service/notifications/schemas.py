"""The inbox in JSON."""

from __future__ import annotations

from marshmallow import fields

from reports_service.core.schemas import Flag, Moment, PageQuery, Schema


class InboxQuery(PageQuery):
    """A page of the inbox; ``unread``: only what was not read yet."""

    unread = Flag(load_default=False)


class NoticeSchema(Schema):
    """One notice: of which report, what happened, since when it is read."""

    id = fields.Integer()
    report = fields.String(attribute="event.report.code")
    kind = fields.String(attribute="event.kind")
    subject = fields.String()
    text = fields.String(attribute="body")
    created_at = Moment()
    read_at = Moment(allow_none=True)
