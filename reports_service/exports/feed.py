"""The changes of reports in an order that another system can follow without missing one.

Ids and times of events are given before their commit, and a process draws ids long before it uses
them: whoever asks for "id greater than the last one I saw" loses the event that was committed
later with a smaller id. So an event gets its place among the changes only when its commit is seen:
a trigger lets it wait, in its own transaction, and ``place_waiting`` gives places to what waits,
one process at a time. Places grow without an end, are never altered, and mean the same after the
database was dumped and restored or a transaction hung for a day.

Events that are older than the trigger get the first places, some with each reading, before any
that waits gets one.
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, delete, func, insert, select, text

from reports_service.core import clock
from reports_service.core.db import db
from reports_service.core.pages import CursorInvalid
from reports_service.domain.errors import Conflict
from reports_service.exports import state
from reports_service.exports.models import Change, OldEvents, WaitingChange
from reports_service.reports.models import Event

PLACED_AT_ONCE = 5000
CHECKED = 12  # hex digits of the event's hash, in the cursor
_CURSOR = re.compile(r"(0|[1-9][0-9]{0,17})\.([0-9a-f]*)", re.ASCII)

_TRIGGER_SQLITE = """
SELECT 1 FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'events' AND name = 'events_wait'
"""
_TRIGGER_POSTGRESQL = """
SELECT 1 FROM pg_trigger
WHERE tgrelid = 'events'::regclass AND tgname = 'events_wait' AND tgenabled IN ('O', 'A')
"""


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


def any_waiting() -> bool:
    """Whether an event was committed that has no place yet."""
    waits, old = select(WaitingChange.event_id).exists(), select(OldEvents.id).exists()
    return bool(db.session.scalar(select(waits | old)))


def place_waiting(at_once: int = PLACED_AT_ONCE) -> None:
    """Give places to events that have none, at most ``at_once``, in the caller's unit of work.

    Nobody else does meanwhile: whoever reads a place has seen all before it.
    """
    if db.session.connection().dialect.name == "postgresql":  # on SQLite nobody writes but us
        db.session.execute(text("LOCK TABLE changes IN SHARE ROW EXCLUSIVE MODE"))
    before = db.session.scalar(select(func.coalesce(func.max(Change.number), 0))) or 0
    old = db.session.get(OldEvents, 1, populate_existing=True)
    if old is not None:
        _place_old(old, before, at_once)
        return
    _place(select(WaitingChange.event_id.label("id")), before, at_once)
    placed = select(Change.event_id).where(Change.number > before)
    db.session.execute(
        delete(WaitingChange)
        .where(WaitingChange.event_id.in_(placed))
        .execution_options(synchronize_session=False)
    )


def _place_old(old: OldEvents, before: int, at_once: int) -> None:
    """Some more of the old events; what waits although its id is among theirs is left to wait."""
    waits = select(WaitingChange.event_id).where(WaitingChange.event_id == Event.id).exists()
    ids = select(Event.id).where(Event.id > old.after, Event.id <= old.up_to, ~waits)
    _place(ids, before, at_once)
    places = select(func.count(), func.max(Change.event_id)).where(Change.number > before)
    placed, last = db.session.execute(places).one()
    if placed < at_once:
        db.session.delete(old)
    else:
        old.after = last
    db.session.flush()


def _place(ids: Select[Any], before: int, at_once: int) -> None:
    """The places after ``before`` for the smallest of these ids (a column ``id``)."""
    first = ids.order_by("id").limit(at_once).subquery()
    place = before + func.row_number().over(order_by=first.c.id)
    in_order = select(place, first.c.id).order_by(first.c.id)
    db.session.execute(insert(Change).from_select(["number", "event_id"], in_order))


def notes_events() -> bool:
    """Whether the trigger lets events wait; without it changes are lost to the feed."""
    postgresql = db.session.connection().dialect.name == "postgresql"
    return db.session.scalar(text(_TRIGGER_POSTGRESQL if postgresql else _TRIGGER_SQLITE)) == 1


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
        more=len(found) > limit or any_waiting(),
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
