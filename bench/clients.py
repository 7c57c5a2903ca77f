"""Clients that post without a pause: each keeps one connection open, as an app does."""

from __future__ import annotations

import http.client
import threading
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field

Body = Callable[[], bytes]
TIMEOUT_S = 30


@dataclass
class Round:
    """What some clients met in a stretch of time."""

    seconds: float
    latencies_s: list[float] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """Answers a second."""
        return len(self.latencies_s) / self.seconds


def post_for(seconds: float, port: int, path: str, body: Body, clients: int) -> Round:
    """Post bodies from ``clients`` threads for so many seconds; an answer that is no 201 counts
    as refused, with its first bytes.
    """
    met = Round(seconds)
    end = time.perf_counter() + seconds
    threads = [
        threading.Thread(target=_client, args=(met, end, port, path, body)) for _ in range(clients)
    ]
    began = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    met.seconds = time.perf_counter() - began
    return met


def percentile(values: list[float], part: float) -> float:
    """The value that ``part`` of all values do not exceed."""
    return sorted(values)[min(len(values) - 1, int(len(values) * part))]


def _client(met: Round, end: float, port: int, path: str, body: Body) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_S)
    headers = {"Content-Type": "application/json"}
    while (began := time.perf_counter()) < end:
        headers["Idempotency-Key"] = str(uuid.uuid4())
        connection.request("POST", path, body(), headers)
        answer = connection.getresponse()
        said = answer.read()
        if answer.status == 201:
            met.latencies_s.append(time.perf_counter() - began)
        else:
            met.refused.append(f"{answer.status} {said[:200].decode(errors='replace')}")
    connection.close()
