"""Keys of other systems in JSON."""

from __future__ import annotations

from marshmallow import fields

from reports_service.core.schemas import Choice, Length, Moment, Schema, Text
from reports_service.domain.roles import Scope


class ApiKeyNew(Schema):
    """A new key: for whom, for what, until when (null: until it is ended)."""

    name = Text(required=True)
    scopes = fields.List(Choice(Scope), required=True, validate=Length(min=1, max=len(Scope)))
    expires_at = Moment(load_default=None, allow_none=True)


class ApiKeySchema(Schema):
    """A key as administrators see it. ``last_used_at`` is up to an hour behind."""

    id = fields.String(attribute="public_id")
    name = fields.String()
    scopes = fields.List(fields.String())
    created_at = Moment()
    expires_at = Moment(allow_none=True)
    ended_at = Moment(allow_none=True)
    last_used_at = Moment(allow_none=True)


class ApiKeyMade(Schema):
    """A new key, with the secret that is shown this once."""

    key = fields.String(metadata={"description": "Send it as Authorization: Bearer <key>"})
    api_key = fields.Nested(ApiKeySchema, attribute="row")
