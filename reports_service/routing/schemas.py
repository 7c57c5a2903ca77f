"""Routing rules in JSON."""

from __future__ import annotations

from marshmallow import fields

from reports_service.agencies.schemas import AgencyRef
from reports_service.categories.models import Priority
from reports_service.core.auth import current_language
from reports_service.core.schemas import (
    LONG,
    Choice,
    Count,
    Flag,
    Moment,
    Names,
    Number,
    PageQuery,
    Schema,
    Text,
)
from reports_service.routing import service


class RuleChange(Schema):
    """What can be changed of a rule; category, area and agency by code."""

    category = Text(60, allow_none=True)
    area = Text(20, allow_none=True)
    word = Text(100, allow_none=True)
    question = Text(60, allow_none=True)
    answer = Text(100, allow_none=True)
    agency = Text(60, allow_none=True)
    to_committee = Flag()
    priority = Choice(Priority, allow_none=True)
    position = Count(0, 100000)
    notes = fields.Nested(Names)


class RuleNew(RuleChange):
    """A new rule."""


class RuleSchema(Schema):
    """A rule as administrators see it."""

    id = fields.Integer()
    category = fields.String(attribute="category.code", dump_default=None, allow_none=True)
    area = fields.String(attribute="area.code", dump_default=None, allow_none=True)
    word = fields.String(allow_none=True)
    question = fields.String(allow_none=True)
    answer = fields.String(allow_none=True)
    agency = fields.String(attribute="agency.code", dump_default=None, allow_none=True)
    to_committee = fields.Boolean()
    priority = fields.String(allow_none=True)
    position = fields.Integer()
    notes = fields.Dict()
    created_at = Moment()
    ended_at = Moment(allow_none=True)


class RuleQuery(PageQuery):
    """The list of rules: all, or those that name these."""

    category = Text(60, load_default=None)
    area = Text(20, load_default=None)
    agency = Text(60, load_default=None)


class TrialPoint(Schema):
    """A point in degrees."""

    lat = Number(-90, 90, required=True)
    lon = Number(-180, 180, required=True)


class TrialRequest(Schema):
    """A sample to route, and a rule not saved yet."""

    category = Text(60, load_default=None, allow_none=True)
    area = Text(20, load_default=None, allow_none=True)
    location = fields.Nested(TrialPoint, load_default=None, allow_none=True)
    description = Text(LONG, blank=True, load_default="")
    answers = fields.Dict(keys=Text(60), values=fields.Raw(), load_default=dict)
    rule = fields.Nested(RuleNew, load_default=None, allow_none=True)


class DecidedSchema(Schema):
    """A rule and why it holds, in the reader's language; ``rule`` null: the one sent along."""

    rule = fields.Integer(attribute="rule_id", allow_none=True)
    priority = fields.String(allow_none=True)
    because = fields.Function(lambda one: service.describe(one.reason, current_language()))


class RunnerUpSchema(DecidedSchema):
    """A rule that holds, whether it wins or not."""

    agency = fields.Nested(AgencyRef, allow_none=True)
    to_committee = fields.Boolean()


class DecisionSchema(DecidedSchema):
    """Where the sample would go, and why; ``why`` is a code."""

    why = fields.Function(lambda decision: decision.reason["why"])
    to_centre = fields.Boolean()


class TrialSchema(Schema):
    """Where the sample would go, and the rules that hold, the winner first."""

    agency = fields.Nested(AgencyRef)
    decision = fields.Nested(DecisionSchema)
    matches = fields.List(fields.Nested(RunnerUpSchema))
