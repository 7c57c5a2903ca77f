"""Working on a report together, in JSON: what fits it, drafts, who is there, colleagues."""

from __future__ import annotations

from marshmallow import fields

from reports_service.core.schemas import Choice, Length, Moment, Name, Schema, Text
from reports_service.teamwork import drafts
from reports_service.teamwork.templates import ACTIONS


class OfferedQuery(Schema):
    """For which act, in which language (the reader's when it is not said)."""

    action = Choice(ACTIONS, required=True)
    language = Choice(("vi", "en"), load_default=None)


class OfferedSchema(Schema):
    """A template filled for this report."""

    id = fields.Integer()
    title = fields.String()
    text = fields.String()
    own_agency = fields.Boolean()


class OfferedList(Schema):
    """The most used first."""

    items = fields.List(fields.Nested(OfferedSchema))


class DraftRequest(Schema):
    """What is typed now, by field of the form."""

    fields_ = fields.Dict(
        keys=Text(60),
        values=Text(drafts.CHARACTERS_MOST, blank=True),
        required=True,
        data_key="fields",
        validate=Length(max=drafts.FIELDS_MOST),
    )


class DraftSchema(Schema):
    """A draft and when it was saved."""

    action = fields.String()
    fields_ = fields.Dict(
        keys=fields.String(), values=fields.String(), data_key="fields", attribute="fields"
    )
    saved_at = Moment()


class DraftList(Schema):
    """One's own drafts on a report."""

    items = fields.List(fields.Nested(DraftSchema))


class PresentSchema(Schema):
    """Somebody else who has the report open, and since when."""

    name = fields.String()
    since = Moment()


class PresentList(Schema):
    """Who else has it open; nobody while the queue server is away."""

    items = fields.List(fields.Nested(PresentSchema))


class ColleagueQuery(Schema):
    """What was typed after the @."""

    q = Text(200, blank=True, load_default="")


class ColleagueSchema(Schema):
    """One who can be named; ``insert`` is to stand after the @."""

    name = fields.String()
    email = fields.String()
    role = fields.String()
    agency = Name()
    insert = fields.String()


class ColleagueList(Schema):
    """Who may be meant."""

    items = fields.List(fields.Nested(ColleagueSchema))
