"""What watches the service: alive, ready part by part, measured."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from reports_service.core import health, outbox
from reports_service.core.db import unit_of_work
from reports_service.core.queue import init_queue
from reports_service.core.storage import Storage

NOON = datetime(2026, 3, 9, 5, tzinfo=UTC)


@pytest.fixture
def ready_app(app: Flask, queue_server: str, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """The application with a real queue server beside it."""
    for name in ("waker", "queue_probe"):
        monkeypatch.setitem(app.extensions, name, app.extensions[name])
    monkeypatch.setitem(app.config, "REDIS_URL", queue_server)
    init_queue(app)
    return app


def parts(client: FlaskClient) -> tuple[int, dict[str, Any]]:
    answer = client.get("/readyz")
    return answer.status_code, answer.json["parts"]


def test_a_process_that_lives_says_so(client: FlaskClient) -> None:
    assert client.get("/healthz").json == {"status": "alive"}


def test_it_is_ready_when_every_part_is(
    ready_app: Flask, client: FlaskClient, moved_clock: Callable[[datetime], None]
) -> None:
    moved_clock(NOON)
    with unit_of_work():
        health.ticked("sweep")
    status, found = parts(client)
    assert status == 200
    assert {name: part["ready"] for name, part in found.items()} == {
        "database": True,
        "queue": True,
        "storage": True,
        "cron": True,
    }


def test_a_cron_that_has_not_ticked_for_minutes_is_named(
    ready_app: Flask, client: FlaskClient, moved_clock: Callable[[datetime], None]
) -> None:
    moved_clock(NOON)
    with unit_of_work():
        health.ticked("sweep")
    moved_clock(NOON + health.TICK_OLDEST + timedelta(seconds=1))
    status, found = parts(client)
    assert (status, found["cron"]["ready"]) == (503, False)
    assert found["cron"]["last_tick"] == NOON.isoformat()


def test_a_store_that_is_gone_is_named(
    ready_app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(ready_app.extensions, "storage", Storage("/proc/no-such-folder"))
    status, found = parts(client)
    assert (status, found["storage"]["ready"]) == (503, False)


def test_metrics_count_requests_by_route_and_what_waits_in_the_outbox(
    client: FlaskClient, moved_clock: Callable[[datetime], None]
) -> None:
    moved_clock(NOON)
    with unit_of_work():
        outbox.put("notify", {"event_id": 1})
    moved_clock(NOON + timedelta(seconds=90))
    client.get("/api/v1/reports/483-920-1157")
    shown = client.get("/metrics").text
    assert 'route="/api/v1/reports/<code>",status="404"' in shown
    assert "483-920-1157" not in shown, "codes are no labels"
    assert "outbox_waiting 1.0" in shown
    assert "outbox_oldest_seconds 90.0" in shown
