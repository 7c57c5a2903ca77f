"""Waking the workers through Redis. Nothing depends on it: a sweep finds what was not woken."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from flask import Flask, current_app
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry
from rq import Queue

from reports_service.core import outbox
from reports_service.core.db import db, when_durable

QUEUE = "effects"
WORK_OUTBOX = "workers.jobs.work_outbox"  # by name: the service imports no worker
WAKE = "reports:wake"  # stands from the wish to be woken until a worker begins
WAKE_LOST_S = 20  # then the wish is taken for lost: the worker died that had it in hand
CONNECT_TIMEOUT_S = 0.02
ANSWER_TIMEOUT_S = 0.03  # with the one above: a request waits for Redis 50 ms at most
PROBE_TIMEOUT_S = 1.0
PAUSE_S = 1.0  # after a failure nobody tries again for so long
JOB_TIMEOUT_S = 300
log = logging.getLogger(__name__)
Answer = TypeVar("Answer")


@dataclass
class Waker:
    """Asks for a worker, once for many effects: jobs that find nothing to do cost more than they
    bring. A server that does not answer costs one wait a second, not one a request.
    """

    connection: Redis | None
    quiet_until: float = 0.0

    def wake(self) -> None:
        """Enqueue one look into the outbox, unless one is waiting already. Failure is ignored."""
        self.ask(_enqueue_one_look, "workers were not woken, the sweep will")

    def ask(self, what: Callable[[Redis], Answer], otherwise: str) -> Answer | None:
        """What the server answers; None, and ``otherwise`` in the log, while it is away."""
        if self.connection is None or time.monotonic() < self.quiet_until:
            return None
        try:
            return what(self.connection)
        except RedisError as away:
            self.quiet_until = time.monotonic() + PAUSE_S
            log.warning("%s: %s", otherwise, away)
            return None


def _enqueue_one_look(connection: Redis) -> None:
    if connection.set(WAKE, 1, nx=True, ex=WAKE_LOST_S):
        Queue(QUEUE, connection=connection).enqueue(
            WORK_OUTBOX, job_timeout=JOB_TIMEOUT_S, result_ttl=0, failure_ttl=3600
        )


def init_queue(app: Flask) -> None:
    """Keep two connections: one that gives up at once, for requests, and one to probe with."""
    url = app.config["REDIS_URL"]
    app.extensions["waker"] = Waker(
        _connection(url, CONNECT_TIMEOUT_S, ANSWER_TIMEOUT_S) if url else None
    )
    app.extensions["queue_probe"] = (
        _connection(url, PROBE_TIMEOUT_S, PROBE_TIMEOUT_S) if url else None
    )


def _connection(url: str, connect_s: float, answer_s: float) -> Redis:
    return Redis.from_url(
        url,
        socket_connect_timeout=connect_s,
        socket_timeout=answer_s,
        retry=Retry(NoBackoff(), 0),
        protocol=2,  # the newer one begins with a greeting: one wait more
    )


def reachable() -> bool:
    """Whether the queue server answers now."""
    connection: Redis | None = current_app.extensions["queue_probe"]
    try:
        return connection is not None and bool(connection.ping())
    except RedisError:
        return False


def wake_workers() -> None:
    """Ask a worker to look into the outbox now. Failure costs a few seconds, so it is ignored."""
    waker: Waker = current_app.extensions["waker"]
    waker.wake()


def begun() -> None:
    """A worker looks into the outbox from now on: what is written later needs a new wake."""
    connection: Redis | None = current_app.extensions["queue_probe"]
    if connection is None:
        return
    try:
        connection.delete(WAKE)
    except RedisError as away:
        log.warning("the wake could not be taken down; it ends by itself: %s", away)


@when_durable
def _wake_for_effects() -> None:
    if db.session().info.pop(outbox.WRITTEN, False):
        wake_workers()
