"""A real worker, killed at work on an export, and another that goes on with it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from redis import Redis
from rq import Queue
from sqlalchemy import select, update

from reports_service.core import clock, queue
from reports_service.core.auth import SYSTEM
from reports_service.core.db import db, unit_of_work
from reports_service.core.outbox import Effect
from reports_service.exports import service
from reports_service.exports.models import Export, ExportPart
from reports_service.exports.wishes import Wish
from reports_service.reports import filing
from tests.exports.test_changes import A_LIGHT
from tests.workers.processes import environment, eventually, kill, running

MONTHS = 12
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
Clock = Callable[[datetime], None]


@pytest.fixture
def deployment(live_province: Flask, queue_server: str) -> dict[str, str]:
    """The environment of workers, with a report in each month of a year."""
    live_province.config["REDIS_URL"] = queue_server
    queue.init_queue(live_province)
    with Redis.from_url(queue_server) as redis:
        redis.flushall()
    for month in range(MONTHS):
        moment = datetime(2025, month + 1, 5, tzinfo=UTC)
        with clock.moved_to(moment), unit_of_work():
            filing.file(A_LIGHT, SYSTEM)
    with unit_of_work():
        db.session.execute(update(Effect).values(done_at=clock.now()))  # whom to tell of them
    return environment(live_province, queue_server, "")


def asked_for() -> str:
    wish = Wish.of("reports", "csv", date(2025, 1, 1), date(2025, 12, 31), clock.now(), ZONE)
    with unit_of_work():
        return service.ask(SYSTEM, wish, "80").uuid


def made(uuid: str) -> dict[int, tuple[str, datetime]]:
    """The parts that are there: digest, and when they were made."""
    db.session.rollback()
    found = db.session.execute(
        select(ExportPart.number, ExportPart.sha256, ExportPart.made_at)
        .join(Export)
        .where(Export.uuid == uuid, ExportPart.made_at.is_not(None))
    )
    return {number: (sha256, made_at) for number, sha256, made_at in found}


def let_leases_run_out() -> None:
    """As if the time of a lease had gone by since the worker died."""
    with unit_of_work():
        db.session.execute(
            update(Effect)
            .where(Effect.leased_until.is_not(None))
            .values(leased_until=clock.now() - timedelta(seconds=1))
        )


def test_another_worker_goes_on_with_what_a_killed_one_left(
    live_province: Flask, deployment: dict[str, str], queue_server: str, moved_clock: Clock
) -> None:
    moved_clock(datetime.now(UTC))  # the fixtures of this folder moved it; workers have their own
    with running("workers.run", deployment) as first:
        uuid = asked_for()
        eventually(lambda: len(made(uuid)) >= 2, "the worker is in the middle of the export")
        kill(first)
    before = made(uuid)
    assert len(before) < MONTHS
    let_leases_run_out()
    with Redis.from_url(queue_server) as redis, running("workers.run", deployment):
        redis.flushall()
        Queue(queue.QUEUE, connection=redis).enqueue("workers.jobs.sweep_outbox")
        eventually(lambda: len(made(uuid)) == MONTHS, "all parts are there")
    after = made(uuid)
    assert after.items() >= before.items()
    assert len(after) == MONTHS
    for number in after:
        part = service.finished_part(uuid, number)
        with service.opened(part, live_province.extensions["storage"]) as file:
            content = file.read()
        assert (len(content), content.count(b"\r\n")) == (part.byte_size, 2)
