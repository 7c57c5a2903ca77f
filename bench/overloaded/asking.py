"""Clients in a process of their own, each request over a new connection, as telephones come.

``python -m bench.overloaded.asking`` reads one ``Order`` as JSON from standard input, and writes
what was met as JSON lines: kind, begun (seconds since the start), took, status, code, retry-after.

Without a rate a fixed number of clients ask without a pause (a closed loop: never more at once than
there are clients). With one, requests begin at their time, whatever became of those before.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
GIVES_UP_S = 20.0
REFUSED, BROKEN, SILENT = 0, -1, -2  # statuses of requests without an answer


@dataclass(frozen=True)
class Order:
    """What is asked. ``body``: a filing in JSON; ``also``: paths read four times a second."""

    port: int
    seconds: float
    path: str
    body: str
    rate: float | None = None
    clients: int = 8
    also: Sequence[str] = ()


@dataclass(frozen=True)
class Met:
    """One request. ``status``: HTTP's, or ``REFUSED``, ``BROKEN``, ``SILENT``."""

    kind: str
    begun_s: float
    took_s: float
    status: int
    code: str | None = None
    retry_after: str | None = None


def ask(order: Order) -> list[Met]:
    """Have it asked by another process, whose work is no part of this one."""
    asked = subprocess.run(
        [sys.executable, "-m", "bench.overloaded.asking"],
        input=json.dumps(asdict(order)),
        stdout=subprocess.PIPE,
        text=True,
        cwd=PROJECT,
        check=True,
        timeout=order.seconds + 2 * GIVES_UP_S,
    )
    return [Met(*json.loads(line)) for line in asked.stdout.splitlines()]


class Asker:
    """Sends one order's requests and notes what became of each."""

    def __init__(self, order: Order) -> None:
        self.order = order
        self.met: list[Met] = []
        self.began = time.perf_counter()
        self.end = self.began + order.seconds

    async def run(self) -> None:
        others = [self.watch(path) for path in self.order.also]
        await asyncio.gather(self.closed() if self.order.rate is None else self.open(), *others)

    async def closed(self) -> None:
        async def client() -> None:
            while time.perf_counter() < self.end:
                await self.send("POST", self.order.path)

        await asyncio.gather(*(client() for _ in range(self.order.clients)))

    async def open(self) -> None:
        assert self.order.rate is not None
        asked: set[asyncio.Task[None]] = set()
        due = self.began
        while (now := time.perf_counter()) < self.end:
            while due <= now:
                task = asyncio.create_task(self.send("POST", self.order.path))
                asked.add(task)
                task.add_done_callback(asked.discard)
                due += 1 / self.order.rate
            await asyncio.sleep(max(0.001, due - time.perf_counter()))
        await asyncio.gather(*asked)

    async def watch(self, path: str) -> None:
        while time.perf_counter() < self.end:
            await self.send("GET", path)
            await asyncio.sleep(0.25)

    async def send(self, method: str, path: str) -> None:
        begun = time.perf_counter()
        status, code, retry = SILENT, None, None
        try:
            async with asyncio.timeout(GIVES_UP_S):
                status, code, retry = await self._answer(method, path)
        except TimeoutError:
            pass
        except ConnectionRefusedError:
            status = REFUSED
        except (OSError, EOFError, asyncio.IncompleteReadError, ValueError):
            status = BROKEN
        now = time.perf_counter()
        kind = "filed" if method == "POST" else path
        self.met.append(Met(kind, begun - self.began, now - begun, status, code, retry))

    async def _answer(self, method: str, path: str) -> tuple[int, str | None, str | None]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.order.port)
        try:
            writer.write(self._request(method, path))
            head = await reader.readuntil(b"\r\n\r\n")
            status = int(head.split(None, 2)[1])
            headers = dict(_fields(head.decode("latin-1")))
            body = await reader.readexactly(int(headers.get("content-length", 0)))
            code = json.loads(body)["code"] if status in (200, 201) and method == "POST" else None
            return status, code, headers.get("retry-after")
        finally:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    def _request(self, method: str, path: str) -> bytes:
        body = self.order.body.encode() if method == "POST" else b""
        key = f"Idempotency-Key: {uuid.uuid4()}\r\nContent-Type: application/json\r\n"
        return (
            f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
            f"{key if body else ''}Content-Length: {len(body)}\r\n\r\n"
        ).encode() + body


def _fields(head: str) -> Iterator[tuple[str, str]]:
    for line in head.split("\r\n")[1:]:
        name, colon, value = line.partition(":")
        if colon:
            yield name.strip().lower(), value.strip()


def main() -> None:
    """Ask what standard input orders."""
    asker = Asker(Order(**json.loads(sys.stdin.read())))
    asyncio.run(asker.run())
    for one in asker.met:
        print(json.dumps(list(asdict(one).values())))


if __name__ == "__main__":
    main()
