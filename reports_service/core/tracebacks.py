"""Errors as they are logged: what kind, where, and nothing that anybody typed.

The message of an error often quotes what it is about: a database repeats the whole row that it
refused. So only messages that are about our code or the machine are kept; of all others the kind
and the lines of code are enough to find what happened.
"""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from types import TracebackType
from typing import Final

from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from reports_service.domain.errors import Refusal

# Their messages name modules, attributes, numbers of the system. A database's own never do.
ABOUT_CODE: Final = (
    AttributeError,
    ImportError,
    MemoryError,
    NameError,
    NotImplementedError,
    RecursionError,
    RedisError,
)
ExcInfo = tuple[type[BaseException], BaseException, TracebackType | None]


def said(exc_info: ExcInfo) -> str:
    """The traceback, of the first cause first, as Python writes it but for messages."""
    return "\n".join(_lines(exc_info[1], set()))


def _lines(error: BaseException, seen: set[int]) -> Iterator[str]:
    seen.add(id(error))
    before = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if before is not None and id(before) not in seen:
        yield from _lines(before, seen)
        yield "which led to:"
    for frame in traceback.extract_tb(error.__traceback__):
        yield f'  File "{frame.filename}", line {frame.lineno}, in {frame.name}: {frame.line}'
    kind = type(error)
    yield f"{kind.__module__}.{kind.__qualname__}{_message(error)}"
    if isinstance(error, BaseExceptionGroup):
        for one in error.exceptions:
            yield from _lines(one, seen)


def _message(error: BaseException) -> str:
    if isinstance(error, Refusal):
        return f": {error.code}"
    if isinstance(error, OSError) and error.errno is not None:
        return f": {error.strerror}"
    if isinstance(error, SQLAlchemyError):
        state = getattr(getattr(error, "orig", None), "sqlstate", None)
        return f": SQLSTATE {state}" if state else ""
    return f": {error}" if isinstance(error, ABOUT_CODE) else ""
