"""Areas and addresses in JSON."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
from marshmallow import fields, validates_schema

from reports_service.areas.geocoding import Answer
from reports_service.areas.models import Level
from reports_service.core.auth import current_language
from reports_service.core.schemas import (
    LONG,
    Choice,
    Name,
    Names,
    Number,
    PageQuery,
    Schema,
    Text,
)
from reports_service.core.words import say

MISSING = "Missing data for required field."


class AreaRef(Schema):
    """An area as it stands in other answers."""

    code = fields.String()
    name = Name(attribute="names")


class AreaSchema(AreaRef):
    """An area as the public sees it."""

    level = fields.String()


class Point(Schema):
    """A point in degrees. The bounds are wide on purpose: swapped axes get words of their own."""

    lat = Number(-180, 180, required=True)
    lon = Number(-180, 180, required=True)


class PointQuery(Schema):
    """A point in degrees, as a query writes it."""

    lat = Number(-180, 180, as_text=True, required=True)
    lon = Number(-180, 180, as_text=True, required=True)


class AreaQuery(PageQuery):
    """The areas that hold a point, or without a point the list of all."""

    lat = Number(-180, 180, as_text=True, load_default=None)
    lon = Number(-180, 180, as_text=True, load_default=None)
    level = Choice(Level, load_default=None)
    parent = Text(20, load_default=None, metadata={"description": "Code of the area above"})

    @validates_schema
    def _both_or_none(self, values: dict[str, Any], **_: Any) -> None:
        lacking = [name for name in ("lat", "lon") if values.get(name) is None]
        if len(lacking) == 1:
            raise ma.ValidationError({lacking[0]: [MISSING]})


class AdminAreaQuery(PageQuery):
    """All versions of all areas, or of one code."""

    code = Text(20, load_default=None)


class AreaAdminSchema(Schema):
    """One version of an area as administrators see it."""

    code = fields.String()
    valid_from = fields.Date()
    valid_to = fields.Date(allow_none=True)
    names = fields.Nested(Names)
    level = fields.String()
    parent = fields.Function(lambda area: _code_of(area.parent), metadata={"type": "string"})
    committee = fields.Function(lambda area: _code_of(area.committee), metadata={"type": "string"})
    lat = fields.Float(allow_none=True)
    lon = fields.Float(allow_none=True)
    area_km2 = fields.Float(allow_none=True)
    source = fields.String()


class AreaChange(Schema):
    """What can be changed of an area by hand."""

    names = fields.Nested(Names)
    committee = Text(60, allow_none=True, metadata={"description": "Code of an agency, or null"})


class AreaEnd(Schema):
    """The first day on which the area is not valid any more; today when it is not said."""

    date = fields.Date(load_default=None)


class AreaImportQuery(Schema):
    """What is said of a whole import; it goes before what the file says."""

    valid_from = fields.Date(load_default=None)
    source = Text(load_default=None)
    level = Choice(Level, load_default=None)
    parent = Text(20, load_default=None)


class FeatureCollection(Schema):
    """A GeoJSON FeatureCollection of areas (RFC 7946)."""

    class Meta:
        unknown = ma.INCLUDE  # GeoJSON allows members of others beside its own

    type = Choice(["FeatureCollection"], required=True)
    features = fields.List(fields.Raw(), required=True)


class ImportOutcome(Schema):
    """What an import did, in areas."""

    added = fields.Integer()
    changed = fields.Integer()
    demo_replaced = fields.Integer()
    unchanged = fields.Integer()
    ended = fields.Integer()
    repaired = fields.Integer()
    without_parent = fields.Function(lambda outcome: sorted(outcome.without_parent))


class GeocodeQuery(Schema):
    """An address or the name of a place, with or without Vietnamese marks."""

    q = Text(LONG // 20, required=True)


class FoundSchema(Schema):
    """A point with its address."""

    address = fields.String()
    lat = fields.Float()
    lon = fields.Float()
    area = fields.Nested(AreaRef, allow_none=True)


class GeocodeSchema(Schema):
    """What was found; ``note`` says in words when the geocoder did not answer."""

    items = fields.List(fields.Nested(FoundSchema))
    source = fields.String(metadata={"enum": ["geocoder", "areas"]})
    note = fields.Function(lambda answer: _note(answer), metadata={"type": ["string", "null"]})


def _note(answer: Answer) -> str | None:
    return say("geocoder_silent", current_language()) if answer.silent else None


def _code_of(thing: Any) -> str | None:
    return thing.code if thing is not None else None
