"""The places of events among all changes, in an order that nobody who follows it misses one of.

Ids and times of events are given before their commit, and a process draws ids long before it uses
them: whoever asks for "id greater than the last one I saw" loses the event that was committed
later with a smaller id. So an event gets its place among the changes only when its commit is seen:
a trigger lets it wait, in its own transaction, and ``place_waiting`` gives places to what waits,
one process at a time. Places grow without an end, are never altered, and mean the same after the
database was dumped and restored or a transaction hung for a day.

Events that are older than the trigger get the first places, some with each call, before any that
waits gets one.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select, delete, func, insert, select, text

from reports_service.core.db import db, unit_of_work
from reports_service.reports.models import Change, Event, OldEvents, WaitingChange

PLACED_AT_ONCE = 5000

_TRIGGER_SQLITE = """
SELECT 1 FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'events' AND name = 'events_wait'
"""
_TRIGGER_POSTGRESQL = """
SELECT 1 FROM pg_trigger
WHERE tgrelid = 'events'::regclass AND tgname = 'events_wait' AND tgenabled IN ('O', 'A')
"""


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
    before = newest()
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


def place_all() -> None:
    """Give places to all that waits, in units of work of its own."""
    while any_waiting():
        with unit_of_work():
            place_waiting()


def newest() -> int:
    """The last place that was given; 0: none was."""
    return db.session.scalar(select(func.coalesce(func.max(Change.number), 0))) or 0


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
