"""Working together, in JSON."""

from __future__ import annotations

from marshmallow import fields

from reports_service.agencies.schemas import AgencyRef
from reports_service.categories.schemas import CategoryRef
from reports_service.core.schemas import (
    LONG,
    Choice,
    Count,
    Flag,
    Length,
    Moment,
    Name,
    PageQuery,
    Schema,
    Text,
)
from reports_service.teamwork import absences, drafts, filters, placeholders
from reports_service.teamwork.templates import ACTIONS

BIGGEST_ID = 2**63 - 1
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


class FilterChange(Schema):
    """What can be changed of a filter."""

    name = Text(80)
    query = Text(filters.LONGEST_QUERY, blank=True)
    shared = Flag(metadata={"description": "Colleagues of the agency see it too"})


class FilterNew(FilterChange):
    """A name for a query of the queue, as in ``state=overdue&category=den-duong``."""

    name = Text(80, required=True)
    query = Text(filters.LONGEST_QUERY, blank=True, required=True)
    shared = Flag(load_default=False)


class FilterSchema(Schema):
    """A saved filter; ``mine``: not one that a colleague shares."""

    id = fields.Integer()
    name = fields.String()
    query = fields.String()
    shared = fields.Boolean()
    mine = fields.Boolean()


class FilterList(Schema):
    """One's own in order, then those of colleagues."""

    items = fields.List(fields.Nested(FilterSchema))


class FilterOrder(Schema):
    """Each of one's own filters once, in the order wanted."""

    ids = fields.List(Count(1, BIGGEST_ID), required=True, validate=Length(max=filters.MOST))


class AbsenceNew(Schema):
    """Local days, both included; without account one's own."""

    account = Text(200, load_default=None, allow_none=True, metadata={"description": "e-mail"})
    first_day = fields.Date(required=True)
    last_day = fields.Date(required=True)
    deputy = Text(200, required=True, metadata={"description": "e-mail of a colleague"})
    reason = Text(500, blank=True, load_default="")


class PersonSchema(Schema):
    """A member of staff."""

    name = fields.String()
    email = fields.String()


class AbsenceSchema(Schema):
    """Who is away when, and who works in their place."""

    id = fields.Integer()
    account = fields.Nested(PersonSchema)
    deputy = fields.Nested(PersonSchema)
    first_day = fields.Function(lambda absence: absences.first_day(absence).isoformat())
    last_day = fields.Function(lambda absence: absences.last_day(absence).isoformat())
    starts_at = Moment()
    ends_at = Moment()
    reason = fields.String()
    set_by = fields.Nested(PersonSchema, allow_none=True)


class AbsenceList(Schema):
    """Now and to come."""

    items = fields.List(fields.Nested(AbsenceSchema))


class TeamQuery(Schema):
    """An agency's code, for administrators; the own agency otherwise."""

    agency = Text(60, load_default=None)


class HandOverQuery(TeamQuery):
    """How many days back."""

    days = Count(1, 366, as_text=True, load_default=30)


class LoadSchema(Schema):
    """What one officer holds; without name: what nobody was given yet."""

    name = fields.String(allow_none=True)
    email = fields.String(allow_none=True)
    role = fields.String(allow_none=True)
    open = fields.Integer()
    overdue = fields.Integer()
    due_soon = fields.Integer(
        metadata={"description": "By the end of the next working day, as in the queue"}
    )
    median_age_h = fields.Float(allow_none=True)
    extensions_waiting = fields.Integer()
    absence = fields.Nested(AbsenceSchema, allow_none=True)


class LoadList(Schema):
    """Every officer by name, then the heads, last what nobody was given."""

    items = fields.List(fields.Nested(LoadSchema))


class WaitingSchema(Schema):
    """More time that was asked for; ``would_be_by``: the deadline if it is granted."""

    report = fields.String(attribute="report_code")
    officer = fields.String(allow_none=True)
    requested_by = fields.String()
    requested_at = Moment()
    amount = fields.Float()
    unit = fields.String()
    reason = fields.String()
    resolve_by = Moment(allow_none=True)
    would_be_by = Moment(allow_none=True)
    etag = fields.String()


class WaitingList(Schema):
    """The nearest deadline first."""

    items = fields.List(fields.Nested(WaitingSchema))


class HandedOverSchema(Schema):
    """A report that one agency gave to another, or back to the centre."""

    report = fields.String(attribute="report_code")
    at = Moment()
    kind = fields.String()
    from_agency = fields.Nested(AgencyRef)
    to_agency = fields.Nested(AgencyRef)
    reason = fields.String()


class HandedOverList(Schema):
    """The latest first."""

    items = fields.List(fields.Nested(HandedOverSchema))
