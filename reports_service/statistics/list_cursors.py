"""Cursors of a list behind a number: they carry the number on, so that it is counted once.

They are sealed with what was asked: nobody else's number, and none of another list, is shown.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import astuple
from typing import Final, NamedTuple

import orjson

from reports_service.agencies.models import Agency
from reports_service.core import keys
from reports_service.core.pages import CursorInvalid
from reports_service.statistics.scope import Scope

_PARTS: Final = 4


class Carried(NamedTuple):
    """How long the list is, how much of it is not shown, and the cursor of the page in it."""

    number: int
    restricted: int
    page: str


def asked(scope: Scope, code: str, agency: Agency | None) -> bytes:
    """What makes it this list and no other: the measure, whose it is, and the filters."""
    spans = [astuple(span) if span else None for span in (scope.age, scope.overdue)]
    return orjson.dumps([code, agency.code if agency else None, scope.asked, spans])


def written(carried: Carried, of: bytes) -> str:
    """The cursor; ``of``: what was ``asked``."""
    plain = f"{carried.number}.{carried.restricted}.{carried.page}"
    seal = keys.keyed_hash(keys.LIST_CURSORS, _sealed(plain, of))
    return f"{plain}.{base64.urlsafe_b64encode(seal).decode().rstrip('=')}"


def read(cursor: str, of: bytes) -> Carried:
    """What a cursor of this list carries. Raises ``CursorInvalid`` for any other."""
    plain, _, seal = cursor.rpartition(".")
    parts = plain.split(".")
    if len(parts) != _PARTS - 1 or not _holds(plain, of, seal):
        raise CursorInvalid(field="cursor")
    return Carried(int(parts[0]), int(parts[1]), parts[2])


def _holds(plain: str, of: bytes, seal: str) -> bool:
    try:
        given = base64.urlsafe_b64decode(seal + "=" * (-len(seal) % 4))
    except (binascii.Error, ValueError):
        return False
    return keys.holds(keys.LIST_CURSORS, _sealed(plain, of), given)


def _sealed(plain: str, of: bytes) -> bytes:
    return plain.encode() + b"\n" + of
