"""``reports serve``: the whole service of one machine under one parent; what bin/run ends in."""

from __future__ import annotations

import fcntl
import os
import signal
import socket
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

import click
from flask import Flask
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError

from reports_service import create_app
from reports_service.cli import first_start, schema
from reports_service.cli.children import Child, Family
from reports_service.cli.spoken import tell
from reports_service.core import embedded

PROJECT = Path(__file__).resolve().parents[2]
OPENS_WITHIN_S = 240.0  # a busy machine takes its time; a server that ends is started again


class CannotStart(Exception):
    """The service cannot start; the words for it have been said."""


@click.command()
def serve() -> None:
    """Run web, worker and cron until Ctrl-C; set up what they need first."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with ExitStack() as held:
            _run(create_app(), held)
    except CannotStart:
        sys.exit(1)
    except KeyboardInterrupt:
        tell("serve_stopped")


def _run(app: Flask, held: ExitStack) -> None:
    host, port = _address()
    held.enter_context(_only_one(Path(app.config["DATA_DIR"])))
    _refuse_taken(host, port)
    queue = held.enter_context(_queue(app))
    _prepare(app)
    environment = _environment(app)
    family = Family([*queue, *_children(environment)], on_end=_tell_end)
    held.callback(_stop, family)
    family.start()
    _wait_until_open(family, host, port)
    _introduce(app)
    family.watch()


def _address() -> tuple[str, int]:
    return os.environ.get("HOST") or "127.0.0.1", int(os.environ.get("PORT") or 8022)


@contextmanager
def _only_one(data_dir: Path) -> Iterator[None]:
    """Hold the data folder: two parents would give the same work to two clocks."""
    data_dir.mkdir(parents=True, exist_ok=True)
    data_dir.chmod(0o700)
    with (data_dir / "running.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as held:
            tell("serve_runs_already", folder=data_dir)
            raise CannotStart from held
        yield


def _refuse_taken(host: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as taken:
            tell("serve_port_taken", port=port, other=port + 1)
            raise CannotStart from taken


@contextmanager
def _queue(app: Flask) -> Iterator[list[Child]]:
    """Run the embedded queue server, a child as the others; none where REDIS_URL names one."""
    if os.environ.get("REDIS_URL"):
        yield []
        return
    folder = Path(app.config["DATA_DIR"])
    try:
        server = embedded.start_own(folder)
        command = embedded.command(folder)
    except (embedded.QueueServerMissing, embedded.QueueServerFailed) as why:
        tell("serve_no_queue", why=why)
        raise CannotStart from why
    child = Child("queue", command, PROJECT, os.environ, process=server.process, needed=True)
    try:
        yield [child]
    finally:
        server.stop()


def _prepare(app: Flask) -> None:
    """Migrations, the demo province, its past."""
    try:
        tell("serve_preparing", database=_shown(app))
        schema.bring_up_to_date(app)
        first_start.seed_if_empty(app)
        first_start.simulate_if_new(app)
    except OperationalError as lost:
        tell("serve_no_database", database=_shown(app), why=lost.orig)
        raise CannotStart from lost
    except first_start.SeedFailed as failed:
        tell("serve_seed_failed")
        raise CannotStart from failed


def _children(environment: Mapping[str, str]) -> list[Child]:
    """Web server, workers, cron. Environment: WORKERS, their number."""
    names = [f"worker {number}" for number in range(1, _workers() + 1)]
    commands = {
        "web": ("gunicorn", "--config", "config/gunicorn.py"),
        **dict.fromkeys(names, ("workers.run",)),
        "cron": ("workers.schedule",),
    }
    return [
        Child(name, [sys.executable, "-m", *words], PROJECT, environment)
        for name, words in commands.items()
    ]


def _workers() -> int:
    """Two where there are cores for them: what gathers while the queue server is away is worked off
    before anybody waits long, and nobody waits for one that is killed.
    """
    return int(os.environ.get("WORKERS") or min(2, os.cpu_count() or 1))


def _environment(app: Flask) -> dict[str, str]:
    """The parent's environment, with the relative folder made absolute: children run elsewhere."""
    return {
        "WEB_GRACE_S": "4",  # Ctrl-C: all have ended within ten seconds
        **os.environ,
        "DATA_DIR": app.config["DATA_DIR"],
        "DATABASE_URL": app.config["SQLALCHEMY_DATABASE_URI"],
        "PHOTO_STORE": app.config["PHOTO_STORE"],
        "REDIS_URL": app.config["REDIS_URL"],
        "PYTHONUNBUFFERED": "1",
    }


def _tell_end(name: str, code: int, pause_s: float) -> None:
    tell("serve_child_ended", name=name, code=code, pause=f"{pause_s:.0f}")


def _wait_until_open(family: Family, host: str, port: int) -> None:
    """Watch until the web server answers; give up when it does not in time."""
    reached = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, host)
    deadline = time.monotonic() + OPENS_WITHIN_S
    opened = False

    def open_or_late() -> bool:
        nonlocal opened
        opened = _answers(f"http://{reached}:{port}/healthz")
        return opened or time.monotonic() > deadline

    family.watch(until=open_or_late)
    if not opened:
        tell("serve_does_not_open", seconds=f"{OPENS_WITHIN_S:.0f}")
        raise CannotStart


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _introduce(app: Flask) -> None:
    tell("serve_open", address=app.config["PUBLIC_URL"])
    if app.config["DEMO"]:
        tell("serve_demo_accounts")
    tell("serve_data", folder=app.config["DATA_DIR"], database=_shown(app))
    tell("serve_how_to_stop")


def _shown(app: Flask) -> str:
    """The database's address without its password."""
    return make_url(app.config["SQLALCHEMY_DATABASE_URI"]).render_as_string(hide_password=True)


def _stop(family: Family) -> None:
    """Stop all, deaf to further signals: it takes at most ten seconds."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    tell("serve_stopping")
    family.stop()
