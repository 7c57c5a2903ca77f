"""A database to measure on, and the real server on it, for as long as a block lasts."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, create_engine, make_url
from sqlalchemy.pool import NullPool

PROJECT = Path(__file__).resolve().parents[1]
OPENS_WITHIN_S = 300.0


@contextmanager
def fresh_database(server: str) -> Iterator[str]:
    """The URL of an empty PostgreSQL database of its own on a server; dropped at the end."""
    url = make_url(server)
    name = f"reports_bench_{os.getpid()}"
    _say(url, f'CREATE DATABASE "{name}"')
    try:
        yield url.set(database=name).render_as_string(hide_password=False)
    finally:
        _say(url, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def kept_database(server: str, name: str) -> str:
    """The URL of a PostgreSQL database on a server; made if it is not there, and left there."""
    url = make_url(server)
    if not _say(url, f"SELECT 1 FROM pg_database WHERE datname = '{name}'"):
        _say(url, f'CREATE DATABASE "{name}"')
    return url.set(database=name).render_as_string(hide_password=False)


def _say(server: URL, command: str) -> Sequence[Any]:
    engine = create_engine(server, poolclass=NullPool)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        said = connection.exec_driver_sql(command)
        return said.all() if said.returns_rows else ()


def environment(folder: Path, database: str, redis: str) -> dict[str, str]:
    """What a deployment is told: the default ways, quiet logs, all in one folder."""
    return {
        **os.environ,
        "DATA_DIR": str(folder),
        "DATABASE_URL": database,
        "REDIS_URL": redis,
        "PHOTO_STORE": str(folder / "photos"),
        "SECRET_KEY": "known-and-worth-nothing-but-to-measure",
        "LOG_FORMAT": "json",
        "REPORTS_CONFIG": "development",
        # Counted as always, and never reached: one client here is as busy as a province.
        "RATE_FACTOR": "1000000",
    }


def run(environ: Mapping[str, str], *words: str) -> None:
    """Run a Python module of the project to its end."""
    subprocess.run([sys.executable, "-m", *words], cwd=PROJECT, env=dict(environ), check=True)


@contextmanager
def serving(environ: Mapping[str, str], wsgi_app: str, log: Path) -> Iterator[int]:
    """Serve an application by the project's own gunicorn settings. Yields the port."""
    port = _free_port()
    with log.open("wb") as output:
        server = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "--config", "config/gunicorn.py", wsgi_app],
            cwd=PROJECT,
            env={**environ, "PORT": str(port)},
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        _wait_until_open(server, port, log)
        yield port
    finally:
        server.terminate()
        server.wait(120)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_until_open(server: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + OPENS_WITHIN_S
    while server.poll() is None and time.monotonic() < deadline:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2).close()
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"the server did not open: {log.read_text(errors='replace')[-3000:]}")
