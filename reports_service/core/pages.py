"""Cursor pagination: a page begins after the last key of the page before, never at an offset."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar

import orjson
from sqlalchemy import ColumnElement, Select, and_, or_

from reports_service.core.db import db
from reports_service.domain.errors import Invalid

LIMIT_DEFAULT = 50
LIMIT_MAX = 200
BIGGEST_KEY = 2**63
T = TypeVar("T")


class CursorInvalid(Invalid):
    """The cursor is not one that this list gave out."""

    code = "cursor_invalid"


@dataclass(frozen=True)
class Page(Generic[T]):
    """Some rows, and the cursor of the next page (None on the last one)."""

    items: Sequence[T]
    next_cursor: str | None


@dataclass(frozen=True)
class Key:
    """One column that a list is sorted by; ``of`` reads its value from a row. Must not be null."""

    column: Any
    of: Callable[[Any], Any]
    descending: bool = False


def page(query: Select[Any], keys: Sequence[Key], cursor: str | None, limit: int) -> Page[Any]:
    """The rows of ``query`` after ``cursor``, sorted by ``keys``, whose last must be unique."""
    if cursor:
        query = query.where(_after(keys, _read(cursor, keys)))
    order = [key.column.desc() if key.descending else key.column.asc() for key in keys]
    rows = db.session.scalars(query.order_by(*order).limit(limit + 1)).unique().all()
    more = len(rows) > limit
    shown = rows[:limit]
    return Page(shown, _write([key.of(shown[-1]) for key in keys]) if more else None)


def _after(keys: Sequence[Key], values: Sequence[Any]) -> ColumnElement[bool]:
    """(a, b) beyond (x, y): a beyond x, or a equal to x and b beyond y, each in its direction."""
    beyond = []
    for depth, key in enumerate(keys):
        value = values[depth]
        step = key.column < value if key.descending else key.column > value
        equal = [k.column == v for k, v in zip(keys[:depth], values, strict=False)]
        beyond.append(and_(*equal, step))
    return or_(*beyond)


def _write(values: Sequence[Any]) -> str:
    tagged = [{"t": v.isoformat()} if isinstance(v, datetime) else v for v in values]
    return base64.urlsafe_b64encode(orjson.dumps(tagged)).decode().rstrip("=")


def _read(cursor: str, keys: Sequence[Key]) -> list[Any]:
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        values = orjson.loads(base64.urlsafe_b64decode(padded))
        read = [datetime.fromisoformat(v["t"]) if isinstance(v, dict) else v for v in values]
    except (binascii.Error, ValueError, KeyError, TypeError) as wrong:
        raise CursorInvalid(field="cursor") from wrong
    if len(read) != len(keys) or not all(map(_fits, keys, read)):
        raise CursorInvalid(field="cursor")
    return read


def _fits(key: Key, value: Any) -> bool:
    """Whether a value that came from outside can be compared with the column."""
    kind = key.column.type.python_type
    if isinstance(value, datetime):
        return issubclass(kind, datetime) and value.tzinfo is not None
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return False
    if issubclass(kind, int):
        return isinstance(value, int) and abs(value) < BIGGEST_KEY
    if issubclass(kind, float):
        return not isinstance(value, str)
    return issubclass(kind, str) and isinstance(value, str) and "\x00" not in value
