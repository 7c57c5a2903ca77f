"""Agencies in JSON."""

from __future__ import annotations

from marshmallow import fields

from reports_service.agencies.models import AgencyKind
from reports_service.core.schemas import Choice, Moment, Name, Names, PageQuery, Schema, Text


class AgencyRef(Schema):
    """An agency as it stands in other answers."""

    code = fields.String()
    name = Name(attribute="names")


class AgencySchema(AgencyRef):
    """An agency as the public sees it."""

    kind = fields.String()
    phone = fields.String(allow_none=True)


class AgencyAdminSchema(Schema):
    """An agency as administrators see it."""

    code = fields.String()
    names = fields.Nested(Names)
    kind = fields.String()
    mailbox = fields.String(allow_none=True)
    phone = fields.String(allow_none=True)
    created_at = Moment()
    ended_at = Moment(allow_none=True)


class AgencyChange(Schema):
    """What can be changed of an agency."""

    names = fields.Nested(Names)
    kind = Choice(AgencyKind)
    mailbox = fields.Email(allow_none=True)
    phone = Text(40, allow_none=True)


class AgencyNew(AgencyChange):
    """A new agency."""

    code = Text(60, required=True)
    names = fields.Nested(Names, required=True)
    kind = Choice(AgencyKind, required=True)


class EndQuery(Schema):
    """When something ends; now when it is not said."""

    at = Moment(load_default=None)


class AgencyQuery(PageQuery):
    """The list of agencies."""
