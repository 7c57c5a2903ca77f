"""The quality of records in JSON. Each number names its check, and each check has its words."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import url_for
from marshmallow import fields

from reports_service.core.auth import current_language
from reports_service.core.schemas import Choice, Moment, PageQuery, Schema, Text
from reports_service.core.words import say
from reports_service.domain.quality import CHECKS
from reports_service.reports.codes import grouped
from reports_service.statistics.interface.asked import PERIOD_HELP, AskedOnce
from reports_service.statistics.interface.days import LocalDay
from reports_service.statistics.interface.schemas import ListedSchema, PeriodSchema, RatedAgency

HOUR_S = 3600


class QualityQuery(AskedOnce):
    """Which local days, and which agency (officers and heads: their own, named or not)."""

    first = LocalDay(data_key="from", load_default=None, metadata={"description": PERIOD_HELP})
    last = LocalDay(
        data_key="to",
        load_default=None,
        metadata={"description": "Last local day, counted; by default today"},
    )
    agency = Text(60, load_default=None)


class CheckQuery(QualityQuery):
    """Which check, and what its number was asked with."""

    check = Choice([check.code for check in CHECKS], required=True)


class FailingQuery(CheckQuery, PageQuery):
    """Which check, and which page of the list behind its number."""


class FigureSchema(Schema):
    """``count`` assignments fail the check, out of ``of``; null: its days were not counted."""

    check = fields.String(attribute="figure.check.code")
    name = fields.Function(
        lambda row: say(f"quality_check_{row['figure'].check.code}", current_language()),
        metadata={"type": "string"},
    )
    count = fields.Integer(attribute="figure.count", allow_none=True)
    of = fields.Integer(attribute="figure.of", allow_none=True)
    share = fields.Float(attribute="figure.share", allow_none=True)
    assignments = fields.Function(
        lambda row: _behind(row["asked"]),
        metadata={
            "type": ["string", "null"],
            "description": "The assignments behind the number; null where they cannot be listed",
        },
    )


def _behind(asked: Any) -> str | None:
    return asked and f"{url_for('quality.Failing')}?{urlencode(asked)}"


class GroupSchema(Schema):
    """Right, complete, clean or live: đúng, đủ, sạch, sống."""

    group = fields.String()
    name = fields.Function(
        lambda row: say(f"quality_group_{row['group']}", current_language()),
        metadata={"type": "string"},
    )
    checks = fields.List(fields.Nested(FigureSchema))


class LastActSchema(Schema):
    """How long ago staff last did something about what is open, in plain hours."""

    median_hours = fields.Function(
        lambda one: _hours(one.median_s), metadata={"type": ["number", "null"]}
    )
    p90_hours = fields.Function(
        lambda one: _hours(one.p90_s), metadata={"type": ["number", "null"]}
    )
    n = fields.Integer(attribute="of", allow_none=True)


def _hours(seconds: float | None) -> float | None:
    return None if seconds is None else seconds / HOUR_S


class AgencyQuality(Schema):
    """One agency's row."""

    agency = fields.Nested(RatedAgency)
    groups = fields.List(fields.Nested(GroupSchema))
    last_act = fields.Nested(LastActSchema)


class CountedDays(Schema):
    """The days of the period that were counted; null: none."""

    first = fields.Date(data_key="from")
    last = fields.Date(data_key="to")


class WithNight(Schema):
    """What every answer says of itself. ``as_of``: when the night was counted; null: none was."""

    as_of = Moment(attribute="kept.night_at", allow_none=True)
    period = fields.Nested(PeriodSchema, attribute="scope.period")
    counted = fields.Nested(CountedDays, allow_none=True)
    notes = fields.List(fields.String())
    definitions = fields.Function(
        lambda _: url_for("quality.Definitions"), metadata={"type": "string"}
    )


class QualitySchema(WithNight):
    """All agencies; in ``total`` all of them together."""

    total = fields.List(fields.Nested(GroupSchema))
    items = fields.List(fields.Nested(AgencyQuality))
    next_cursor = fields.String(allow_none=True)


class OtherSchema(Schema):
    """The report that was filed before, of the same category and near; null: it is not shown."""

    report = fields.Function(
        lambda seen: grouped(seen.code) if seen.code else None,
        metadata={"type": "string", "nullable": True},
    )
    metres = fields.Float()


class FailingItem(ListedSchema):
    """An assignment that fails the check. ``seen_before``: for possible duplicates only."""

    class Meta:
        exclude = ("met",)

    seen_before = fields.Nested(OtherSchema, attribute="other", allow_none=True)


class FailingSchema(WithNight):
    """``count`` fail it now, ``counted_then`` did at night; ``restricted`` are not listed."""

    check = fields.String()
    count = fields.Integer(attribute="behind.count")
    counted_then = fields.Integer(attribute="behind.kept", allow_none=True)
    restricted = fields.Integer(attribute="behind.restricted")
    items = fields.List(fields.Nested(FailingItem), attribute="behind.items")
    next_cursor = fields.String(attribute="behind.next_cursor", allow_none=True)


class CheckSchema(Schema):
    """A check in words and as the two counts that make its share."""

    code = fields.String()
    group = fields.String()
    group_name = fields.Function(
        lambda one: say(f"quality_group_{one.group}", current_language()),
        metadata={"type": "string"},
    )
    name = fields.Function(
        lambda one: say(f"quality_check_{one.code}", current_language()),
        metadata={"type": "string"},
    )
    definition = fields.Function(
        lambda one: say(f"quality_definition_{one.code}", current_language()),
        metadata={"type": "string"},
    )
    formula = fields.Function(lambda one: f"{one.found} / {one.of}", metadata={"type": "string"})
    basis = fields.String(
        metadata={"description": "opened_at: opened in the period; as_of: open at the last night"}
    )


class ChecksSchema(Schema):
    """All checks."""

    as_of = Moment()
    items = fields.List(fields.Nested(CheckSchema))
    next_cursor = fields.String(allow_none=True)
