"""Base of the JSON schemas: unknown fields are refused by name, text is text that can be kept."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import marshmallow as ma
from marshmallow import fields, validate

from reports_service.core import words
from reports_service.core.auth import current_language
from reports_service.core.pages import LIMIT_DEFAULT, LIMIT_MAX
from reports_service.domain.errors import AsSent, Invalid

SHORT = 200
LONG = 5000
_NO_TEXT = re.compile("[\x00\ud800-\udfff]")  # null bytes, halves of surrogate pairs


class TextInvalid(Invalid):
    """The text holds characters that no text has: null bytes, halves of surrogate pairs."""

    code = "text_invalid"


class TextTooLong(Invalid):
    """The text is longer than is taken."""

    code = "text_too_long"


class TextEmpty(Invalid):
    """There is nothing in the text."""

    code = "text_empty"


class TextTooShort(Invalid):
    """The text is shorter than is taken."""

    code = "text_too_short"


class TooMany(Invalid):
    """The list holds more than is taken."""

    code = "too_many"


class TooFew(Invalid):
    """The list holds less than is needed."""

    code = "too_few"


class NotOneOf(Invalid):
    """The value is none of the few that are possible."""

    code = "not_one_of"


class OutOfRange(Invalid):
    """The number or date is smaller or larger than can be meant."""

    code = "out_of_range"


class Schema(ma.Schema):
    """Base schema: unknown fields are refused by name."""

    class Meta:
        unknown = ma.RAISE
        ordered = True


class Text(fields.String):
    """Text of 1 to ``longest`` characters, kept as it was typed; blanks around it do not count."""

    def __init__(self, longest: int = SHORT, *, blank: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.longest = longest
        self.blank = blank
        self.metadata = {**self.metadata, "maxLength": longest}
        if not blank:
            self.metadata |= {"minLength": 1, "pattern": r"\S"}

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        text: str = super()._deserialize(value, attr, data, **kwargs).strip()
        if _NO_TEXT.search(text):
            raise _refused(TextInvalid())
        if len(text) > self.longest:
            raise _refused(TextTooLong(longest=self.longest, length=len(text)))
        if not text and not self.blank:
            raise _refused(TextEmpty())
        return text


class Choice(fields.String):
    """One of a few codes; for several the refusal names them all."""

    def __init__(self, choices: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.choices = tuple(str(choice) for choice in choices)
        self.metadata = {**self.metadata, "enum": list(self.choices)}

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        if text not in self.choices:
            choices = AsSent(", ".join(self.choices))
            raise _refused(NotOneOf(value=AsSent(text[:60]), choices=choices))
        return text


class Number(fields.Float):
    """A finite number between two bounds; a query writes it as text, a body may not."""

    def __init__(
        self, lowest: float, highest: float, *, as_text: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.lowest, self.highest, self.as_text = lowest, highest, as_text
        self.metadata = {**self.metadata, "minimum": lowest, "maximum": highest}

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> float:
        if _no_number(value, self.as_text):
            raise ma.ValidationError(self.error_messages["invalid"])
        number = super()._deserialize(value, attr, data, **kwargs)
        if not math.isfinite(number) or not self.lowest <= number <= self.highest:
            raise _refused(OutOfRange(value=number, lowest=self.lowest, highest=self.highest))
        return float(number)


class Count(fields.Integer):
    """A whole number between two bounds; a query writes it as text, a body may not."""

    def __init__(self, lowest: int, highest: int, *, as_text: bool = False, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.lowest, self.highest, self.as_text = lowest, highest, as_text
        self.metadata = {**self.metadata, "minimum": lowest, "maximum": highest}

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> int:
        parted = isinstance(value, float) and not value.is_integer()
        if parted or _no_number(value, self.as_text):
            raise ma.ValidationError(self.error_messages["invalid"])
        number = super()._deserialize(value, attr, data, **kwargs)
        if not self.lowest <= number <= self.highest:
            raise _refused(OutOfRange(value=number, lowest=self.lowest, highest=self.highest))
        return int(number)


class Length(validate.Length):
    """marshmallow's bounds of a text's or list's length, refused in words of our own."""

    def __call__(self, value: Any) -> Any:
        lowest, highest = self.min or self.equal or 0, self.max or self.equal or math.inf
        is_text = isinstance(value, str)
        if len(value) < lowest:
            raise _refused(TextTooShort(shortest=lowest) if is_text else TooFew(fewest=lowest))
        if len(value) > highest:
            long = TextTooLong(longest=highest, length=len(value))
            raise _refused(long if is_text else TooMany(most=highest))
        return value


class Moment(fields.AwareDateTime):
    """An RFC 3339 moment, answered in UTC with Z. Years from 2000 to 2100 are taken."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="iso", default_timezone=UTC, **kwargs)

    def _serialize(self, value: datetime | None, attr: Any, obj: Any, **kwargs: Any) -> Any:
        return None if value is None else rfc3339(value)

    def _deserialize(self, value: Any, attr: Any, data: Any, **kwargs: Any) -> datetime:
        moment: datetime = super()._deserialize(value, attr, data, **kwargs)
        if not 2000 <= moment.year <= 2100:
            raise _refused(OutOfRange(value=value, lowest="2000", highest="2100"))
        return moment.astimezone(UTC)


class Name(fields.Field[str]):
    """A name kept by language, answered in the reader's."""

    def _serialize(self, value: Any, attr: Any, obj: Any, **kwargs: Any) -> str | None:
        return words.named(value, current_language()) if isinstance(value, Mapping) else value


class Flag(fields.Boolean):
    """Yes or no. A number is neither, though it would be read as one; forms and addresses, which
    have nothing but words, may say it by one.
    """

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bool:
        if isinstance(value, int | float) and not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        read: bool = super()._deserialize(value, attr, data, **kwargs)
        return read


class Names(Schema):
    """A name in both languages, as administrators write it."""

    vi = Text(required=True)
    en = Text(required=True)


class PageQuery(Schema):
    """``limit`` and ``cursor`` of a list."""

    limit = Count(1, LIMIT_MAX, as_text=True, load_default=LIMIT_DEFAULT)
    cursor = fields.String(load_default=None, validate=Length(max=1000))


def page_of(item: type[Schema]) -> type[ma.Schema]:
    """The schema of one page of a list: ``{"items": [...], "next_cursor": ...}``."""
    return Schema.from_dict(
        {"items": fields.List(fields.Nested(item)), "next_cursor": fields.String(allow_none=True)},
        name=f"{item.__name__}Page",
    )


def rfc3339(moment: datetime) -> str:
    """2026-12-01T10:00:00Z: to the second, or to the microsecond where there is a fraction."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def _no_number(value: Any, as_text: bool) -> bool:
    """Whether a value only looks like a number: true is none, and neither is "1" in a body."""
    return isinstance(value, bool) or (isinstance(value, str) and not as_text)


def _refused(refusal: Invalid) -> ma.ValidationError:
    """A refusal as marshmallow carries it: beside the field that it is about."""
    return ma.ValidationError([refusal])
