"""An application whose requests take a known time without computing: what it can do is known."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable
from typing import Any

TAKES_S = 0.2  # so few a second that asking four times as many is no work for any machine
ACCEPTED: set[str] = set()


def app(environ: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
    """POST takes its time and keeps the key; GET /kept tells the keys; ``/hang`` hangs."""
    path, key = environ["PATH_INFO"], environ.get("HTTP_IDEMPOTENCY_KEY", "")
    if path == "/hang":
        time.sleep(4)
    elif environ["REQUEST_METHOD"] == "POST":
        time.sleep(TAKES_S)
        ACCEPTED.add(key)
    body = json.dumps(sorted(ACCEPTED) if path == "/kept" else {"code": key}).encode()
    status = "201 Created" if environ["REQUEST_METHOD"] == "POST" else "200 OK"
    start(status, [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
    return [body]
