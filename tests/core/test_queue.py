"""Waking the workers: once for many effects, after the commit, and without depending on it."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from redis import Redis
from rq import Queue
from sqlalchemy import select

from reports_service.core import outbox, queue
from reports_service.core.db import db, unit_of_work
from reports_service.core.health import Tick, ticked
from reports_service.core.outbox import Effect

KIND = "of-the-queue-tests"


@pytest.fixture
def redis(queue_server: str) -> Iterator[Redis]:
    connection = Redis.from_url(queue_server)
    connection.flushall()
    yield connection
    connection.close()


@pytest.fixture
def waking(live_database: Flask, queue_server: str, redis: Redis) -> Flask:
    """The application on a queue server that runs."""
    return connected(live_database, queue_server)


def connected(app: Flask, url: str) -> Flask:
    """The application, waking through the server at ``url`` from now on."""
    app.config["REDIS_URL"] = url
    queue.init_queue(app)
    return app


def write_one() -> None:
    with unit_of_work():
        outbox.put(KIND, {})


def waiting(redis: Redis) -> list[str]:
    return [job.func_name for job in Queue(queue.QUEUE, connection=redis).jobs]


def test_an_effect_wakes_a_worker(waking: Flask, redis: Redis) -> None:
    write_one()
    assert waiting(redis) == [queue.WORK_OUTBOX]


def test_many_effects_wake_one_worker(waking: Flask, redis: Redis) -> None:
    for _ in range(20):
        write_one()
    assert len(waiting(redis)) == 1


def test_an_effect_written_after_a_worker_began_wakes_another(waking: Flask, redis: Redis) -> None:
    write_one()
    queue.begun()
    write_one()
    assert len(waiting(redis)) == 2


def test_a_change_without_effects_wakes_nobody(waking: Flask, redis: Redis) -> None:
    with unit_of_work():
        ticked("something")
    assert waiting(redis) == []


def test_a_change_that_fails_wakes_nobody(waking: Flask, redis: Redis) -> None:
    with pytest.raises(RuntimeError), unit_of_work():
        outbox.put(KIND, {})
        raise RuntimeError("the change fails")
    assert waiting(redis) == []


def test_a_wake_that_was_lost_with_all_of_the_queue_is_made_again(
    waking: Flask, redis: Redis
) -> None:
    write_one()
    redis.flushall()
    queue.wake_workers()
    assert len(waiting(redis)) == 1


@contextmanager
def silent_server() -> Iterator[tuple[str, socket.socket]]:
    """A server that takes connections and never says a word."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        yield f"redis://127.0.0.1:{listening.getsockname()[1]}", listening


def visits(listening: socket.socket) -> int:
    """How often the silent server was called."""
    listening.setblocking(False)
    count = 0
    while True:
        try:
            listening.accept()[0].close()
        except BlockingIOError:
            return count
        count += 1


def test_while_the_queue_is_silent_nothing_is_lost_and_it_is_asked_once(
    live_database: Flask,
) -> None:
    with silent_server() as (url, listening):
        connected(live_database, url)
        for _ in range(20):
            write_one()
        assert visits(listening) == 1
    assert len(db.session.scalars(select(Effect).where(Effect.kind == KIND)).all()) == 20


def test_while_the_queue_is_away_effects_are_kept(live_database: Flask) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        connected(live_database, f"redis://127.0.0.1:{nobody.getsockname()[1]}")
        write_one()
        assert not queue.reachable()
    assert len(db.session.scalars(select(Effect).where(Effect.kind == KIND)).all()) == 1


def test_a_request_is_given_to_redis_for_fifty_milliseconds_at_most() -> None:
    assert queue.CONNECT_TIMEOUT_S + queue.ANSWER_TIMEOUT_S <= 0.05


def test_others_write_while_one_waits_for_redis(live_database: Flask) -> None:
    """The wake comes after the turn to write: a slow queue slows one request, not all."""
    written = threading.Event()

    def write_from_another_thread() -> None:
        with live_database.app_context(), unit_of_work():
            ticked("another")
        written.set()

    class SlowWaker(queue.Waker):
        def wake(self) -> None:
            other = threading.Thread(target=write_from_another_thread)
            other.start()
            other.join(5)

    live_database.extensions["waker"] = SlowWaker(None)
    write_one()
    assert written.is_set()
    assert db.session.get(Tick, "another") is not None
