"""Figures in JSON. The fields of a row come from the definitions, so that none is without one."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import url_for
from marshmallow import fields

from reports_service.agencies.models import AgencyKind
from reports_service.agencies.schemas import AgencyRef
from reports_service.categories.schemas import CategoryRef
from reports_service.core.auth import current_language
from reports_service.core.schemas import Choice, Moment, PageQuery, Schema, Text
from reports_service.core.words import say
from reports_service.domain.channels import Channel
from reports_service.domain.measures import DEFINITIONS, Day, Unit, of_agencies
from reports_service.statistics.days import LocalDay

PERIOD_HELP = "First local day, counted; by default 29 days before the last one"


class PartQuery(Schema):
    """Which part of the work. A category or area counts with all below it."""

    first = LocalDay(data_key="from", load_default=None, metadata={"description": PERIOD_HELP})
    last = LocalDay(
        data_key="to",
        load_default=None,
        metadata={"description": "Last local day, counted; by default today"},
    )
    category = Text(60, load_default=None)
    area = Text(20, load_default=None)
    channel = Choice(Channel, load_default=None)


class FiguresQuery(PartQuery):
    """Which part of the work, of which kind of agency."""

    kind = Choice(AgencyKind, load_default=None, metadata={"description": "Kind of agency"})


class BehindQuery(FiguresQuery, PageQuery):
    """Which number, and the filters it was counted with."""

    measure = Choice([one.code for one in DEFINITIONS], required=True)
    agency = Text(60, load_default=None)


class PeriodSchema(Schema):
    """Local days, the first and the last counted."""

    first = fields.Date(data_key="from")
    last = fields.Date(data_key="to")
    time_zone = fields.String(attribute="zone.key")


class WithPeriod(Schema):
    """What every answer with figures says of itself."""

    as_of = Moment(attribute="scope.as_of")
    period = fields.Nested(PeriodSchema, attribute="scope.period")
    definitions = fields.Function(
        lambda _: url_for("statistics.Definitions"), metadata={"type": "string"}
    )


def _behind(asked: Any) -> str | None:
    """Where the assignments behind a figure are listed: put the figure's name for {measure}."""
    if asked is None:
        return None
    return f"{url_for('statistics.Assignments')}?{urlencode(asked)}&measure={{measure}}"


TEMPLATE_HELP = {
    "type": ["string", "null"],
    "description": "The assignments behind a number: put the number's name for {measure}",
}


class RatedAgency(AgencyRef):
    """An agency in a table that ranks within one kind."""

    kind = fields.String()


class SpreadSchema(Schema):
    """Hours."""

    median = fields.Float(allow_none=True)
    p90 = fields.Float(allow_none=True)


class HoursSchema(Schema):
    """How long something took, in working and in plain hours; why one is null, in words."""

    working = fields.Nested(SpreadSchema)
    elapsed = fields.Nested(SpreadSchema)
    n = fields.Integer()
    still_open = fields.Integer()
    note = fields.Function(
        lambda hours: (
            hours.why_null
            and say(hours.why_null, current_language(), n=hours.n, open=hours.still_open)
        ),
        metadata={"type": ["string", "null"]},
    )


_FIELDS: dict[Unit, Any] = {
    Unit.COUNT: fields.Integer,
    Unit.SHARE: lambda: fields.Float(allow_none=True),
    Unit.STARS: lambda: fields.Float(allow_none=True),
    Unit.HOURS: lambda: fields.Nested(HoursSchema),
}
Figures = Schema.from_dict(
    {one.code: field() for unit, field in _FIELDS.items() for one in of_agencies(unit)},
    name="Figures",
)
Promises = Schema.from_dict(
    {one.code: _FIELDS[one.unit]() for one in DEFINITIONS if one.day is Day.PROMISED},
    name="Promises",
)


class AgencyFigures(Figures):  # type: ignore[misc,valid-type]
    """An agency's row. ``rank`` is its place within its kind, null for fewer than 5 due."""

    agency = fields.Nested(RatedAgency)
    rank = fields.Integer(allow_none=True)
    assignments = fields.Function(lambda row: _behind(row["asked"]), metadata=TEMPLATE_HELP)


class CategoryFigures(Figures):  # type: ignore[misc,valid-type]
    """The figures of one agency in one category (null: none was chosen)."""

    category = fields.Nested(CategoryRef, allow_none=True)
    assignments = fields.Function(lambda row: _behind(row["asked"]), metadata=TEMPLATE_HELP)


class TableSchema(WithPeriod):
    """All agencies. In ``total`` a report is received once, however many agencies it came to."""

    assignments = fields.Function(
        lambda table: _behind(table["scope"].asked), metadata=TEMPLATE_HELP
    )
    total = fields.Nested(Figures)
    promises = fields.Nested(Promises)
    items = fields.List(fields.Nested(AgencyFigures))
    next_cursor = fields.String(allow_none=True)


class ListedSchema(Schema):
    """An assignment behind a number."""

    report = fields.String(attribute="assignment.report.code")
    number = fields.Integer(attribute="assignment.number")
    agency = fields.Nested(AgencyRef, attribute="assignment.agency")
    triage = fields.Boolean(attribute="assignment.triage")
    opened_at = Moment(attribute="assignment.opened_at")
    acknowledge_by = Moment(attribute="assignment.acknowledge_by")
    acknowledged_at = Moment(attribute="assignment.acknowledged_at")
    own_resolve_by = Moment(attribute="assignment.own_resolve_by")
    resolve_by = Moment(attribute="assignment.resolve_by")
    resolved_at = Moment(attribute="assignment.resolved_at")
    resolution_kind = fields.String(attribute="assignment.resolution_kind", allow_none=True)
    ended_at = Moment(attribute="assignment.ended_at")
    outcome = fields.String(attribute="assignment.outcome", allow_none=True)
    reopened_at = Moment(attribute="assignment.reopened_at")
    rating = fields.Integer(attribute="assignment.rating", allow_none=True)
    met = fields.Boolean(allow_none=True)


class OneAgencySchema(AgencyFigures, WithPeriod):
    """One agency with its categories, and what comes first in its queue."""

    by_category = fields.List(fields.Nested(CategoryFigures))
    open_next = fields.List(fields.Nested(ListedSchema))
    overdue_longest = fields.List(fields.Nested(ListedSchema))


class BucketSchema(Schema):
    """At least so many days old, and less than so many (null: no end)."""

    from_days = fields.Integer()
    to_days = fields.Integer(allow_none=True)
    count = fields.Integer()


class BacklogRow(Schema):
    """What one agency holds open, by age, and what of it is overdue, by how long."""

    agency = fields.Nested(RatedAgency)
    open = fields.Integer(attribute="backlog.open")
    paused = fields.Integer(attribute="backlog.paused")
    overdue = fields.Integer(attribute="backlog.overdue")
    age = fields.List(fields.Nested(BucketSchema), attribute="backlog.age")
    overdue_for = fields.List(fields.Nested(BucketSchema), attribute="backlog.overdue_for")
    oldest_opened_at = Moment(attribute="backlog.oldest_opened_at")
    next_deadline = Moment(attribute="backlog.next_deadline")
    longest_overdue_hours = fields.Float(attribute="backlog.longest_overdue_hours")
    assignments = fields.Function(lambda row: _behind(row["asked"]), metadata=TEMPLATE_HELP)


class BacklogSchema(WithPeriod):
    """What is open now, most overdue agencies first. The period does not change it."""

    items = fields.List(fields.Nested(BacklogRow))
    next_cursor = fields.String(allow_none=True)
    open_next = fields.List(fields.Nested(ListedSchema))
    overdue_longest = fields.List(fields.Nested(ListedSchema))


class BehindSchema(WithPeriod):
    """``count`` is the number shown; ``restricted`` of them are counted and not listed."""

    measure = fields.String()
    count = fields.Integer(attribute="behind.count")
    restricted = fields.Integer(attribute="behind.restricted")
    items = fields.List(fields.Nested(ListedSchema), attribute="behind.items")
    next_cursor = fields.String(attribute="behind.next_cursor", allow_none=True)


class DefinitionSchema(Schema):
    """A measure: what it is, in words and as a formula, and the count that is listed behind it."""

    code = fields.String()
    name = fields.Function(
        lambda one: say(f"measure_{one.code}", current_language()), metadata={"type": "string"}
    )
    definition = fields.Function(
        lambda one: say(f"definition_{one.code}", current_language()), metadata={"type": "string"}
    )
    formula = fields.String()
    unit = fields.String()
    day = fields.String(metadata={"description": "The moment whose local day is in the period"})
    listed = fields.String()


class TreatmentSchema(Schema):
    """How an assignment that ended so counts once its deadline has come (null: open still)."""

    outcome = fields.String(allow_none=True)
    treatment = fields.String()
    definition = fields.Function(
        lambda row: say(f"cohort_{row['treatment']}", current_language()),
        metadata={"type": "string"},
    )


class DefinitionsSchema(Schema):
    """All measures, and the cohort table that three of the rates share."""

    as_of = Moment()
    items = fields.List(fields.Nested(DefinitionSchema))
    next_cursor = fields.String(allow_none=True)
    cohort = fields.List(fields.Nested(TreatmentSchema))
    ranked_from = fields.Integer()
