"""What requests about reports may carry."""

from __future__ import annotations

import re
from typing import Any

from marshmallow import ValidationError, fields, post_load, validates_schema

from reports_service.areas.schemas import Point
from reports_service.categories.models import Priority
from reports_service.core.schemas import (
    LONG,
    Choice,
    Count,
    Flag,
    Length,
    Moment,
    Number,
    PageQuery,
    Schema,
    Text,
)
from reports_service.domain.channels import Channel
from reports_service.domain.errors import Invalid
from reports_service.domain.lifecycle import OPEN, Status
from reports_service.domain.outcomes import ResolutionKind
from reports_service.domain.targets import Unit
from reports_service.reports.looking import Why
from reports_service.reports.lookup import QueueState, Sort
from reports_service.reports.nearby import RADIUS_MAX_M

ANSWERS_MAX = 30
PHONE = re.compile(r"\+?[0-9]{8,15}")
_BETWEEN_DIGITS = re.compile(r"[\s.()\-–]")
OPEN_ALL = "open"

MISSING = "Missing data for required field."
BULK_NEEDS = {"assign": ("agency",), "note": ("note",), "resolve": ("kind", "note")}


class PhoneInvalid(Invalid):
    """No telephone has such a number."""

    code = "phone_invalid"


class Phone(Text):
    """A telephone number of 8 to 15 digits (E.164), typed with blanks, dots, dashes, a plus."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(30, **kwargs)

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        typed = super()._deserialize(value, attr, data, **kwargs)
        if not PHONE.fullmatch(_BETWEEN_DIGITS.sub("", typed)):
            raise ValidationError([PhoneInvalid()])
        return typed


class Contact(Schema):
    """Who reports or follows; kept only with consent, and never shown to agencies."""

    name = Text(allow_none=True)
    phone = Phone(allow_none=True)
    email = fields.Email(allow_none=True, validate=Length(max=200))
    consent = Flag(load_default=False)


class FilingSchema(Schema):
    """A new report. ``location`` or ``area``, and ``description`` or photos, are required."""

    category = Text(60, allow_none=True, load_default=None)
    location = fields.Nested(Point, allow_none=True, load_default=None)
    area = Text(20, allow_none=True, load_default=None)
    address = Text(300, blank=True, allow_none=True, load_default="")
    description = Text(LONG, blank=True, allow_none=True, load_default="")
    channel = Choice(Channel, load_default=Channel.WEB.value)
    reporter = fields.Nested(Contact, allow_none=True, load_default=None)
    answers = fields.Dict(
        keys=Text(60),
        values=fields.Raw(),
        load_default=dict,
        validate=Length(max=ANSWERS_MAX),
    )
    uploads = fields.List(
        fields.UUID(),
        load_default=list,
        validate=Length(max=50),
        metadata={"description": "Photos that were sent to /uploads; each belongs to one report"},
    )


class NoteSchema(Schema):
    """A word with the act; may be empty."""

    note = Text(LONG, blank=True, load_default="")


class NoteRequired(Schema):
    """A note for colleagues."""

    note = Text(LONG, required=True)


class ReasonSchema(Schema):
    """Why; people read it."""

    reason = Text(LONG, required=True)
    note = Text(LONG, blank=True, load_default="")

    @post_load
    def _one_text(self, given: dict[str, str], **_: Any) -> str:
        return "\n".join(part for part in (given["reason"], given["note"]) if part)


class AssignmentRequest(Schema):
    """To which agency, and to which of its officers (by e-mail address)."""

    agency = Text(60, required=True)
    officer = Text(200, load_default=None, allow_none=True)
    reason = Text(LONG, blank=True, load_default="")
    note = Text(LONG, blank=True, load_default="")


class QuestionToReporter(Schema):
    """A question to the reporter."""

    question = Text(LONG)
    note = Text(LONG)

    @post_load
    def _one_text(self, given: dict[str, str], **_: Any) -> str:
        asked = "\n".join(given[part] for part in ("question", "note") if part in given)
        if not asked:
            raise ValidationError(MISSING, "question")
        return asked


class ExtensionRequest(Schema):
    """How much more time, and why."""

    amount = Count(1, 1000, required=True)
    unit = Choice(Unit, load_default=Unit.WORKING_DAYS.value)
    reason = Text(LONG, required=True)
    note = Text(LONG, blank=True, load_default="")


class ExtensionDecision(Schema):
    """Granted or not."""

    approved = Flag(load_default=True)
    note = Text(LONG, blank=True, load_default="")


class ResolutionRequest(Schema):
    """A result. ``planned_for`` goes with the kind ``planned``."""

    kind = Choice(ResolutionKind, required=True)
    note = Text(LONG, required=True)
    planned_for = fields.Date(load_default=None, allow_none=True)


class ReferralRequest(Schema):
    """Where it belongs; ``restricted`` for what is by law a complaint or denunciation."""

    to = Text(required=True)
    reason = Text(LONG, required=True)
    restricted = Flag(load_default=False)
    note = Text(LONG, blank=True, load_default="")


class MergeRequest(Schema):
    """The code of the open report that this one is a duplicate of."""

    into = Text(40, required=True)
    note = Text(LONG, blank=True, load_default="")


class ClassificationRequest(Schema):
    """What it is about, where, and how urgent."""

    category = Text(60)
    location = fields.Nested(Point)
    priority = Choice(Priority)
    note = Text(LONG, blank=True, load_default="")


class ModerationRequest(Schema):
    """What the public sees no longer, or again, and why."""

    hide_text = Flag()
    public_text = Text(LONG, blank=True)
    hide_photo = Text(36)
    show_photo = Text(36)
    reason = Text(LONG, required=True)
    note = Text(LONG, blank=True, load_default="")


class ReplySchema(Schema):
    """An answer to the agency's question."""

    text = Text(LONG, required=True)


class FeedbackSchema(Schema):
    """Was it fixed? 1 is bad, 5 is good."""

    rating = Count(1, 5, load_default=None, allow_none=True)
    fixed = Flag(required=True)
    comment = Text(LONG, blank=True, load_default="")


class CorrectionSchema(Schema):
    """What is to be said better."""

    description = Text(LONG)
    address = Text(300, blank=True)
    location = fields.Nested(Point)
    reporter = fields.Nested(Contact)


class LookQuery(Schema):
    """Why an operator looks at a reporter's data."""

    why = Choice(Why, load_default=None)


class FollowerRequest(Schema):
    """A contact for notices; none: only counted."""

    reporter = fields.Nested(Contact, allow_none=True, load_default=None)


class BulkRequest(Schema):
    """One act on several reports; ``etags`` by code where the versions matter."""

    action = Choice(("acknowledge", "assign", "note", "resolve"), required=True)
    codes = fields.List(Text(40), required=True, validate=Length(min=1, max=100))
    etags = fields.Dict(keys=Text(40), values=Text(60), load_default=dict)
    note = Text(LONG, blank=True, load_default="")
    agency = Text(60)
    officer = Text(200, allow_none=True)
    kind = Choice(ResolutionKind)
    planned_for = fields.Date(allow_none=True)

    @validates_schema
    def _complete(self, given: dict[str, Any], **_: Any) -> None:
        """What the act itself requires, it requires here too."""
        for name in BULK_NEEDS.get(given["action"], ()):
            if not given.get(name):
                raise ValidationError(MISSING, name)


class NearbyQuery(Schema):
    """Where to look for possible duplicates."""

    lat = Number(-90, 90, as_text=True, required=True)
    lon = Number(-180, 180, as_text=True, required=True)
    category = Text(60, load_default=None)
    radius_m = Number(1, RADIUS_MAX_M, as_text=True, load_default=None)


class StatusList(fields.String):
    """One status or several, with commas; ``open`` is every status of work still to be done."""

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> Any:
        choice = Choice([OPEN_ALL, *Status])
        named = [choice.deserialize(part.strip(), attr) for part in str(value).split(",")]
        return sorted({*named} - {OPEN_ALL} | ({*OPEN} if OPEN_ALL in named else set()))


class ReportQuery(PageQuery):
    """Filters of the public list; ``created_to`` is not included."""

    status = StatusList(load_default=None)
    category = Text(60, load_default=None)
    agency = Text(60, load_default=None)
    area = Text(20, load_default=None)
    bbox = Text(120, load_default=None, metadata={"description": "west,south,east,north"})
    q = Text(200, load_default=None)
    created_from = Moment(load_default=None)
    created_to = Moment(load_default=None)
    sort = Choice(Sort, load_default=Sort.NEWEST.value)


class QueueQuery(PageQuery):
    """Which part of the queue."""

    state = Choice(QueueState, load_default=None)
