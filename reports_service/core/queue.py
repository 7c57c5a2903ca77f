"""Waking the workers through Redis. Nothing depends on it: a sweep finds what was not woken."""

from __future__ import annotations

import logging
from typing import Any

from flask import Flask, current_app
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry
from rq import Queue
from sqlalchemy import event
from sqlalchemy.orm import Session

from reports_service.core import outbox

QUEUE = "effects"
WORK_OUTBOX = "workers.jobs.work_outbox"  # by name: the service imports no worker
WAKE_TIMEOUT_S = 0.05
JOB_TIMEOUT_S = 300
log = logging.getLogger(__name__)


def init_queue(app: Flask) -> None:
    """Keep a connection that gives up after ``WAKE_TIMEOUT_S``: a request waits no longer."""
    url = app.config["REDIS_URL"]
    app.extensions["wake_connection"] = (
        Redis.from_url(
            url,
            socket_timeout=WAKE_TIMEOUT_S,
            socket_connect_timeout=WAKE_TIMEOUT_S,
            retry=Retry(NoBackoff(), 0),
        )
        if url
        else None
    )


def reachable() -> bool:
    """Whether the queue server answers now."""
    connection = current_app.extensions["wake_connection"]
    try:
        return connection is not None and bool(connection.ping())
    except RedisError:
        return False


def wake_workers() -> None:
    """Ask a worker to look into the outbox now. Failure costs a few seconds, so it is ignored."""
    connection = current_app.extensions["wake_connection"]
    if connection is None:
        return
    try:
        Queue(QUEUE, connection=connection).enqueue(
            WORK_OUTBOX, job_timeout=JOB_TIMEOUT_S, result_ttl=0, failure_ttl=3600
        )
    except RedisError as away:
        log.warning("workers were not woken, the sweep will: %s", away)


@event.listens_for(Session, "after_commit")
def _wake_after_commit(session: Any) -> None:
    if session.info.pop(outbox.WRITTEN, False) and current_app:
        wake_workers()


@event.listens_for(Session, "after_rollback")
def _forget_after_rollback(session: Any) -> None:
    session.info.pop(outbox.WRITTEN, None)
