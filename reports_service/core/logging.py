"""Structured logs: one JSON object a line, with the id of the request or job. No personal data."""

from __future__ import annotations

import logging
import sys
import time
import uuid
from http import HTTPStatus
from typing import Any

import orjson
import structlog
from flask import Flask, Response, g, request

from reports_service.core import tracebacks

_SHARED = (
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.stdlib.add_logger_name,
    structlog.stdlib.ExtraAdder(),
    structlog.processors.TimeStamper(fmt="iso", utc=True),
)
_requests = structlog.stdlib.get_logger("reports_service.requests")


def configure_logging(level: str, form: str) -> None:
    """Send the standard library's logs through structlog; ``form`` is ``json`` or ``console``."""
    renderer: structlog.typing.Processor = (
        structlog.processors.JSONRenderer(serializer=_one_line)
        if form == "json"
        else structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=_SHARED,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.ExceptionRenderer(tracebacks.said),
                renderer,
            ],
        )
    )
    logging.basicConfig(handlers=[handler], level=level.upper(), force=True)
    structlog.configure(
        processors=[*_SHARED, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )


def _one_line(event: Any, **_options: Any) -> str:
    return orjson.dumps(event, default=str).decode()


def bind(**values: object) -> None:
    """Add values to every log line of this request or job from now on."""
    structlog.contextvars.bind_contextvars(**values)


def init_request_logging(app: Flask) -> None:
    """Give each request an id and write one line for it; behind ``PROXIES`` the id is theirs, if
    it is a plain one.
    """

    @app.before_request
    def _begin() -> None:
        given = request.headers.get("X-Request-Id", "") if app.config["PROXIES"] else ""
        plain = given.isascii() and given.replace("-", "").isalnum() and len(given) <= 64
        g.request_id = given if plain else uuid.uuid4().hex
        g.started = time.perf_counter()
        structlog.contextvars.clear_contextvars()
        bind(request_id=g.request_id)

    @app.after_request
    def _end(answer: Response) -> Response:
        answer.headers["X-Request-Id"] = g.get("request_id", "")
        # The rule, not the path: a path holds codes and queries hold what people typed.
        rule = request.url_rule.rule if request.url_rule else "unknown"
        took_ms = round(1000 * (time.perf_counter() - g.get("started", time.perf_counter())), 1)
        status, who = answer.status_code, _who_asked()
        said = {"method": request.method, "route": rule, "status": status, "ms": took_ms, **who}
        if status >= HTTPStatus.BAD_REQUEST and "problem" in g:
            said["problem"] = g.problem
        _requests.info("answered", **said)
        return answer


def _who_asked() -> dict[str, int | str]:
    """The number of the account, or another system's key: who reads the log may look them up."""
    actor = g.get("actor")
    if actor is None:
        return {}
    if actor.scopes:
        return {"key": actor.name}
    return {"account": actor.own_account} if actor.own_account else {}
