"""Closed periods in JSON."""

from __future__ import annotations

from typing import Any

from flask import url_for
from marshmallow import fields

from reports_service.core.schemas import LONG, Count, Moment, Schema, Text
from reports_service.statistics.closing.months import Month
from reports_service.statistics.interface.asked import AskedOnce

ANY = {"type": ["string", "number", "null"]}


class MonthField(Text):
    """A month such as 2026-10."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(20, **kwargs)
        self.metadata = {**self.metadata, "pattern": "^[0-9]{4}-(0[1-9]|1[0-2])$"}


class NewPeriod(Schema):
    """The month to close."""

    month = MonthField(required=True)


class NewCorrection(Schema):
    """Why the figures of now are to stand beside the frozen ones."""

    reason = Text(LONG, required=True)


class FrozenContentQuery(AskedOnce):
    """Which of the frozen contents: 0 for the first, else the number of a correction."""

    correction = Count(0, 10_000, as_text=True, load_default=0)


class FigureDifference(Schema):
    """One figure that differs; ``code`` names the row of the table, null: the whole province."""

    table = fields.String()
    code = fields.String(allow_none=True)
    measure = fields.String()
    before = fields.Raw(allow_none=True, metadata=ANY)
    after = fields.Raw(allow_none=True, metadata=ANY)


class FrozenFigures(Schema):
    """When and by whom figures were frozen, and the SHA-256 of their canonical JSON."""

    at = Moment(attribute="frozen_at")
    by = fields.String(attribute="frozen_by")
    as_of = Moment()
    sha256 = fields.String()


class CorrectionRef(FrozenFigures):
    """A correction in a list."""

    number = fields.Integer()
    reason = fields.String()


class StatedCorrection(CorrectionRef):
    """A correction: its reason, and each figure that it changed in those that stood before."""

    changes = fields.List(fields.Nested(FigureDifference))
    intact = fields.Boolean()


class ClosedPeriodRef(Schema):
    """A closed month in the list; ``differing_at_last_check``: figures that no correction explains,
    as the nightly look found at ``checked_at`` (null: not compared yet).
    """

    month = fields.String()
    closed = fields.Nested(FrozenFigures)
    corrections = fields.List(fields.Nested(CorrectionRef))
    differing_at_last_check = fields.Integer(allow_none=True)
    checked_at = Moment()
    links = fields.Function(
        lambda row: links(row["month"]),
        metadata={"type": "object", "additionalProperties": {"type": "string"}},
    )


class ClosedPeriods(Schema):
    """Closed months, the newest first."""

    items = fields.List(fields.Nested(ClosedPeriodRef))
    next_cursor = fields.String(allow_none=True)


class ClosedPeriodSchema(Schema):
    """A closed month: its figures exactly as they were frozen, with the definitions used; then
    each correction in its order; then what differs now and no correction explains.
    """

    month = fields.String()
    closed = fields.Nested(FrozenFigures)
    intact = fields.Boolean(
        metadata={"description": "Whether the kept text still has the published hash"}
    )
    content = fields.Raw(metadata={"type": "object", "description": "What was hashed, as JSON"})
    corrections = fields.List(fields.Nested(StatedCorrection))
    compared_at = Moment()
    uncorrected = fields.List(fields.Nested(FigureDifference))
    definitions_changed = fields.Boolean()
    links = fields.Function(
        lambda row: links(row["month"]),
        metadata={"type": "object", "additionalProperties": {"type": "string"}},
    )


class ClosedNote(Schema):
    """Beside live figures: their period is closed. ``differs`` is null under a filter."""

    month = fields.String()
    closed_at = Moment()
    differs = fields.Boolean(allow_none=True)


def links(month: str) -> dict[str, str]:
    """Where the month is served: as it stands, for people, byte for byte, and live."""
    asked = Month.parse(month)
    days: dict[str, Any] = {"from": asked.first.isoformat(), "to": asked.last.isoformat()}
    return {
        "self": url_for("closing.OnePeriod", month=month),
        "report": url_for("monthly.MonthlyReport", month=month),
        "content": url_for("closing.PeriodContent", month=month),
        "live": url_for("statistics.Table", **days),
    }
