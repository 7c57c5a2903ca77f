"""Codes of other things that the body of a request names."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from reports_service.domain.errors import AsSent, Invalid, NotFound

Thing = TypeVar("Thing")


class CodeUnknown(Invalid):
    """The body names what does not exist, or what has ended."""

    code = "code_unknown"


def named(find: Callable[[str], Thing], code: str, *, field: str) -> Thing:
    """What ``find`` has under ``code``, which stood in ``field`` of a body.

    An unknown code in the address is not found (404); in a body it is the body that is wrong.
    Raises ``CodeUnknown``.
    """
    try:
        return find(code)
    except NotFound as unknown:
        raise CodeUnknown(field=field, value=AsSent(code[:60])) from unknown
