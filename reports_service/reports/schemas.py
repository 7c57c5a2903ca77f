"""Reports in JSON: what the interface answers."""

from __future__ import annotations

from marshmallow import fields

from reports_service.agencies.schemas import AgencyRef
from reports_service.areas.schemas import AreaRef, Point
from reports_service.categories.schemas import CategoryRef
from reports_service.core.schemas import (
    Moment,
    Number,
    Schema,
    page_of,
)
from reports_service.reports.nearby import RADIUS_MAX_M


class PictureSuggestion(Schema):
    """What a picture says of itself; only the reporter and staff see it."""

    location = fields.Nested(Point, allow_none=True)
    taken_at = Moment(allow_none=True)
    area = fields.Nested(AreaRef, allow_none=True)
    outside = fields.Boolean(allow_none=True)


class PhotoSchema(Schema):
    """A picture of a report: its state, why it was rejected, where its derived forms are."""

    id = fields.String()
    role = fields.String()
    state = fields.String()
    reason = fields.String(allow_none=True)
    reason_code = fields.String(allow_none=True)
    width = fields.Integer(allow_none=True)
    height = fields.Integer(allow_none=True)
    urls = fields.Dict(keys=fields.String(), values=fields.String())
    suggestion = fields.Nested(PictureSuggestion, allow_none=True)
    hidden_reason = fields.String(allow_none=True)


class TimelineEntry(Schema):
    """One thing that happened; the internal view holds its facts too."""

    kind = fields.String()
    title = fields.String()
    at = Moment()
    by = fields.String()
    status = fields.String(allow_none=True)
    agency = fields.Nested(AgencyRef, allow_none=True)
    text = fields.String(allow_none=True)
    photos = fields.List(fields.String())
    seq = fields.Integer()
    internal = fields.Boolean()
    account_id = fields.Integer(allow_none=True)
    agency_id = fields.Integer(allow_none=True)
    facts = fields.Dict()


class AnswerSchema(Schema):
    """An extra question and what was answered."""

    code = fields.String()
    label = fields.String()
    value = fields.Raw()


class ResolutionSchema(Schema):
    """The result that stands."""

    kind = fields.String()
    kind_name = fields.String()
    at = Moment()
    planned_for = fields.Date(allow_none=True)


class AssignmentSchema(Schema):
    """One agency holding the report, as staff see it."""

    number = fields.Integer()
    agency = fields.Nested(AgencyRef)
    officer = fields.String(allow_none=True)
    opened_at = Moment()
    acknowledge_by = Moment(allow_none=True)
    acknowledged_at = Moment(allow_none=True)
    resolve_by = Moment(allow_none=True)
    own_resolve_by = Moment(allow_none=True)
    resolved_at = Moment(allow_none=True)
    outcome = fields.String(allow_none=True)
    paused_at = Moment(allow_none=True)
    extensions_granted = fields.Integer()
    because = fields.String()
    policy = fields.String()


class Inside(Schema):
    """What only staff see."""

    assignments = fields.List(fields.Nested(AssignmentSchema))
    restricted = fields.Boolean()
    questions_asked = fields.Integer()
    anonymous = fields.Boolean()
    text_hidden_reason = fields.String(allow_none=True)
    filed_location = fields.Nested(Point)
    may_see_identity = fields.Boolean()
    history_holds = fields.Boolean()


class ReportSummary(Schema):
    """A report as a list shows it."""

    code = fields.String()
    status = fields.String()
    status_name = fields.String()
    category = fields.Nested(CategoryRef, allow_none=True)
    suggested_category = fields.Nested(CategoryRef, allow_none=True)
    area = fields.Nested(AreaRef, allow_none=True)
    agency = fields.Nested(AgencyRef)
    location = fields.Nested(Point, allow_none=True)
    place_fit = fields.String()
    description = fields.String()
    text_hidden = fields.Boolean()
    promised_by = Moment()
    created_at = Moment()
    updated_at = Moment()
    resolved_at = Moment(allow_none=True)
    photos = fields.List(fields.Nested(PhotoSchema))


class TokenSchema(Schema):
    """A report's new tracking token. No other answer shows it."""

    code = fields.String()
    tracking_token = fields.String()


class ReportSchema(ReportSummary):
    """A whole report; ``tracking_token`` only in the answer to its filing, ``inside`` for staff."""

    tracking_token = fields.String()
    address = fields.String(allow_none=True)
    answers = fields.List(fields.Nested(AnswerSchema))
    priority = fields.String()
    channel = fields.String()
    expected_by = Moment(allow_none=True)
    resolution = fields.Nested(ResolutionSchema, allow_none=True)
    duplicate_of = fields.String(allow_none=True)
    recurrence_of = fields.String(allow_none=True)
    recurrence_number = fields.Integer()
    followers = fields.Integer()
    reply_by = Moment(allow_none=True)
    reopens_until = Moment(allow_none=True)
    timeline = fields.List(fields.Nested(TimelineEntry))
    actions = fields.List(fields.String())
    etag = fields.String()
    inside = fields.Nested(Inside)


class NearSchema(ReportSummary):
    """A possible duplicate and how far away it is."""

    distance_m = Number(0, RADIUS_MAX_M)


class QueuedSchema(ReportSummary):
    """A report in an agency's queue."""

    priority = fields.String()
    assignment = fields.Nested(AssignmentSchema)
    overdue = fields.Boolean()
    etag = fields.String()


class FollowerCount(Schema):
    """How many follow a report."""

    followers = fields.Integer()


class IdentitySchema(Schema):
    """A reporter's own data."""

    name = fields.String(allow_none=True)
    phone = fields.String(allow_none=True)
    email = fields.String(allow_none=True)
    language = fields.String()


class BulkAnswer(Schema):
    """What became of one of the reports."""

    code = fields.String()
    done = fields.Boolean()
    status = fields.String(allow_none=True)
    etag = fields.String(allow_none=True)
    problem = fields.Dict(allow_none=True)


class BulkAnswers(Schema):
    """One answer per report."""

    items = fields.List(fields.Nested(BulkAnswer))


ReportPage = page_of(ReportSummary)
QueuePage = page_of(QueuedSchema)
