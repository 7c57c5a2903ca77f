"""A web server of its own, as every deployment starts it, whose disk and database can be taken
away, and a client that says what it met.
"""

from __future__ import annotations

import http.client
import json
import os
import resource
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from reports_service.core.lifeline import ended_with_parent
from tests.personas import LIGHT

PROJECT = Path(__file__).resolve().parents[2]
OPENS_WITHIN_S = 300.0  # the machine may be very busy with other tests
UNLIMITED = resource.RLIM_INFINITY
BOUNDARY = "between-the-parts"


@dataclass(frozen=True)
class Answer:
    """What a request met, and after how long."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    took_s: float

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass
class Web:
    """The server: where it answers, and its processes."""

    port: int
    process: subprocess.Popen[bytes]
    folder: Path
    full: bool = field(default=False)

    def ask(self, method: str, path: str, body: Any = b"", **headers: str) -> Answer:
        """One request over a new connection."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        began = time.monotonic()
        try:
            connection.request(method, path, body, named)
            answer = connection.getresponse()
            said = answer.read()
            fields = {name.lower(): value for name, value in answer.getheaders()}
            return Answer(answer.status, fields, said, time.monotonic() - began)
        finally:
            connection.close()

    def get(self, path: str, **headers: str) -> Answer:
        return self.ask("GET", path, **headers)

    def file(self, photo: bytes = b"", key: str | None = None, **headers: str) -> Answer:
        """File a report on a street light, with or without a photo."""
        named = {"Idempotency_Key": key or str(uuid.uuid4()), **headers}
        if not photo:
            body = json.dumps(LIGHT).encode()
            return self.ask(
                "POST", "/api/v1/reports", body, Content_Type="application/json", **named
            )
        kind = f"multipart/form-data; boundary={BOUNDARY}"
        return self.ask("POST", "/api/v1/reports", _parts(photo), Content_Type=kind, **named)

    def part(self, name: str) -> Any:
        """What readiness says of a part."""
        return self.get("/readyz", Accept_Language="en").json["parts"][name]

    @contextmanager
    def files_at_most(self, size: int) -> Iterator[None]:
        """No file of the server grows beyond so many bytes meanwhile, as on a full disk."""
        for pid in self._workers():
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, UNLIMITED))
        try:
            yield
        finally:
            for pid in self._workers():
                resource.prlimit(pid, resource.RLIMIT_FSIZE, (UNLIMITED, UNLIMITED))

    def _workers(self) -> list[int]:
        pid = self.process.pid
        return list(map(int, Path(f"/proc/{pid}/task/{pid}/children").read_text().split()))


@contextmanager
def serving(folder: Path, app: str = "wsgi:app", **environ: str) -> Iterator[Web]:
    """Serve an application by the project's own gunicorn settings while inside."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    process = subprocess.Popen(
        [sys.executable, "-m", "gunicorn", "--config", "config/gunicorn.py", app],
        cwd=PROJECT,
        env={**os.environ, "PORT": str(port), "DATA_DIR": str(folder), **environ},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,  # a file would fill like all others
        start_new_session=True,
        preexec_fn=ended_with_parent(),
    )
    web = Web(port, process, folder)
    try:
        _wait_until_open(web)
        yield web
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(20)
        process.kill()
        process.wait()


def _wait_until_open(web: Web) -> None:
    deadline = time.monotonic() + OPENS_WITHIN_S
    while web.process.poll() is None and time.monotonic() < deadline:
        with suppress(OSError):
            if web.get("/healthz").status == 200:
                return
        time.sleep(0.1)
    raise AssertionError("the web server did not open")


def _parts(photo: bytes) -> bytes:
    report = (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="report"\r\n\r\n{json.dumps(LIGHT)}'
    )
    head = 'Content-Disposition: form-data; name="photos"; filename="1.jpg"'
    kind = "Content-Type: image/jpeg"
    start = f"{report}\r\n--{BOUNDARY}\r\n{head}\r\n{kind}\r\n\r\n".encode()
    return start + photo + f"\r\n--{BOUNDARY}--\r\n".encode()
