"""The changes of reports in an order that another system can follow without missing one: that of
their places (``reports.changes``).
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from reports_service.core import clock
from reports_service.core.db import db
from reports_service.core.pages import CursorInvalid
from reports_service.domain.errors import Conflict
from reports_service.exports import state
from reports_service.reports import changes
from reports_service.reports.models import Change, Event

CHECKED = 12  # hex digits of the event's hash, in the cursor
_CURSOR = re.compile(r"(0|[1-9][0-9]{0,17})\.([0-9a-f]*)", re.ASCII)


class CursorElsewhere(Conflict):
    """The cursor is of another history: the database was put back, or is another one."""

    code = "changes_cursor_elsewhere"


@dataclass(frozen=True)
class Changes:
    """Some changes, and where to go on; ``more`` of them are there already."""

    items: Sequence[dict[str, Any]]
    next_cursor: str
    as_of: datetime
    more: bool


def read(since: str | None, limit: int) -> Changes:
    """The changes after the cursor ``since`` (None: from the first), in their order.

    A report's state is the present one: whoever applies the changes in order ends up with it.
    What became restricted is told as removed, once; what always was is not told. Raises
    ``CursorInvalid``, ``CursorElsewhere``.
    """
    as_of = clock.now()
    after = _checked(since) if since else 0
    found = db.session.execute(state.query(after, limit + 1)).all()
    shown = found[:limit]
    hidden_by = state.hidden_by(shown)
    told = (state.told(row, hidden_by.get(row.report_id)) for row in shown)
    return Changes(
        items=[item for item in told if item is not None],
        next_cursor=_written(shown[-1].number, shown[-1].hash) if shown else since or _encoded(0),
        as_of=as_of,
        more=len(found) > limit or changes.any_waiting(),
    )


def _checked(cursor: str) -> int:
    """The place that a cursor names, if this history is the one that it was given out by."""
    number, mark = _parts(cursor)
    if number == 0:
        return 0
    kept = db.session.scalar(
        select(Event.hash).join(Change, Change.event_id == Event.id).where(Change.number == number)
    )
    if kept is None or kept.hex()[:CHECKED] != mark:
        raise CursorElsewhere()
    return number


def _parts(cursor: str) -> tuple[int, str]:
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        said = base64.b64decode(padded, altchars=b"-_", validate=True).decode("ascii")
    except (binascii.Error, ValueError) as wrong:
        raise CursorInvalid(field="since") from wrong
    written = _CURSOR.fullmatch(said)
    if written is None:
        raise CursorInvalid(field="since")
    return int(written[1]), written[2]


def _written(number: int, event_hash: bytes) -> str:
    return _encoded(number, event_hash.hex()[:CHECKED])


def _encoded(number: int, mark: str = "") -> str:
    return base64.urlsafe_b64encode(f"{number}.{mark}".encode()).decode().rstrip("=")
