"""Prepared words for answers, in JSON."""

from __future__ import annotations

from marshmallow import fields

from reports_service.agencies.schemas import AgencyRef
from reports_service.categories.schemas import CategoryRef
from reports_service.core.schemas import LONG, Choice, PageQuery, Schema, Text
from reports_service.teamwork import placeholders
from reports_service.teamwork.templates import ACTIONS

_KNOWN = ", ".join(f"{{{name}}}" for name in placeholders.NAMES)


class Title(Schema):
    """What a template is called; English may be missing."""

    vi = Text(required=True)
    en = Text()


class Words(Schema):
    """The prepared words; English may be missing."""

    vi = Text(LONG, required=True, metadata={"description": f"Placeholders: {_KNOWN}"})
    en = Text(LONG)


class TemplateChange(Schema):
    """What can be changed of a template."""

    action = Choice(ACTIONS)
    category = Text(60, allow_none=True, metadata={"description": "Serves those below it too"})
    titles = fields.Nested(Title)
    texts = fields.Nested(Words)


class TemplateNew(TemplateChange):
    """A new template; without agency the own one's, an administrator's for the province."""

    action = Choice(ACTIONS, required=True)
    agency = Text(60, allow_none=True, load_default=None)
    titles = fields.Nested(Title, required=True)
    texts = fields.Nested(Words, required=True)


class TemplateSchema(Schema):
    """A template as it is kept."""

    id = fields.Integer()
    action = fields.String()
    category = fields.Nested(CategoryRef, allow_none=True)
    agency = fields.Nested(AgencyRef, allow_none=True)
    titles = fields.Nested(Title)
    texts = fields.Nested(Words)
    uses = fields.Integer()


class TemplateQuery(PageQuery):
    """Which templates."""

    action = Choice(ACTIONS, load_default=None)
