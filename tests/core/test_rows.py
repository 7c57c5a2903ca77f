"""Rows written without the session: numbered as the database would, whole, and once."""

from __future__ import annotations

import os
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from reports_service.core import rows
from reports_service.core.db import Model, db, unit_of_work
from reports_service.core.health import Tick
from reports_service.core.outbox import Effect, made
from reports_service.core.reference import Revision

NOON = datetime(2026, 3, 9, 5, tzinfo=UTC)


def effects(*kinds: str) -> list[Model]:
    """Effects that are not written yet."""
    return [made(kind, {"word": "Đèn đường 💡"}, NOON) for kind in kinds]


def test_rows_written_so_are_as_the_session_would_have_written_them(app: Flask) -> None:
    written = effects("first", "second")
    with unit_of_work():
        rows.number(written)
        rows.insert_all(written)
        through_session = made("third", {"word": "Đèn đường 💡"}, NOON)
        db.session.add(through_session)
    found = {row.kind: row for row in db.session.scalars(select(Effect))}
    assert len({row.id for row in found.values()}) == 3
    for kind in ("first", "second"):
        assert found[kind].payload == found["third"].payload
        assert (found[kind].due_at, found[kind].attempts) == (NOON, 0)
        assert found[kind].done_at is None


def test_rows_of_tables_without_numbers_go_together_too(app: Flask) -> None:
    with unit_of_work():
        rows.insert_all([Tick(task="sweep", at=NOON), Revision(kind="areas", number=7)])
    assert db.session.get_one(Tick, "sweep").at == NOON
    assert db.session.get_one(Revision, "areas").number == 7


def test_a_row_that_is_refused_refuses_all_in_the_sessions_own_words(
    live_database: Flask,
) -> None:
    with unit_of_work():
        db.session.add(Revision(kind="areas", number=1))
    with pytest.raises(IntegrityError), unit_of_work():
        rows.insert_all([Tick(task="sweep", at=NOON), Revision(kind="areas", number=2)])
    assert db.session.get(Tick, "sweep") is None


def test_a_forked_process_uses_none_of_its_parents_numbers(live_database: Flask) -> None:
    with unit_of_work():
        first = effects("first")
        rows.number(first)
        rows.insert_all(first)
    child = os.fork()
    if child == 0:
        os._exit(len(rows._drawn))
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0
