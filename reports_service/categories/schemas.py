"""Categories in JSON."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from reports_service.categories.answers import QuestionKind
from reports_service.categories.models import Priority, Visibility
from reports_service.core import words
from reports_service.core.auth import current_language
from reports_service.core.schemas import (
    LONG,
    Choice,
    Count,
    Flag,
    Length,
    Moment,
    Name,
    Names,
    Number,
    Schema,
    Text,
)

QUESTIONS_MAX = 20
RADIUS_MAX_M = 5000


class OptionSchema(Schema):
    """One possible answer, in the reader's language."""

    code = fields.String()
    name = fields.Function(lambda option: words.named(option, current_language()))


class QuestionSchema(Schema):
    """An extra question, in the reader's language."""

    code = fields.String()
    kind = fields.String()
    label = Name()
    required = fields.Boolean()
    options = fields.List(fields.Nested(OptionSchema))


class CategoryRef(Schema):
    """A category as it stands in other answers."""

    code = fields.String()
    name = Name(attribute="names")


class CategorySchema(CategoryRef):
    """A category as whoever files sees it."""

    description = Name(attribute="descriptions")
    parent = fields.String(allow_none=True)
    priority = fields.String()
    visibility = fields.String()
    after_photo = fields.Boolean()
    duplicate_radius_m = fields.Integer()
    questions = fields.List(fields.Nested(QuestionSchema))


class CategoryQuery(Schema):
    """A search in names and keywords; accents do not matter."""

    q = Text(100, load_default=None)


class CategoryList(Schema):
    """All categories at once: there are some dozens."""

    items = fields.List(fields.Nested(CategorySchema))
    next_cursor = fields.String(allow_none=True)


class SuggestionRequest(Schema):
    """What somebody typed, and where they stand."""

    text = Text(LONG, required=True)
    lat = Number(-90, 90, load_default=None, allow_none=True)
    lon = Number(-180, 180, load_default=None, allow_none=True)


class SuggestionSchema(Schema):
    """A category that may be meant."""

    category = fields.Nested(CategoryRef)
    score = fields.Float()
    matched = fields.List(fields.String())


class SuggestionList(Schema):
    """Suggestions, best first."""

    items = fields.List(fields.Nested(SuggestionSchema))


class OptionAdmin(Schema):
    """One possible answer in both languages."""

    code = Text(60, required=True)
    vi = Text(required=True)
    en = Text(required=True)


class QuestionAdmin(Schema):
    """An extra question in both languages."""

    code = Text(60, required=True)
    kind = Choice(QuestionKind, required=True)
    label = fields.Nested(Names, required=True)
    required = Flag(load_default=False)
    options = fields.List(fields.Nested(OptionAdmin), load_default=list)


class CategoryChange(Schema):
    """What can be changed of a category."""

    names = fields.Nested(Names)
    descriptions = fields.Nested(Names)
    parent = Text(60, allow_none=True)
    keywords = fields.List(Text(100), validate=Length(max=100))
    questions = fields.List(fields.Nested(QuestionAdmin), validate=Length(max=QUESTIONS_MAX))
    visibility = Choice(Visibility)
    priority = Choice(Priority)
    location_precision_m = Count(0, RADIUS_MAX_M)
    duplicate_radius_m = Count(0, RADIUS_MAX_M)
    after_photo = Flag()
    retention_days = Count(1, 36500)
    position = Count(0, 100000)


class CategoryNew(CategoryChange):
    """A new category."""

    code = Text(60, required=True)
    names = fields.Nested(Names, required=True)
    descriptions = fields.Nested(Names, required=True)
    keywords = fields.List(Text(100), load_default=list, validate=Length(max=100))
    questions = fields.List(
        fields.Nested(QuestionAdmin),
        load_default=list,
        validate=Length(max=QUESTIONS_MAX),
    )


class CategoryAdminSchema(CategoryNew):
    """A category as administrators see it."""

    parent = Text(attribute="parent.code", dump_default=None, allow_none=True)
    created_at = Moment()
    ended_at = Moment(allow_none=True)


def dump_category(facts: Any, codes: dict[int, str]) -> dict[str, Any]:
    """A category's facts with its parent's code, as ``CategorySchema`` takes them."""
    described = facts.descriptions or None
    return {**vars(facts), "parent": codes.get(facts.parent_id), "descriptions": described}
