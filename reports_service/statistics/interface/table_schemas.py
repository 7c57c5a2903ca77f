"""Tables of figures in JSON: agencies, categories, areas, channels, spans, groups, the backlog."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from reports_service.areas.schemas import AreaRef
from reports_service.categories.schemas import CategoryRef
from reports_service.core.schemas import Moment, Schema
from reports_service.domain.five_groups import FIVE_GROUPS, Reach
from reports_service.statistics.closing.schemas import ClosedNote
from reports_service.statistics.interface.schemas import (
    TEMPLATE_HELP,
    Beside,
    Course,
    EarlierSchema,
    Figures,
    ListedSchema,
    Promises,
    RatedAgency,
    Ready,
    Row,
    WaitSchema,
    WithPeriod,
    of_measures,
)
from reports_service.statistics.trend import By


class AgencyFigures(Figures, Row):
    """An agency's row. ``rank`` is its place within its kind, null for fewer than 5 due."""

    agency = fields.Nested(RatedAgency)
    rank = fields.Integer(allow_none=True)
    ranked = fields.Boolean()
    ranked_among = fields.Integer(metadata={"description": "How many of its kind have a rank"})
    rank_note = fields.String(allow_none=True)


class OwnFigures(Figures, Row):
    """The figures of one agency in one category, without those below it (null: none was chosen)."""

    by_itself = fields.Boolean(metadata={"description": "There are categories below it"})
    category = fields.Nested(CategoryRef, allow_none=True)


class WholeFigures(Figures, Beside):
    """All agencies together: each report is received once."""

    hours_to_first_sign = fields.Nested(WaitSchema)


class LineFigures(WholeFigures, Row):
    """All agencies together in a part of the work, and the promises to its reporters."""

    promises = fields.Nested(Promises)
    parent = fields.String(allow_none=True)
    by_itself = fields.Boolean(metadata={"description": "Without those below it"})


class CategoryFigures(LineFigures):
    """A category with those below it, or by itself (null: none was chosen)."""

    category = fields.Nested(CategoryRef, allow_none=True)


class AreaFigures(LineFigures):
    """An area with those below it, or by itself (null: the place lies in none)."""

    area = fields.Nested(AreaRef, allow_none=True)


class ChannelSchema(Schema):
    """A way by which reports come in."""

    code = fields.String()
    name = fields.String()


class ChannelFigures(LineFigures):
    """What came in by a channel."""

    channel = fields.Nested(ChannelSchema)


class WithTotal(WithPeriod):
    """Rows with the total above them. In ``total`` a report is received once."""

    assignments = fields.String(metadata=TEMPLATE_HELP)
    compared_with = fields.List(fields.Nested(EarlierSchema), attribute="earlier")
    total = Ready(WholeFigures)
    promises = Ready(Promises)
    next_cursor = fields.String(allow_none=True)


class TableSchema(WithTotal):
    """All agencies, each kind by rank; ``closed`` where the period is exactly a closed month."""

    items = fields.List(Ready(AgencyFigures))
    closed = fields.Nested(ClosedNote, allow_none=True)


class CategoriesSchema(WithTotal):
    """All categories, each with those below it after it."""

    items = fields.List(Ready(CategoryFigures))


class AreasSchema(WithTotal):
    """All areas, each with those below it after it."""

    items = fields.List(Ready(AreaFigures))


class ChannelsSchema(WithTotal):
    """All channels."""

    items = fields.List(Ready(ChannelFigures))


class SpanFigures(Course, Row):
    """The figures of a span of days. How things stand now has no course."""

    first = fields.Date(data_key="from")
    last = fields.Date(data_key="to")
    hours_to_first_sign = fields.Nested(
        WaitSchema, metadata={"description": "Of all agencies together; missing of one"}
    )
    promises = fields.Nested(
        Promises, metadata={"description": "Of all agencies together; missing of one"}
    )


class TrendSchema(WithPeriod):
    """The course of the figures, span after span."""

    by = fields.String(metadata={"enum": [str(one) for one in By]})
    items = fields.List(Ready(SpanFigures))
    next_cursor = fields.String(allow_none=True)


class OneAgencySchema(AgencyFigures, WithPeriod):
    """One agency with its categories, and what comes first in its queue."""

    agency = Ready(RatedAgency)
    compared_with = fields.List(fields.Nested(EarlierSchema), attribute="earlier")
    by_category = fields.List(Ready(OwnFigures))
    open_next = fields.List(fields.Nested(ListedSchema))
    overdue_longest = fields.List(fields.Nested(ListedSchema))


class BucketSchema(Schema):
    """At least so many days old, and less than so many (null: no end)."""

    from_days = fields.Integer()
    to_days = fields.Integer(allow_none=True)
    count = fields.Integer()
    assignments = fields.String(metadata={"description": "The assignments that are counted"})


class BacklogInAll(Schema):
    """What is held open, by age, and what of it is overdue, by how long."""

    open = fields.Integer()
    paused = fields.Integer()
    overdue = fields.Integer()
    age = fields.List(fields.Nested(BucketSchema))
    overdue_for = fields.List(fields.Nested(BucketSchema))
    oldest_opened_at = Moment(allow_none=True)
    next_deadline = Moment(allow_none=True)
    longest_overdue_hours = fields.Float(allow_none=True)


class BacklogRow(BacklogInAll):
    """What one agency holds open."""

    agency = fields.Nested(RatedAgency)
    assignments = fields.String(metadata=TEMPLATE_HELP)


class BacklogSchema(WithPeriod):
    """What is open now, most overdue agencies first. ``from`` and ``to`` do not change it."""

    class Meta(WithPeriod.Meta):
        exclude = ("period",)

    assignments = fields.String(metadata=TEMPLATE_HELP)
    total = Ready(BacklogInAll)
    items = fields.List(Ready(BacklogRow))
    next_cursor = fields.String(allow_none=True)
    open_next = fields.List(fields.Nested(ListedSchema))
    overdue_longest = fields.List(fields.Nested(ListedSchema))


class DecisionGroupSchema(Schema):
    """A group of Decision 766: how far this service measures it, and what it cannot."""

    code = fields.String()
    name = fields.String()
    points = fields.Integer(metadata={"description": "The most that the decision gives"})
    reach = fields.String(metadata={"enum": [str(one) for one in Reach]})
    measures = fields.List(fields.String())
    measured = fields.String()
    missing = fields.String()


def _groups(name: str, *, total: bool) -> Any:
    return Schema.from_dict(
        {
            group.code: fields.Nested(
                of_measures(
                    f"{name}{group.code.title().replace('_', '')}",
                    *group.measures,
                    *(group.of_total if total else ()),
                )
            )
            for group in FIVE_GROUPS
        },
        name=name,
    )


Groups: Any = _groups("Groups", total=False)


class AgencyGroups(Groups):
    """An agency's measures by group."""

    agency = fields.Nested(RatedAgency)
    assignments = fields.String(metadata=TEMPLATE_HELP)


class FiveGroupsSchema(WithPeriod):
    """The five groups of Decision 766/QĐ-TTg, and the measures that speak to each."""

    groups = fields.List(Ready(DecisionGroupSchema))
    assignments = fields.String(metadata=TEMPLATE_HELP)
    total = Ready(_groups("GroupsInAll", total=True))
    items = fields.List(Ready(AgencyGroups))
    next_cursor = fields.String(allow_none=True)
