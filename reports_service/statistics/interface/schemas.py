"""What figures are in JSON. The fields of a row come from the definitions: each one has its own."""

from __future__ import annotations

from typing import Any

from flask import url_for
from marshmallow import fields

from reports_service.agencies.schemas import AgencyRef
from reports_service.core.schemas import Moment, Schema
from reports_service.domain.measures import (
    BY_CODE,
    DEFINITIONS,
    HEADLINES,
    Day,
    Unit,
    of_agencies,
)
from reports_service.reports.codes import grouped
from reports_service.statistics.comparison import change_unit
from reports_service.statistics.interface.notes import notes
from reports_service.statistics.trend import in_course


class Ready(fields.Nested):
    """A value that is described by a schema and needs no dumping: see ``answers``."""

    def _serialize(self, *given: Any, **kwargs: Any) -> Any:
        return given[0]


class PeriodSchema(Schema):
    """Local days, the first and the last counted."""

    first = fields.Date(data_key="from")
    last = fields.Date(data_key="to")
    time_zone = fields.String(attribute="zone.key")


class EarlierSchema(Schema):
    """An earlier period that is shown beside."""

    against = fields.String()
    period = fields.Nested(PeriodSchema)


class WithPeriod(Schema):
    """What every answer with figures says of itself.

    Changes up to ``as_of`` are in it; what is open, overdue and paused is that of ``open_as_of``.
    """

    as_of = Moment(attribute="scope.as_of")
    open_as_of = Moment(attribute="scope.asked_at")
    period = fields.Nested(PeriodSchema, attribute="scope.period")
    filters = fields.Function(
        lambda found: dict(found["scope"].asked[2:]),
        metadata={"type": "object", "additionalProperties": {"type": "string"}},
    )
    notes = fields.Function(
        lambda found: notes(found["scope"]),
        metadata={"type": "array", "items": {"type": "string"}},
    )
    definitions = fields.Function(
        lambda _: url_for("statistics.Definitions"), metadata={"type": "string"}
    )


TEMPLATE_HELP = {"description": "The assignments behind a number: put its name for {measure}"}


class RatedAgency(AgencyRef):
    """An agency in a table that ranks within one kind."""

    kind = fields.String()


class SpreadSchema(Schema):
    """Hours."""

    median = fields.Float(allow_none=True)
    p90 = fields.Float(allow_none=True)


class WaitSchema(Schema):
    """How long citizens waited, in plain hours; why one is null, in words."""

    elapsed = fields.Nested(SpreadSchema)
    n = fields.Integer()
    still_open = fields.Integer()
    note = fields.String(allow_none=True)


class HoursSchema(WaitSchema):
    """How long something took, in working hours too."""

    working = fields.Nested(SpreadSchema)


_FIELDS: dict[Unit, Any] = {
    Unit.COUNT: fields.Integer,
    Unit.SHARE: lambda: fields.Float(allow_none=True),
    Unit.STARS: lambda: fields.Float(allow_none=True),
    Unit.HOURS: lambda: fields.Nested(HoursSchema),
}


def of_measures(name: str, *codes: str) -> Any:
    """A schema with a field for each of these measures."""
    return Schema.from_dict(
        {code: _FIELDS[BY_CODE[code].unit]() for code in codes if code != "rank"}, name=name
    )


_OF_ROWS = [one.code for unit in _FIELDS for one in of_agencies(unit)]
Figures = of_measures("Figures", *_OF_ROWS)
Promises = of_measures("Promises", *(one.code for one in DEFINITIONS if one.day is Day.PROMISED))
Course = of_measures("Course", *filter(in_course, _OF_ROWS))


CHANGES = {
    "percentage_points": "In percentage points: 5.0 where a share rose from 0.70 to 0.75",
    "stars": "In stars: now less then",
    "fraction_of_then": "As a fraction of the earlier value: 0.1 is a tenth more",
}


def _headline(code: str) -> Any:
    if BY_CODE[code].unit is Unit.COUNT:
        return fields.Integer()
    return fields.Float(allow_none=True)


HeadlinesChange = Schema.from_dict(
    {
        code: fields.Float(allow_none=True, metadata={"description": CHANGES[change_unit(code)]})
        for code in HEADLINES
    },
    name="HeadlinesChange",
)
Headlines: Any = Schema.from_dict({code: _headline(code) for code in HEADLINES}, name="Headlines")


class EarlierFigures(Headlines):
    """An earlier period; of the hours the median of the elapsed ones.

    ``change`` from then to now: of shares in percentage points, of satisfaction in stars, of counts
    and hours relative to then (0.1: a tenth more). Null where there is nothing to compare.
    """

    change = fields.Nested(HeadlinesChange)


class Beside(Schema):
    """The earlier periods, where ``compare`` asks for them."""

    previous = fields.Nested(EarlierFigures)
    last_year = fields.Nested(EarlierFigures)


class Row(Beside):
    """A row, and where to find what is behind each of its numbers."""

    assignments = fields.String(metadata=TEMPLATE_HELP)


class ListedSchema(Schema):
    """An assignment behind a number."""

    report = fields.Function(
        lambda one: grouped(one.assignment.report.code), metadata={"type": "string"}
    )
    number = fields.Integer(attribute="assignment.number")
    agency = fields.Nested(AgencyRef, attribute="assignment.agency")
    triage = fields.Boolean(attribute="assignment.triage")
    opened_at = Moment(attribute="assignment.opened_at")
    acknowledge_by = Moment(attribute="assignment.acknowledge_by", allow_none=True)
    acknowledged_at = Moment(attribute="assignment.acknowledged_at", allow_none=True)
    own_resolve_by = Moment(attribute="assignment.own_resolve_by", allow_none=True)
    resolve_by = Moment(attribute="assignment.resolve_by", allow_none=True)
    resolved_at = Moment(attribute="assignment.resolved_at", allow_none=True)
    resolution_kind = fields.String(attribute="assignment.resolution_kind", allow_none=True)
    ended_at = Moment(attribute="assignment.ended_at", allow_none=True)
    outcome = fields.String(attribute="assignment.outcome", allow_none=True)
    reopened_at = Moment(attribute="assignment.reopened_at", allow_none=True)
    rating = fields.Integer(attribute="assignment.rating", allow_none=True)
    met = fields.Boolean(allow_none=True)


class BehindSchema(WithPeriod):
    """``count`` is the number shown; ``restricted`` of them are counted and not listed.

    Rows stand as they are at ``listed_at``; a table's number holds the changes up to ``as_of``.
    """

    listed_at = Moment()
    measure = fields.String()
    count = fields.Integer(attribute="behind.count")
    restricted = fields.Integer(attribute="behind.restricted")
    items = fields.List(fields.Nested(ListedSchema), attribute="behind.items")
    next_cursor = fields.String(attribute="behind.next_cursor", allow_none=True)
