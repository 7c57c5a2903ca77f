"""Absences, and the load of a team, in JSON."""

from __future__ import annotations

from marshmallow import fields

from reports_service.agencies.schemas import AgencyRef
from reports_service.core.schemas import Count, Moment, Schema, Text
from reports_service.teamwork import absences


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
