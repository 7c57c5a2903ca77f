"""What every other test relies on: nothing of one test is there in the next, commits included."""

from __future__ import annotations

import threading
from datetime import UTC, datetime

import pytest
from flask import Flask
from redis import Redis
from sqlalchemy import func, select

from reports_service.core import clock
from reports_service.core.db import db, unit_of_work
from reports_service.core.health import Tick, ticked


def ticks() -> int:
    return db.session.scalar(select(func.count()).select_from(Tick)) or 0


@pytest.mark.parametrize("_time", [1, 2])
def test_what_a_test_commits_is_gone_in_the_next(_time: int) -> None:
    assert ticks() == 0
    with unit_of_work():
        ticked("sweep")
    assert ticks() == 1


def test_a_failed_unit_of_work_takes_back_its_own_changes_only() -> None:
    with unit_of_work():
        ticked("sweep")
    with pytest.raises(ZeroDivisionError), unit_of_work():
        ticked("figures")
        db.session.flush()
        _ = 1 / 0
    assert ticks() == 1


def test_a_request_sees_what_the_test_wrote_and_the_test_what_the_request_wrote(
    app: Flask, client
) -> None:
    db.session.add(Tick(task="sweep", at=clock.now()))
    before = client.get("/readyz").get_json()["parts"]["cron"]
    assert before["ready"] is True
    assert ticks() == 1


@pytest.mark.parametrize("_time", [1, 2])
def test_a_live_database_takes_commits_of_threads_and_is_fresh_each_time(
    live_database: Flask, _time: int
) -> None:
    def tick(name: str) -> None:
        with live_database.app_context(), unit_of_work():
            ticked(name)

    threads = [threading.Thread(target=tick, args=(f"task{n}",)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ticks() == 8


def test_the_clock_stands_where_it_was_moved_to(moved_clock) -> None:
    tet = datetime(2027, 2, 6, 0, 0, tzinfo=UTC)
    moved_clock(tet)
    assert clock.now() == tet
    moved_clock(tet.replace(day=7))
    assert clock.now() == tet.replace(day=7)


def test_the_clock_runs_again_after_a_test_that_moved_it() -> None:
    assert clock.now() != datetime(2027, 2, 7, 0, 0, tzinfo=UTC)


def test_the_queue_server_is_a_real_one(queue_server: str) -> None:
    with Redis.from_url(queue_server) as connection:
        assert connection.ping()
