"""Saved filters of the queue, in JSON."""

from __future__ import annotations

from marshmallow import fields

from reports_service.core.schemas import Count, Flag, Length, Schema, Text
from reports_service.teamwork import filters

BIGGEST_ID = 2**63 - 1


class FilterChange(Schema):
    """What can be changed of a filter."""

    name = Text(80)
    query = Text(filters.LONGEST_QUERY, blank=True)
    shared = Flag(metadata={"description": "Colleagues of the agency see it too"})


class FilterNew(FilterChange):
    """A name for a query of the queue, as in ``state=overdue&category=den-duong``."""

    name = Text(80, required=True)
    query = Text(filters.LONGEST_QUERY, blank=True, required=True)
    shared = Flag(load_default=False)


class FilterSchema(Schema):
    """A saved filter; ``mine``: not one that a colleague shares."""

    id = fields.Integer()
    name = fields.String()
    query = fields.String()
    shared = fields.Boolean()
    mine = fields.Boolean()


class FilterList(Schema):
    """One's own in order, then those of colleagues."""

    items = fields.List(fields.Nested(FilterSchema))


class FilterOrder(Schema):
    """Each of one's own filters once, in the order wanted."""

    ids = fields.List(Count(1, BIGGEST_ID), required=True, validate=Length(max=filters.MOST))
