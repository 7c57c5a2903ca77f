"""What watches the service: /healthz (the process lives), /readyz (each part by name), /metrics."""

from __future__ import annotations

import time
from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint, Flask, Response, current_app, g, has_request_context, jsonify, request
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    generate_latest,
)
from sqlalchemy import String, func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Mapped, mapped_column

from reports_service.core import clock, queue
from reports_service.core.auth import current_language, public
from reports_service.core.db import (
    Model,
    UtcDateTime,
    db,
    reachable,
    unit_of_work,
    writes_fail,
)
from reports_service.core.outbox import Effect
from reports_service.core.patience import probing
from reports_service.core.words import DEFAULT_LANGUAGE, say
from reports_service.domain.errors import Unavailable

TICK_OLDEST = timedelta(minutes=3)
PROBE = "readiness"  # no task: written to see whether the database takes it
bp = Blueprint("health", __name__)
registry = CollectorRegistry()
REQUESTS = Counter(
    "http_requests_total", "Requests answered", ["method", "route", "status"], registry=registry
)
DURATION = Histogram(
    "http_request_seconds", "Time to answer", ["method", "route"], registry=registry
)
WAITING = Gauge("outbox_waiting", "Effects not done yet", registry=registry)
DEAD = Gauge("outbox_dead", "Effects given up after all attempts", registry=registry)
OLDEST = Gauge("outbox_oldest_seconds", "Age of the oldest effect that is due", registry=registry)


class Tick(Model):
    """When a periodic task last ended well."""

    __tablename__ = "ticks"

    task: Mapped[str] = mapped_column(String(40), primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)


def ticked(task: str) -> None:
    """Write down, in the caller's unit of work, that ``task`` has just run."""
    db.session.merge(Tick(task=task, at=clock.now()))


def init_health(app: Flask) -> None:
    """Serve the three addresses and count requests."""
    app.register_blueprint(bp)

    @app.after_request
    def _count(answer: Response) -> Response:
        rule = request.url_rule.rule if request.url_rule else "unknown"
        REQUESTS.labels(request.method, rule, answer.status_code).inc()
        if "started" in g:
            DURATION.labels(request.method, rule).observe(time.perf_counter() - g.started)
        return answer


def parts() -> dict[str, dict[str, Any]]:
    """Each part that the service needs: name -> {"ready": bool, ...}; with ``why`` (a code) and
    ``detail`` (a sentence) where it is not. Addresses and paths are for the log alone.
    """
    database = reachable()
    return {
        "database": _database(database),
        "queue": _part(queue.reachable(), "queue_away"),
        "storage": _part(current_app.extensions["storage"].ready(), "storage_away"),
        "cron": _cron() if database else _part(False, "cron_unknown"),
    }


def _part(ready: bool, why: str, **more: Any) -> dict[str, Any]:
    if ready:
        return {"ready": True, **more}
    language = current_language() if has_request_context() else DEFAULT_LANGUAGE
    detail = say(f"ready_{why}", language)
    return {"ready": False, "why": why, "detail": detail, **more}


def _database(answers: bool) -> dict[str, Any]:
    if not answers:
        return _part(False, "database_away")
    return _part(not writes_fail() or _can_write(), "database_not_written")


def _can_write() -> bool:
    """Whether a row can be written again, after the last one could not; it does not wait long."""
    try:
        with probing(), unit_of_work():
            ticked(PROBE)
    except Unavailable:
        return False
    return True


def _cron() -> dict[str, Any]:
    last = db.session.scalar(select(func.max(Tick.at)).where(Tick.task != PROBE))
    fresh = last is not None and clock.now() - last < TICK_OLDEST
    return _part(fresh, "cron_late", last_tick=last.isoformat() if last else None)


@bp.get("/healthz")
@public
def healthz() -> Response:
    return jsonify(status="alive")


@bp.get("/readyz")
@public
def readyz() -> tuple[Response, int]:
    found = parts()
    ready = all(part["ready"] for part in found.values())
    return jsonify(ready=ready, parts=found), 200 if ready else 503


@bp.get("/metrics")
@public
def metrics() -> Response:
    _measure_outbox()
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _measure_outbox() -> None:
    waiting = Effect.done_at.is_(None) & Effect.dead_at.is_(None)
    try:
        WAITING.set(db.session.scalar(select(func.count(Effect.id)).where(waiting)) or 0)
        DEAD.set(
            db.session.scalar(select(func.count(Effect.id)).where(Effect.dead_at.is_not(None))) or 0
        )
        oldest = db.session.scalar(
            select(func.min(Effect.due_at)).where(waiting, Effect.due_at <= clock.now())
        )
    except DBAPIError:
        db.session.rollback()
        return
    OLDEST.set((clock.now() - oldest).total_seconds() if oldest else 0)
