"""Effects that were given up, in JSON."""

from __future__ import annotations

from typing import Any

from marshmallow import fields

from reports_service.core.auth import current_language
from reports_service.core.outbox import KIND_LONGEST
from reports_service.core.schemas import Length, Moment, PageQuery, Schema, Text
from reports_service.dead_letters.service import Letter


class LettersQuery(PageQuery):
    """Which of them: of one kind, or all."""

    kind = Text(load_default=None, validate=Length(max=KIND_LONGEST))


class RetryRequest(Schema):
    """Which are to be tried again: all, or those of one kind."""

    kind = Text(load_default=None, allow_none=True, validate=Length(max=KIND_LONGEST))


class LetterSchema(Schema):
    """One of them. ``purpose`` is a sentence in the reader's language; ``error`` names nobody."""

    id = fields.Integer()
    kind = fields.String()
    purpose = fields.Function(lambda letter: _purpose(letter), metadata={"type": "string"})
    report = fields.String(attribute="about.report", allow_none=True)
    attempts = fields.Integer()
    error = fields.String()
    written_at = Moment()
    given_up_at = Moment(attribute="dead_at")


class RetriedSchema(Schema):
    """How many are tried again."""

    retried = fields.Integer()


def _purpose(letter: Letter) -> Any:
    return letter.about.in_words(current_language())
