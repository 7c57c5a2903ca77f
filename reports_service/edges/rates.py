"""How often is enough: of one sender first, and of one network address, which a village may share.

Counted in Redis by a window that slides (two counters, whatever the rate). While Redis is away
each process counts by itself, and asks for Redis again after 1, 2, 4 … 32 seconds: flask-limiter
sees to both. What was counted is no secret: a sender is a hash there, an address a keyed one.
"""

from __future__ import annotations

import hashlib
import math
import time
from typing import Any, Final

from flask import Flask, Response, current_app, request
from flask_limiter import ApplicationLimit, Limiter, RateLimitExceeded, RequestLimit
from redis import ConnectionPool
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from reports_service.core import keys
from reports_service.core.addresses import address_of_request
from reports_service.core.queue import ANSWER_TIMEOUT_S, CONNECT_TIMEOUT_S
from reports_service.domain.errors import TooMany
from reports_service.edges.uses import Use, use_of

COOKIES: Final = ("session", "device")
STRATEGY: Final = "sliding-window-counter"
PREFIX: Final = "rates"


class TooOften(TooMany):
    """More requests for this use than one sender or one address needs in such a time."""

    code = "too_often"


def init_rates(app: Flask) -> None:
    """Count the requests of the app and refuse what is too much, unless ``RATE_FACTOR`` is 0."""
    if not app.config["RATE_FACTOR"]:
        return
    limiter = Limiter(
        _address,
        application_limits=[
            ApplicationLimit(_of_sender, key_function=_sender, exempt_when=_nobody_named),
            ApplicationLimit(_of_address, key_function=_address),
        ],
        strategy=STRATEGY,
        key_prefix=PREFIX,
        in_memory_fallback_enabled=True,
        swallow_errors=True,  # of requests that wait for Redis while another finds that it is away
        **_storage(app.config["REDIS_URL"]),
    )
    limiter.init_app(app)
    app.extensions["rates"] = limiter
    app.register_error_handler(RateLimitExceeded, _refuse)
    app.after_request(_say_rate)


def _refuse(_exceeded: RateLimitExceeded) -> Any:
    """Answer as any refusal: a problem document, or a page to a person."""
    seconds, _ = _standing(current_app.extensions["rates"].current_limit)
    return current_app.handle_user_exception(TooOften(seconds=seconds))


def _storage(url: str | None) -> dict[str, Any]:
    """A request waits for Redis as long as for the queue; without Redis each process counts."""
    if not url:
        return {"storage_uri": "memory://"}
    pool = ConnectionPool.from_url(
        url,
        socket_connect_timeout=CONNECT_TIMEOUT_S,
        socket_timeout=ANSWER_TIMEOUT_S,
        retry=Retry(NoBackoff(), 0),
        protocol=2,
    )
    return {"storage_uri": "redis://", "storage_options": {"connection_pool": pool}}


def _use() -> Use | None:
    rule = request.url_rule
    return use_of(request.method, rule.rule) if rule else Use.READING


def _of_sender() -> str:
    return _rate(0)


def _of_address() -> str:
    return _rate(1)


def _rate(place: int) -> str:
    """As ``limits`` reads it; nothing where nothing is counted."""
    use = _use()
    if use is None:
        return ""
    times, _, unit = current_app.config["RATES"][use][place].partition("/")
    return f"{max(1, round(int(times) * current_app.config['RATE_FACTOR']))}/{unit}"


def _named() -> str:
    """What tells this sender from others of its address: a token, a key, a cookie; or nothing."""
    if said := request.headers.get("Authorization"):
        return said
    return next((cookie for name in COOKIES if (cookie := request.cookies.get(name))), "")


def _nobody_named() -> bool:
    return not _named()


def _sender() -> str:
    digest = hashlib.blake2b(_named().encode("utf-8", "replace"), digest_size=16)
    return f"{_use()}:sender:{digest.hexdigest()}"


def _address() -> str:
    digest = keys.keyed_hash(keys.SENDERS, address_of_request().encode())
    return f"{_use()}:address:{digest[:16].hex()}"


def _say_rate(answer: Response) -> Response:
    """What is left, by draft-ietf-httpapi-ratelimit-headers, of the rate that ends first."""
    limiter: Limiter = current_app.extensions["rates"]
    counted = limiter.current_limit
    if counted is None:
        return answer
    name, of = str(counted.request_args[1]).split(":")[:2]
    window, most = counted.limit.get_expiry(), counted.limit.amount
    seconds, left = _standing(counted)
    answer.headers["RateLimit-Policy"] = f'"{name}-{of}";q={most};w={window}'
    answer.headers["RateLimit"] = f'"{name}-{of}";r={left};t={seconds}'
    if counted.breached:  # else somebody refused it for another reason, and says when by himself
        answer.headers["Retry-After"] = str(seconds)
    return answer


def _standing(counted: RequestLimit) -> tuple[int, int]:
    """Seconds until more is taken, for certain, and how many requests are left until then."""
    window, most = counted.limit.get_expiry(), counted.limit.amount
    try:
        ends, left = counted.window
    except RedisError:  # gone since it counted; the next request will notice
        return window, 0 if counted.breached else most
    # What is counted now weighs less and less when its window has ended: one place is free then.
    one_more = 0 if left else window / most
    return max(1, math.ceil(ends - time.time() + one_more)), 0 if counted.breached else left
