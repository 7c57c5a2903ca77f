"""A whole service of real processes that may be hurt: embedded as ``bin/run`` starts it, or as in
production, with PostgreSQL, two workers and a parent that starts again who ends.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from threading import Thread
from typing import IO
from zoneinfo import ZoneInfo

from flask import Flask
from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy import Engine, create_engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from reports_service import create_app
from reports_service.core import clock, embedded
from reports_service.core.db import db
from reports_service.core.lifeline import ended_with_parent
from tests.databases import migrate
from tests.faults import processes
from tests.province import lay
from tests.servers import Cluster, cluster
from tests.smtp_server import SmtpServer

PROJECT = Path(__file__).resolve().parents[2]
OPENS_WITHIN_S = 400.0  # generous: the machine may be busy with other tests
STOPS_WITHIN_S = 60.0
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
BEFORE_MIDNIGHT = timedelta(minutes=30)
# The server dies in these tests and the machine does not: what was committed must survive that.
COMMITTED = {"synchronous_commit": "on"}
# What a process's command has in it, by the name of its part.
PARTS = {
    "web": "gunicorn",
    "worker": "workers.run",
    "cron": "workers.schedule",
    "queue": "unixsocket",
    "database": "/postgres",
}
WEB = ("-m", "gunicorn", "--config", "config/gunicorn.py")
WORKER, CRON = ("-m", "workers.run"), ("-m", "workers.schedule")


@dataclass(frozen=True)
class Service:
    """A running service. ``app``: an application of this process on its database and stores."""

    mode: str  # embedded, production
    address: str
    folder: Path
    app: Flask
    parent: subprocess.Popen[bytes]
    post: SmtpServer | None  # None: mail is written as files
    right_s: float  # what its clock is ahead of the machine's while it is right

    @property
    def database(self) -> str:
        """The URL of its database."""
        return str(self.app.config["SQLALCHEMY_DATABASE_URI"])

    def mains(self, part: str) -> list[int]:
        """The processes of a part that the parent itself started."""
        started = processes.children(self.parent.pid)
        return [pid for pid in started if PARTS[part] in processes.command(pid)]

    def below(self, part: str) -> list[int]:
        """What these started: gunicorn's workers, RQ's work-horses."""
        return [child for pid in self.mains(part) for child in processes.children(pid)]

    def redis(self) -> Redis:
        """A connection to the queue server that gives up soon."""
        url = self.app.config["REDIS_URL"]
        return Redis.from_url(url, socket_timeout=1, socket_connect_timeout=1)

    def step_clock(self, seconds: float) -> None:
        """Let the clock of all its processes be wrong by so much from now on."""
        _write_whole(self.folder / "step", str(self.right_s + seconds))

    @contextmanager
    def its_clock(self) -> Iterator[None]:
        """Let this process go by the clock of the service for as long."""
        clock.follow(str(self.folder / "step"))
        try:
            yield
        finally:
            clock.follow(None)

    def answers(self) -> bool:
        """Whether its web server does."""
        try:
            with urllib.request.urlopen(f"{self.address}/healthz", timeout=2) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def queue_answers(self) -> bool:
        """Whether its queue server does."""
        try:
            with self.redis() as connection:
                return bool(connection.ping())
        except RedisError:
            return False

    def database_answers(self) -> bool:
        """Whether its database does."""
        return _connects(create_engine(self.database, poolclass=NullPool))

    def ready(self) -> dict[str, bool]:
        """What ``/readyz`` says of each part."""
        try:
            with urllib.request.urlopen(f"{self.address}/readyz", timeout=5) as answer:
                said = json.load(answer)
        except urllib.error.HTTPError as not_ready:
            with not_ready:
                said = json.load(not_ready)
        return {name: part["ready"] for name, part in said["parts"].items()}

    def said(self, lines: int = 60) -> str:
        """The end of what its processes wrote."""
        log = (self.folder / "service.log").read_text(errors="replace").splitlines()
        return "\n".join(log[-lines:])


@contextmanager
def embedded_service(database: str, folder: Path) -> Iterator[Service]:
    """As ``bin/run``: one parent; SQLite with the province in it at ``database``."""
    command = [sys.executable, "-m", "reports_service.cli", "serve"]
    with _serving("embedded", database, folder, embedded.socket_url(folder), command, None) as made:
        yield made


@contextmanager
def production_service(folder: Path) -> Iterator[Service]:
    """PostgreSQL, a queue server, gunicorn with two processes, two workers, a cron, a mail server:
    each started and looked after by itself, on a new database with the province.
    """
    # Not in the folder, which may be its owner's alone: PostgreSQL runs as another account.
    with ExitStack() as held, _temporary("reports-faults-pg-") as data:
        post = held.enter_context(SmtpServer())
        made = cluster(data, **COMMITTED)
        plan = folder / "plan.json"
        plan.write_text(json.dumps(_plan(folder, made)))
        with _once(made):
            migrate(made.url)
            lay(made.url)
        queue = embedded.socket_url(folder)
        command = [sys.executable, "-m", "tests.faults.supervising", str(plan)]
        yield held.enter_context(_serving("production", made.url, folder, queue, command, post))


def eventually(holds: Callable[[], bool], what: str, within_s: float) -> None:
    """Wait until it holds. Raises ``AssertionError`` where it does not in time."""
    deadline = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < deadline, f"not within {within_s:.0f} s: {what}"
        time.sleep(0.1)


def _plan(folder: Path, made: Cluster) -> list[dict[str, object]]:
    account = f"{made.account.pw_uid}:{made.account.pw_gid}" if made.account else ""
    ours = {"web": WEB, "worker": WORKER, "worker 2": WORKER, "cron": CRON}
    return [
        {"name": "database", "command": made.command, "account": account},
        {"name": "queue", "command": embedded.command(folder), "account": ""},
        *(
            {"name": name, "command": [sys.executable, *words], "account": ""}
            for name, words in ours.items()
        ),
    ]


@contextmanager
def _once(made: Cluster) -> Iterator[None]:
    """Run the database's server for as long as it takes to fill it."""
    account = made.account
    server = subprocess.Popen(
        made.command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        preexec_fn=ended_with_parent(),
        cwd="/",
        **(
            {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []} if account else {}
        ),
    )
    try:
        engine = create_engine(made.url, poolclass=NullPool)
        eventually(lambda: _connects(engine), "PostgreSQL answers", OPENS_WITHIN_S)
        yield
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(STOPS_WITHIN_S)


def _connects(engine: Engine) -> bool:
    try:
        engine.connect().close()
    except OperationalError:
        return False
    return True


@contextmanager
def _serving(
    mode: str,
    database: str,
    folder: Path,
    queue: str,
    command: Sequence[str],
    post: SmtpServer | None,
) -> Iterator[Service]:
    right_s = _before_this_month()
    (folder / "step").write_text(str(right_s))
    port = _free_port()
    app = create_app(
        "test",
        SQLALCHEMY_DATABASE_URI=database,
        DATA_DIR=str(folder),
        PHOTO_STORE=str(folder / "photos"),
        MAIL_FOLDER=str(folder / "mail"),
        REDIS_URL=queue,
        PUBLIC_URL=f"http://127.0.0.1:{port}",
        LOG_LEVEL="ERROR",
    )
    parent = subprocess.Popen(
        command,
        cwd=PROJECT,
        env=_environment(app, port, post),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
        preexec_fn=ended_with_parent(),
    )
    assert parent.stdout is not None
    # Through a pipe: a limit on the size of files, one of the faults, is not to meet the log.
    writing = Thread(target=_write_log, args=(parent.stdout, folder / "service.log"), daemon=True)
    writing.start()
    service = Service(mode, app.config["PUBLIC_URL"], folder, app, parent, post, right_s)
    try:
        _wait_until_open(service)
        yield service
    finally:
        with app.app_context():  # PostgreSQL waits for who is connected still, and its log with it
            db.session.remove()
            db.engine.dispose()
        parent.terminate()
        parent.wait(STOPS_WITHIN_S)
        writing.join(STOPS_WITHIN_S)
        parent.stdout.close()


def _before_this_month() -> float:
    """How many seconds it is to the last half-hour of the month before: there a clock that goes an
    hour wrong goes into another day and month, and back.

    Behind the machine's and never ahead of it, by which files are dated.
    """
    now = datetime.now(ZONE)
    began = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return (began - BEFORE_MIDNIGHT - now).total_seconds()


def _environment(app: Flask, port: int, post: SmtpServer | None) -> Mapping[str, str]:
    return {
        **{name: value for name, value in os.environ.items() if name != "REDIS_URL"},
        **({"REDIS_URL": app.config["REDIS_URL"], "MAIL_URL": post.url} if post else {}),
        "REPORTS_CONFIG": "development",
        "DEMO": "0",
        "PORT": str(port),
        "PUBLIC_URL": app.config["PUBLIC_URL"],
        "DATA_DIR": app.config["DATA_DIR"],
        "PHOTO_STORE": app.config["PHOTO_STORE"],
        "DATABASE_URL": app.config["SQLALCHEMY_DATABASE_URI"],
        "SECRET_KEY": app.config["SECRET_KEY"],
        "CLOCK_STEP_FILE": str(Path(app.config["DATA_DIR"]) / "step"),
        "WEB_PROCESSES": "2",
        "LOG_LEVEL": "WARNING",
        "LOG_FORMAT": "json",
        "PYTHONUNBUFFERED": "1",
    }


def _write_log(said: IO[bytes], log: Path) -> None:
    with log.open("wb", buffering=0) as file:
        for line in said:
            file.write(line)


def _wait_until_open(service: Service) -> None:
    deadline = time.monotonic() + OPENS_WITHIN_S
    while not (service.answers() and all(service.ready().values())):
        ended = service.parent.poll() is not None
        if ended or time.monotonic() > deadline:
            raise RuntimeError(f"the service did not open:\n{service.said()}")
        time.sleep(0.2)


@contextmanager
def _temporary(prefix: str) -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix=prefix))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _write_whole(file: Path, text: str) -> None:
    """Nobody reads half of it."""
    part = file.with_suffix(".part")
    part.write_text(text)
    part.replace(file)
