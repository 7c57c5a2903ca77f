"""Policies, calendars and ladders in JSON."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from reports_service.categories.models import Priority
from reports_service.core.schemas import (
    Choice,
    Count,
    Flag,
    Length,
    Moment,
    Names,
    Number,
    PageQuery,
    Schema,
    Text,
)
from reports_service.domain.escalation import Tell
from reports_service.domain.targets import Unit
from reports_service.sla.hours import WEEKDAYS, YEARS, named_week

LONGEST = 10_000  # of any unit: about a year of hours, and far more than anybody promises
SHORTEST = 0.1
STEPS_MAX = 20
INTERVALS_MAX = 12


class TargetSchema(Schema):
    """A length of time: ``{"amount": 3, "unit": "working_days"}``."""

    amount = Number(SHORTEST, LONGEST, required=True)
    unit = Choice(Unit, required=True)


class StepNew(Schema):
    """A rung: ``at`` a part of the time (0.75), or ``after`` some time past the deadline."""

    names = fields.Nested(Names, required=True)
    tell = Choice(Tell, required=True)
    at = Number(0, 1)
    after = fields.Nested(TargetSchema)


class StepSchema(StepNew):
    """A rung, with the name that programs know it by."""

    name = fields.String()


class LadderSchema(Schema):
    """A ladder as administrators see it."""

    code = fields.String()
    names = fields.Nested(Names)
    steps = fields.List(fields.Nested(StepSchema))
    created_at = Moment()
    ended_at = Moment(allow_none=True)


class LadderChange(Schema):
    """What can be changed of a ladder."""

    names = fields.Nested(Names)
    steps = fields.List(fields.Nested(StepNew), validate=Length(1, STEPS_MAX))


class LadderNew(LadderChange):
    """A new ladder."""

    code = Text(60, required=True)
    names = fields.Nested(Names, required=True)
    steps = fields.List(fields.Nested(StepNew), required=True, validate=Length(1, STEPS_MAX))


class PolicySchema(Schema):
    """A policy as administrators see it."""

    code = fields.String()
    names = fields.Nested(Names)
    category = fields.String(attribute="category.code", allow_none=True, dump_default=None)
    agency = fields.String(attribute="agency.code", allow_none=True, dump_default=None)
    priority = fields.String(allow_none=True)
    triage = fields.Boolean()
    acknowledge = fields.Nested(TargetSchema)
    resolve = fields.Nested(TargetSchema)
    ladder = fields.String(attribute="ladder.code", allow_none=True, dump_default=None)
    questions_max = fields.Integer()
    question_days = fields.Integer()
    extensions_max = fields.Integer()
    extension_longest = fields.Nested(TargetSchema)
    silence_days = fields.Integer()
    reopen_days = fields.Integer()
    position = fields.Integer()
    created_at = Moment()
    ended_at = Moment(allow_none=True)


class PolicyChange(Schema):
    """What can be changed of a policy. Empty conditions fit everything."""

    names = fields.Nested(Names)
    category = Text(60, allow_none=True)
    agency = Text(60, allow_none=True)
    priority = Choice(Priority, allow_none=True)
    triage = Flag()
    acknowledge = fields.Nested(TargetSchema)
    resolve = fields.Nested(TargetSchema)
    ladder = Text(60, allow_none=True)
    questions_max = Count(0, 20)
    question_days = Count(1, 365)
    extensions_max = Count(0, 20)
    extension_longest = fields.Nested(TargetSchema)
    silence_days = Count(1, 365)
    reopen_days = Count(0, 3650)
    position = Count(0, 1_000_000)


class PolicyNew(PolicyChange):
    """A new policy; what is not said is as the documents' defaults are."""

    code = Text(60, required=True)
    names = fields.Nested(Names, required=True)
    acknowledge = fields.Nested(TargetSchema, required=True)
    resolve = fields.Nested(TargetSchema, required=True)
    extension_longest = fields.Nested(TargetSchema, required=True)


def Hours(**kwargs: Any) -> fields.List:
    """The intervals of a day: [["07:30", "11:30"], ["13:30", "17:00"]]."""
    interval = fields.List(fields.String(), validate=Length(equal=2))
    return fields.List(interval, validate=Length(max=INTERVALS_MAX), **kwargs)


Week = Schema.from_dict({day: Hours() for day in WEEKDAYS}, name="Week")


class CalendarSchema(Schema):
    """A calendar as administrators see it; its days are a list of their own."""

    code = fields.String()
    names = fields.Nested(Names)
    weekly = fields.Function(lambda calendar: named_week(calendar.weekly))
    created_at = Moment()
    ended_at = Moment(allow_none=True)


class CalendarChange(Schema):
    """What can be changed of a calendar. A week is replaced as a whole."""

    names = fields.Nested(Names)
    weekly = fields.Nested(Week)


class CalendarNew(CalendarChange):
    """A new calendar."""

    code = Text(60, required=True)
    names = fields.Nested(Names, required=True)
    weekly = fields.Nested(Week, required=True)


class DayChange(Schema):
    """A day that differs from its week: null hours mean a day off."""

    hours = Hours(required=True, allow_none=True)
    names = fields.Nested(Names, required=True)
    source = Text(allow_none=True, load_default=None)


class DaySchema(Schema):
    """A day that differs from its week."""

    day = fields.Date()
    hours = Hours(allow_none=True)
    names = fields.Dict(keys=fields.String(), values=fields.String())
    source = fields.String(allow_none=True)


class DaysQuery(Schema):
    """Which year's days; this one when it is not said."""

    year = Count(*YEARS, as_text=True, load_default=None)


class DaysSchema(Schema):
    """The days of one year, on one page."""

    items = fields.List(fields.Nested(DaySchema))
    next_cursor = fields.String(dump_default=None, allow_none=True)


class SlaQuery(PageQuery):
    """The lists of policies, calendars and ladders."""
