"""People's data in JSON, for themselves and for the data officer."""

from __future__ import annotations

from marshmallow import fields

from reports_service.categories.schemas import CategoryRef
from reports_service.core.schemas import Flag, Moment, PageQuery, Schema, Text, page_of
from reports_service.reports.schemas import ReportSchema


class LooksQuery(PageQuery):
    """Filters of the looks. ``account``: an e-mail address; ``staff``: not reporters themselves."""

    report = Text(20, load_default=None)
    account = Text(200, load_default=None)
    since = Moment(load_default=None)
    until = Moment(load_default=None)
    staff = Flag(load_default=False)


class LookSchema(Schema):
    """One look at a person's data. ``from``: the network address of staff."""

    at = Moment()
    by = fields.String()
    what = fields.String()
    report = fields.String()
    why = fields.String(allow_none=True)
    came_from = fields.String(allow_none=True, data_key="from", attribute="from")


class DueSchema(Schema):
    """What one category keeps, and of how many reports the time is over."""

    category = fields.Nested(CategoryRef, allow_none=True)
    days = fields.Integer()
    due = fields.Integer()
    waiting = fields.Integer()


class AnonymisationSchema(Schema):
    """One run: what was deleted, and the digest that proves it."""

    number = fields.Integer(attribute="id")
    at = Moment()
    reports = fields.Integer()
    people = fields.Integer()
    words = fields.Integer()
    pictures = fields.Integer()
    digest = fields.Function(lambda run: run.digest.hex(), metadata={"type": "string"})


class RetentionSchema(Schema):
    """What is due, and the last runs."""

    due = fields.List(fields.Nested(DueSchema))
    runs = fields.List(fields.Nested(AnonymisationSchema))
    next_cursor = fields.String(allow_none=True)


class ContactHeld(Schema):
    """Who filed it, as it is kept."""

    name = fields.String(allow_none=True)
    phone = fields.String(allow_none=True)
    email = fields.String(allow_none=True)
    language = fields.String()
    consent_version = fields.String(allow_none=True)
    consented_at = Moment(allow_none=True)


class PictureHeld(Schema):
    """What is kept of a picture. ``file``: its name in the archive."""

    file = fields.String(allow_none=True)
    id = fields.String()
    role = fields.String()
    byte_size = fields.Integer()
    width = fields.Integer(allow_none=True)
    height = fields.Integer(allow_none=True)
    taken_at = Moment(allow_none=True)
    lat = fields.Float(allow_none=True)
    lon = fields.Float(allow_none=True)
    sent_at = Moment()


class LetterHeld(Schema):
    """What was written to the reporter."""

    channel = fields.String()
    subject = fields.String()
    text = fields.String()
    written_at = Moment()
    sent_at = Moment(allow_none=True)


class DeviceHeld(Schema):
    """A device that is told, by the service that passes messages on to it."""

    service = fields.String()
    since = Moment()


class OwnLook(Schema):
    """When somebody of the centre looked at the reporter's data, and what for."""

    at = Moment()
    what = fields.String()
    why = fields.String(allow_none=True)


class RetentionHeld(Schema):
    """How long the reporter's data is kept. ``anonymous_from``: null while it has not ended."""

    days_after_its_end = fields.Integer()
    anonymous_from = Moment(allow_none=True)


class Holdings(Schema):
    """All that is held about a report and its reporter."""

    made_at = Moment()
    report = fields.Nested(ReportSchema)
    contact = fields.Nested(ContactHeld, allow_none=True)
    pictures = fields.List(fields.Nested(PictureHeld))
    letters = fields.List(fields.Nested(LetterHeld))
    devices = fields.List(fields.Nested(DeviceHeld))
    looks = fields.List(fields.Nested(OwnLook))
    retention = fields.Nested(RetentionHeld)


LookPage = page_of(LookSchema)
