"""The real service on a database: gunicorn as ``bin/run`` starts it, the queue and a worker."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from redis import Redis
from rq import Queue

from reports_service import create_app
from reports_service.core import embedded
from reports_service.core.db import db
from reports_service.core.lifeline import ended_with_parent
from reports_service.core.queue import QUEUE

ROOT = Path(__file__).resolve().parents[2]
OPENS_WITHIN_S = 180.0  # generous: the machine may be busy with other tests
STOPS_WITHIN_S = 20.0
SWEPT_EVERY_S = 5
SECRET = "known-to-every-browser-test-and-worth-nothing"
COMMANDS = {
    "web": ("gunicorn", "--config", "config/gunicorn.py"),
    "worker": ("workers.run",),
}


@dataclass(frozen=True)
class Running:
    """Where the service answers, and an application of this process on the same database."""

    address: str
    app: Flask
    folder: Path

    def said(self) -> str:
        """What the service complained of."""
        logs = (self.folder / f"{name}.log" for name in COMMANDS)
        return "".join(log.read_text(errors="replace") for log in logs)


class SeparateRequests(FlaskClient):
    """A client whose requests know nothing of each other, as in production."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        with self.application.app_context():
            return super().open(*args, **kwargs)


@contextmanager
def running(database: str, folder: Path, **settings: str) -> Iterator[Running]:
    """Serve the filled database at this URL, all else in ``folder``, while inside; ``settings`` of
    the environment go before the usual ones.
    """
    port = _free_port()
    address = f"http://127.0.0.1:{port}"
    queue = embedded.start(folder)
    app = application(database, folder, PUBLIC_URL=address, REDIS_URL=queue.url)
    environ = {**_environment(app, port), **settings}
    children = [_started(name, environ, folder) for name in COMMANDS]
    try:
        _wait_until_open(children[0], address, folder / "web.log")
        with _sweeping(queue.url):
            yield Running(address, app, folder)
    finally:
        for child in children:
            child.terminate()
        for child in children:
            _wait_for_end(child)
        queue.stop()
        let_go(app)


def application(database: str, folder: Path, **other: Any) -> Flask:
    """An application of this process that shares the service's database, folder and secret."""
    app = create_app(
        "test",
        SECRET_KEY=SECRET,
        SQLALCHEMY_DATABASE_URI=database,
        DATA_DIR=str(folder),
        PHOTO_STORE=str(folder / "photos"),
        MAIL_FOLDER=str(folder / "mail"),
        **other,
    )
    app.test_client_class = SeparateRequests
    return app


def let_go(app: Flask) -> None:
    """Close what the application holds of its database."""
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@contextmanager
def _sweeping(queue_url: str) -> Iterator[None]:
    """Look for effects whose wake-up was lost, as the cron does; on a busy machine some are. The
    cron itself would also climb ladders and close months under the tests' feet.
    """
    over = Event()
    with Redis.from_url(queue_url) as connection:
        queue = Queue(QUEUE, connection=connection)

        def sweep() -> None:
            while not over.wait(SWEPT_EVERY_S):
                queue.enqueue("workers.jobs.sweep_outbox", ttl=SWEPT_EVERY_S, result_ttl=0)

        thread = Thread(target=sweep)
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()


def _environment(app: Flask, port: int) -> dict[str, str]:
    return {
        **os.environ,
        "REPORTS_CONFIG": "development",
        "DEMO": "0",
        "PORT": str(port),
        "PUBLIC_URL": app.config["PUBLIC_URL"],
        "DATA_DIR": app.config["DATA_DIR"],
        "PHOTO_STORE": app.config["PHOTO_STORE"],
        "DATABASE_URL": app.config["SQLALCHEMY_DATABASE_URI"],
        "REDIS_URL": app.config["REDIS_URL"],
        "SECRET_KEY": SECRET,
        "WEB_PROCESSES": "1",
        "LOG_LEVEL": "WARNING",
    }


def _started(name: str, environ: Mapping[str, str], folder: Path) -> subprocess.Popen[bytes]:
    with (folder / f"{name}.log").open("wb") as log:
        return subprocess.Popen(
            [sys.executable, "-m", *COMMANDS[name]],
            cwd=ROOT,
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=ended_with_parent(),
        )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_open(web: subprocess.Popen[bytes], address: str, log: Path) -> None:
    deadline = time.monotonic() + OPENS_WITHIN_S
    while web.poll() is None and time.monotonic() < deadline:
        try:
            urllib.request.urlopen(f"{address}/healthz", timeout=2).close()
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"the service did not open: {log.read_text(errors='replace')[-3000:]}")


def _wait_for_end(child: subprocess.Popen[bytes]) -> None:
    try:
        child.wait(STOPS_WITHIN_S)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
