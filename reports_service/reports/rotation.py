"""Bringing reporters' data under another key while the service runs.

A batch is a unit of work, and a row names its key, so what was broken off is gone on with. Readers
know every key meanwhile; who corrects a contact brings the row along.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from sqlalchemy import ColumnElement, func, or_, select

from reports_service.core import keys
from reports_service.core.db import db, unit_of_work
from reports_service.reports import identity, reporter_keys
from reports_service.reports.models import Reporter

BATCH = 500
Reached = Callable[[int, int], None]


@dataclass
class Rotated:
    """What a rotation did: rows brought along, the ids of those that no known key opens, whether
    a new version was begun, and how many keys of earlier secrets were kept.
    """

    rows: int = 0
    unreadable: list[int] = field(default_factory=list)
    begun: bool = False
    kept: int = 0


@dataclass(frozen=True)
class Use:
    """How many rows are under one key. ``name`` None: written before keys had names."""

    name: str | None
    rows: int
    present: bool
    known: bool


def rotate(reached: Reached, *, tokens: bool = True, batch: int = BATCH) -> Rotated:
    """Bring every row under the present key; where all are, begin a new version and do it then.

    ``reached``: rows of rows. ``tokens``: see ``keys.keep_earlier``. Call it outside of units of
    work. It may be broken off at any point and called again.
    """
    done = Rotated()
    with unit_of_work():
        if keys.secrets_known()[1:]:
            done.kept = keys.keep_earlier(tokens=tokens)
        if not _left():
            reporter_keys.begin_next()
            done.begun = True
    total, last = _left(), 0
    while (end := _bring_batch(done, last, batch)) is not None:
        last = end
        reached(min(total, done.rows + len(done.unreadable)), total)
    return done


def usage() -> list[Use]:
    """How many rows are under which key, the present one first."""
    present = reporter_keys.present().name
    known = {key.name for key in reporter_keys.all_known()}
    found = db.session.execute(
        select(Reporter.key_name, func.count()).where(_has_data()).group_by(Reporter.key_name)
    )
    uses = [Use(name, rows, name == present, name is None or name in known) for name, rows in found]
    return sorted(uses, key=lambda use: (not use.present, use.name or ""))


def _bring_batch(done: Rotated, after: int, batch: int) -> int | None:
    """Bring the next rows along; the id of the last one, or None where none was left."""
    rows = select(Reporter).where(_is_old(), Reporter.id > after).order_by(Reporter.id).limit(batch)
    with unit_of_work():
        # Locked, so that who corrects a contact at this moment does it before or after.
        found = db.session.scalars(
            rows.with_for_update(), execution_options={"populate_existing": True}
        ).all()
        for reporter in found:
            try:
                identity.rewrite(reporter)
                done.rows += 1
            except identity.Unreadable:
                done.unreadable.append(reporter.id)
        last = found[-1].id if found else None
    db.session.expunge_all()
    return last


def _left() -> int:
    return db.session.scalar(select(func.count()).select_from(Reporter).where(_is_old())) or 0


def _is_old() -> ColumnElement[bool]:
    name = reporter_keys.present().name
    return _has_data() & or_(Reporter.key_name.is_(None), Reporter.key_name != name)


def _has_data() -> ColumnElement[bool]:
    return or_(Reporter.name.is_not(None), Reporter.phone.is_not(None), Reporter.email.is_not(None))
