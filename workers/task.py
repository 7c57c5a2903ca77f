"""What every job has around its few lines: the application, a log id, a wish to stop."""

from __future__ import annotations

import logging
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, wraps
from typing import Any

import structlog
from flask import Flask, has_app_context
from rq import get_current_job

from reports_service import create_app
from reports_service.core.db import unit_of_work
from reports_service.core.health import ticked
from reports_service.core.logging import bind

STOP_SIGNAL = signal.SIGUSR1
Body = Callable[[], object]


@cache
def app() -> Flask:
    """The application of this worker process, made once and inherited by its work-horses."""
    return create_app()


def task(body: Body) -> Body:
    """Run ``body`` as a job: inside the application, its log lines bearing the job's id."""

    @wraps(body)
    def run() -> Any:
        job = get_current_job()
        with _application(), structlog.contextvars.bound_contextvars():
            bind(job=body.__name__, job_id=job.id if job else None)
            return body()

    return run


def periodic(body: Body) -> Body:
    """A ``task`` that runs again and again, and leaves a trace each time it ended well."""

    @task
    @wraps(body)
    def run() -> Any:
        found = body()
        with unit_of_work():
            ticked(body.__name__)
        return found

    return run


@contextmanager
def _application() -> Iterator[None]:
    if has_app_context():
        yield
        return
    with app().app_context():
        yield


def quiet_rq() -> None:
    """RQ tells of each look at its registries and each tick; only its troubles are of interest."""
    for name in ("rq.worker", "rq.job", "rq.cron"):
        logging.getLogger(name).setLevel(logging.WARNING)


class Stopping:
    """Whether this work-horse was asked to end after what it is at."""

    def __init__(self) -> None:
        self._asked = False

    def ask(self, *_signal: object) -> None:
        """A signal handler: end soon."""
        self._asked = True

    def __call__(self) -> bool:
        return self._asked


stopping = Stopping()
