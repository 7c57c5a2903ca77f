"""One commit, all or nothing; moments aware on both engines."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta, timezone

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError, StatementError

from reports_service.core import outbox
from reports_service.core.db import db, transact, unit_of_work
from reports_service.core.outbox import Effect
from reports_service.core.reference import Revision
from reports_service.domain.errors import NotAllowed

NOON = datetime(2026, 3, 9, 12, 0, 0, 123456, tzinfo=UTC)


class Broken(Exception):
    """What a test raises in the middle."""


def count() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(Revision)) or 0


def test_all_changes_of_a_unit_of_work_are_durable_together(live_database: Flask) -> None:
    with unit_of_work():
        db.session.add(Revision(kind="a", number=1))
        with unit_of_work():
            db.session.add(Revision(kind="b", number=1))
    assert count() == 2


def test_none_is_when_something_goes_wrong(live_database: Flask) -> None:
    def go_wrong() -> None:
        with unit_of_work():
            with unit_of_work():
                db.session.add(Revision(kind="a", number=1))
                db.session.flush()
            raise Broken

    with pytest.raises(Broken):
        go_wrong()
    assert count() == 0
    with unit_of_work():  # and the turn to write was given back
        db.session.add(Revision(kind="a", number=1))
    assert count() == 1


def write_seven() -> int:
    db.session.add(Revision(kind="a", number=7))
    return 7


def look_or_write_seven() -> int:
    there = db.session.get(Revision, "a")
    return there.number if there is not None else write_seven()


def test_a_table_that_is_not_there_is_a_fault_and_no_database_that_is_away(
    live_database: Flask,
) -> None:
    """Else an effect that meets it would wait for ever, and a person be told to try again soon."""
    with pytest.raises(DBAPIError), unit_of_work():
        db.session.execute(text("SELECT * FROM nowhere"))


def test_what_a_unique_key_refuses_is_looked_for(live_database: Flask) -> None:
    assert transact(write_seven, again=look_or_write_seven) == 7
    assert transact(write_seven, again=look_or_write_seven) == 7
    assert count() == 1


def test_what_was_done_once_is_found_when_it_would_be_refused_now(live_database: Flask) -> None:
    def refuse() -> int:
        db.session.add(Revision(kind="b", number=1))
        raise NotAllowed()

    assert transact(refuse, again=look_or_write_seven) == 7
    assert count() == 1


def test_writers_of_several_threads_lose_nothing(live_database: Flask) -> None:
    def write(number: int) -> None:
        with live_database.app_context():
            for step in range(10):
                with unit_of_work():
                    db.session.add(Revision(kind=f"{number}-{step}", number=1))

    threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert count() == 40


@pytest.mark.parametrize(
    "moment", [NOON, NOON.astimezone(timezone(timedelta(hours=7))), NOON.replace(microsecond=0)]
)
def test_a_moment_comes_back_aware_in_utc_to_the_microsecond(app: Flask, moment: datetime) -> None:
    with unit_of_work():
        effect = outbox.put("never", {}, due_at=moment)
    db.session.expire_all()
    kept = db.session.get_one(Effect, effect.id).due_at
    assert kept == moment
    assert kept.utcoffset() == timedelta(0)


def test_a_moment_without_time_zone_is_refused(app: Flask) -> None:
    outbox.put("never", {}, due_at=NOON).due_at = NOON.replace(tzinfo=None)
    with pytest.raises(StatementError):
        db.session.flush()
