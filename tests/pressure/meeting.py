"""What a client meets while a part of the service is away, and once it is back."""

from __future__ import annotations

import time

from tests.pressure.served import Answer, Web

WAITS_S = 1.0  # WEB_DATABASE_WAIT_S of the server
SOON_S = WAITS_S + 4.0  # with what a busy machine adds
A_BIT = 16 * 1024  # bytes of a file on a disk that is full


def refused_in_order(answer: Answer, part: str) -> None:
    """A problem document in words that says what is away and when to come again, soon."""
    assert answer.status == 503, answer.body
    assert answer.headers["content-type"] == "application/problem+json"
    assert int(answer.headers["retry-after"]) > 0
    assert answer.json["code"] == "unavailable"
    assert part in answer.json["detail"]
    assert answer.took_s < SOON_S


def as_before(web: Web) -> None:
    """A report is taken, soon at the latest, and nothing is said to be wrong with the database."""
    deadline = time.monotonic() + 30
    while (answer := web.file()).status != 201:
        assert time.monotonic() < deadline, answer.body
        time.sleep(0.2)
    assert web.part("database") == {"ready": True}
    assert web.part("storage") == {"ready": True}


def reads_go_on(web: Web) -> None:
    for path in ("/healthz", "/api/v1/reports?limit=1", "/api/v1/categories", "/file"):
        answer = web.get(path)
        assert (answer.status, answer.took_s < SOON_S) == (200, True), path
