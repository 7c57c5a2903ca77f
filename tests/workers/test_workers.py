"""Real workers over a real queue server: whatever dies, each effect is done."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from redis import Redis
from rq import Queue
from rq import Worker as RqWorker
from sqlalchemy import func, select, update

from reports_service.core import clock, queue
from reports_service.core.db import db, unit_of_work
from reports_service.core.health import Tick
from reports_service.core.outbox import Effect
from reports_service.notifications.models import Delivery
from tests.notifications.province import Province, found_province
from tests.smtp_server import SmtpServer
from tests.workers.processes import environment, eventually, kill, running
from workers.schedule import SCHEDULE as SCHEDULED

RUN, SCHEDULE = "workers.run", "workers.schedule"
SWEEP = "workers.jobs.sweep_outbox"


@pytest.fixture
def redis(queue_server: str) -> Iterator[Redis]:
    connection = Redis.from_url(queue_server)
    connection.flushall()
    yield connection
    connection.close()


@pytest.fixture
def post() -> Iterator[SmtpServer]:
    with SmtpServer() as server:
        yield server


@pytest.fixture
def deployment(
    live_database: Flask, queue_server: str, redis: Redis, post: SmtpServer
) -> dict[str, str]:
    """The environment of workers; the test's own application wakes them."""
    live_database.config["REDIS_URL"] = queue_server
    queue.init_queue(live_database)
    return environment(live_database, queue_server, post.url)


@pytest.fixture
def province(live_database: Flask) -> Province:
    with unit_of_work():
        return found_province()


def acknowledge(province: Province) -> None:
    """Something that the reporter is told of by one mail."""
    with unit_of_work():
        db.session.add(province.report)
        province.happens("acknowledged", {"assignment": 1}, account=province.officer)


def enqueue(redis: Redis, job: str) -> None:
    Queue(queue.QUEUE, connection=redis).enqueue(job)


def left() -> int:
    """How many effects are not done yet."""
    db.session.rollback()
    waiting = select(func.count(Effect.id)).where(Effect.done_at.is_(None))
    return db.session.scalar(waiting) or 0


def unsent() -> list[Delivery]:
    db.session.rollback()
    found = select(Delivery).where(Delivery.sent_at.is_(None)).order_by(Delivery.id)
    return list(db.session.scalars(found.execution_options(populate_existing=True)))


def let_leases_run_out() -> None:
    """As if the time of a lease had gone by since the worker died."""
    with unit_of_work():
        db.session.execute(
            update(Effect)
            .where(Effect.leased_until.is_not(None))
            .values(leased_until=clock.now() - timedelta(seconds=1))
        )


def test_an_event_written_with_a_change_becomes_a_mail(
    deployment: dict[str, str], province: Province, post: SmtpServer
) -> None:
    with running(RUN, deployment):
        acknowledge(province)
        eventually(lambda: left() == 0, "all effects done")
    assert [letter["To"] for letter in post.letters] == ["hoa@demo.example"]
    assert unsent() == []


def test_when_a_worker_is_killed_at_work_another_sends_the_mail(
    deployment: dict[str, str], province: Province, post: SmtpServer, redis: Redis
) -> None:
    post.open.clear()
    with running(RUN, deployment) as first:
        acknowledge(province)
        eventually(post.visited.is_set, "the worker is in the middle of the mail")
        kill(first)
    let_leases_run_out()
    redis.flushall()
    post.open.set()
    with running(RUN, deployment):
        enqueue(redis, SWEEP)
        eventually(lambda: left() == 0, "all effects done")
    assert unsent() == []
    assert len({letter["Message-ID"] for letter in post.letters}) == 1
    sent = db.session.scalars(select(Effect).where(Effect.kind == "deliver")).one()
    assert (sent.fence, sent.attempts) == (2, 2)


def test_an_emptied_queue_loses_nothing(
    deployment: dict[str, str], province: Province, post: SmtpServer, redis: Redis
) -> None:
    acknowledge(province)
    redis.flushall()
    with running(RUN, deployment):
        eventually(lambda: RqWorker.count(connection=redis) == 1, "the worker is there")
        redis.flushall()
        enqueue(redis, SWEEP)
        eventually(lambda: left() == 0, "all effects done")
    assert len(post.letters) == 1


def test_a_worker_asked_to_stop_ends_after_the_effect_it_is_at(
    deployment: dict[str, str], province: Province, post: SmtpServer
) -> None:
    post.open.clear()
    with running(RUN, deployment) as worker:
        for _ in range(3):
            acknowledge(province)
        eventually(post.visited.is_set, "the worker is in the middle of a mail")
        worker.send_signal(signal.SIGTERM)
        eventually(lambda: left() > 0, "the database answers")
        post.open.set()
        assert worker.wait(60) == 0
    assert 1 <= len(post.letters) < 3
    db.session.rollback()
    leased = select(Effect).where(Effect.done_at.is_(None), Effect.leased_until.is_not(None))
    assert db.session.scalars(leased).all() == []


def test_the_clock_starts_every_periodic_job(
    deployment: dict[str, str], province: Province
) -> None:
    expected = {periodic.job.__name__ for periodic in SCHEDULED}

    def ticks() -> set[str]:
        db.session.rollback()
        return set(db.session.scalars(select(Tick.task)))

    with running(RUN, deployment), running(SCHEDULE, deployment) as schedule:
        eventually(lambda: ticks() >= expected, "all periodic jobs ran")
        schedule.send_signal(signal.SIGTERM)
        assert schedule.wait(60) == 0
