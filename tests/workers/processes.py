"""Real RQ workers as processes of their own, for tests."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from flask import Flask

PROJECT = Path(__file__).resolve().parents[2]
WITHIN_S = 60.0  # generous: the machine may be busy with other tests


def environment(app: Flask, queue_url: str, mail_url: str) -> dict[str, str]:
    """What a worker needs to serve the same deployment as ``app``."""
    return {
        **os.environ,
        "REPORTS_CONFIG": "development",
        "DATABASE_URL": app.config["SQLALCHEMY_DATABASE_URI"],
        "DATA_DIR": app.config["DATA_DIR"],
        "PHOTO_STORE": app.config["PHOTO_STORE"],
        "SECRET_KEY": app.config["SECRET_KEY"],
        "REDIS_URL": queue_url,
        "MAIL_URL": mail_url,
        "LOG_FORMAT": "json",
    }


@contextmanager
def running(module: str, given: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """A process of ``python -m module``, with a group of its own that is killed at the end."""
    process = subprocess.Popen(
        [sys.executable, "-m", module], cwd=PROJECT, env=given, start_new_session=True
    )
    try:
        yield process
    finally:
        kill(process)


def kill(process: subprocess.Popen[bytes]) -> None:
    """Kill it and its work-horses, which have groups of their own, as a power cut would."""
    if process.poll() is None:
        for number in [process.pid, *_children(process.pid)]:
            with suppress(ProcessLookupError):  # a horse may end between the look and the kill
                os.kill(number, signal.SIGKILL)
    process.wait()


def _children(pid: int) -> list[int]:
    said = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
    return [int(number) for number in said.split()]


def eventually(holds: Callable[[], bool], what: str) -> None:
    """Wait until it holds; fail when it does not for a long time."""
    deadline = time.monotonic() + WITHIN_S
    while not holds():
        assert time.monotonic() < deadline, f"never happened: {what}"
        time.sleep(0.05)
