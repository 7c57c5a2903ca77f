"""Columns read as somebody may have left them: what cannot be decoded comes as it is kept.

For those who look for damage: else one value that is no moment or no JSON any more ends the reading
of all the others. Only SQLite keeps such values; PostgreSQL refuses them.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Dialect, LargeBinary, cast, type_coerce
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.types import TypeDecorator

from reports_service.core.db import UtcDateTime


class Unreadable(str):
    """What stands in a column that does not decode."""

    __slots__ = ()


class _Moment(UtcDateTime):
    """A moment read as fast as can be: there are several in each row, and millions of rows."""

    cache_ok = True

    def result_processor(self, dialect: Dialect, coltype: Any) -> Any:
        """From SQLite's own text; other drivers give moments, whose zone does not matter."""
        return _moment if dialect.name == "sqlite" else None


def _moment(kept: Any) -> Any:
    if kept is None:
        return None
    try:
        return datetime.fromisoformat(f"{kept}+00:00")
    except (TypeError, ValueError):
        return Unreadable(kept)


class _Json(TypeDecorator[Any]):
    """JSON of whatever sort."""

    impl = JSON
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> Any:
        return dialect.type_descriptor(JSONB() if dialect.name == "postgresql" else JSON())

    def result_processor(self, dialect: Dialect, coltype: Any) -> Any:
        """PostgreSQL's driver gives values."""
        decode = super().result_processor(dialect, coltype)
        return decode and _decoded_by(decode)


def _decoded_by(decode: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def decoded(kept: Any) -> Any:
        if kept is None:
            return None
        try:
            return decode(kept)
        except (TypeError, ValueError):
            return Unreadable(kept)

    return decoded


def as_kept(column: Any) -> Any:
    """A column to select, under its own name."""
    match column.type:
        case UtcDateTime():
            return type_coerce(column, _Moment()).label(column.key)
        case JSON():
            return type_coerce(column, _Json()).label(column.key)
        case LargeBinary():
            return cast(column, LargeBinary).label(column.key)  # text is no reason to stop
        case _:
            return column
