"""Changes and exports in JSON, and what the columns of exported files mean."""

from __future__ import annotations

from flask import url_for
from marshmallow import fields

from reports_service.core.auth import current_language
from reports_service.core.schemas import Choice, Count, Moment, Schema, Text
from reports_service.core.words import say
from reports_service.exports.models import Export, ExportPart
from reports_service.exports.tables import Format, Kind, What, columns_of
from reports_service.statistics.interface.days import LocalDay

CHANGES_DEFAULT, CHANGES_MOST = 200, 1000


class ChangesQuery(Schema):
    """Where to go on, and how many changes to take."""

    since = Text(
        100,
        load_default=None,
        metadata={"description": "next_cursor of the answer before; from the first without it"},
    )
    limit = Count(1, CHANGES_MOST, as_text=True, load_default=CHANGES_DEFAULT)


class StateSchema(Schema):
    """How a report stands now, without people's data. Places are rounded as for the public."""

    version = fields.Integer(metadata={"description": "Grows with each change of the report"})
    status = fields.String()
    status_since = Moment()
    priority = fields.String()
    channel = fields.String()
    category = fields.String(allow_none=True)
    area = fields.String(allow_none=True)
    agency = fields.String()
    lat = fields.Float(allow_none=True)
    lon = fields.Float(allow_none=True)
    location_precision_m = fields.Integer()
    place_fit = fields.String()
    created_at = Moment()
    updated_at = Moment()
    promised_by = Moment()
    expected_by = Moment(allow_none=True)
    resolved_at = Moment(allow_none=True)
    closed_at = Moment(allow_none=True)
    resolution_kind = fields.String(allow_none=True)
    planned_for = fields.Date(allow_none=True)
    duplicate_of = fields.String(allow_none=True)
    recurrence_of = fields.String(allow_none=True)
    recurrence_number = fields.Integer()


class FactsSchema(Schema):
    """What may be told of what happened."""

    status = fields.String(metadata={"description": "After it"})
    assignment = fields.Integer(metadata={"description": "Number of the assignment, from 1"})


class ChangeSchema(Schema):
    """What happened to which report. ``removed``, with a null ``state``: delete the report."""

    number = fields.Integer(metadata={"description": "Grows; numbers may be missing"})
    report = fields.String()
    seq = fields.Integer(allow_none=True)
    kind = fields.String()
    at = Moment()
    by = fields.String(allow_none=True)
    agency = fields.String(allow_none=True)
    internal = fields.Boolean()
    facts = fields.Nested(FactsSchema)
    state = fields.Nested(StateSchema, allow_none=True)


class ChangesSchema(Schema):
    """Changes in order. ``more``: others are there already; else ask again after a while."""

    items = fields.List(fields.Nested(ChangeSchema))
    next_cursor = fields.String()
    as_of = Moment()
    more = fields.Boolean()


class ExportWish(Schema):
    """Reports by the local day of filing, or assignments by the local day of opening."""

    what = Choice(What, required=True)
    format = Choice(Format, required=True)
    first = LocalDay(data_key="from", required=True)
    last = LocalDay(data_key="to", required=True)


LEFT_OUT_HELP = (
    "How many rows of these days are left out, for their report was restricted when the file was "
    "made; null too of files made by earlier versions"
)


def left_out(described: str) -> fields.Integer:
    """How many rows are not in the files, for their reports are restricted."""
    said = {"description": described}
    return fields.Integer(attribute="left_out_count", allow_none=True, metadata=said)


class PartSchema(Schema):
    """One file: a month, or what of it the period has. Null until it is built."""

    number = fields.Integer()
    name = fields.String()
    first = fields.Date(data_key="from")
    last = fields.Date(data_key="to")
    rows = fields.Integer(attribute="row_count", allow_none=True)
    left_out_restricted = left_out(LEFT_OUT_HELP)
    bytes = fields.Integer(attribute="byte_size", allow_none=True)
    sha256 = fields.String(allow_none=True)
    made_at = Moment(allow_none=True)
    url = fields.Function(lambda part: address_of(part), metadata={"type": ["string", "null"]})


COLUMNS_HELP = {
    "type": "array",
    "description": "Name, type and meaning of each column of the files",
    "items": {
        "type": "object",
        "properties": {
            "name": {"type": "string"},
            "type": {"type": "string", "enum": [kind.value for kind in Kind]},
            "description": {"type": "string"},
        },
    },
}


class ExportSchema(Schema):
    """An export and its files, in order; they are deleted at ``kept_until``."""

    id = fields.String(attribute="uuid")
    what = fields.String()
    format = fields.String()
    first = fields.Date(data_key="from")
    last = fields.Date(data_key="to")
    state = Choice(("waiting", "building", "ready", "swept"))
    created_at = Moment()
    finished_at = Moment(allow_none=True)
    kept_until = Moment()
    left_out_restricted = left_out("Of all parts together; null until every part is built")
    parts = fields.List(fields.Nested(PartSchema))
    note = fields.Function(
        lambda export: None if export.parts else say("export_nothing", current_language()),
        metadata={"type": ["string", "null"], "description": "Why there are no files"},
    )
    schema = fields.Function(
        lambda export: columns_of(export.what, current_language()), metadata=COLUMNS_HELP
    )


def address_of(part: ExportPart) -> str | None:
    """Where the file of a part is fetched; None before it is there and after it is gone."""
    export: Export = part.export
    if part.made_at is None or export.swept_at is not None:
        return None
    return url_for("exports.OnePart", export_id=export.uuid, number=part.number)
