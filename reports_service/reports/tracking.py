"""Tokens and keys of filing: what lets a reporter follow, and what makes filing happen once."""

from __future__ import annotations

import base64
import hmac
from collections.abc import Mapping, Sequence
from typing import Any

import orjson

from reports_service.core import keys
from reports_service.reports.models import Report

TOKEN_BYTES = 15  # 120 bits, 24 characters


def token_of(report: Report) -> str:
    """The tracking token: derived, so that a repeated filing gives the same and none is stored."""
    return _token(report, keys.key(keys.TRACKING))


def _token(report: Report, key: bytes) -> str:
    message = f"{report.code}|{report.token_generation}".encode()
    hashed = hmac.digest(key, message, "sha256")
    return base64.b32encode(hashed[:TOKEN_BYTES]).decode().lower()


def shown(report: Report, token: str | None) -> bool:
    """Whether this is the report's tracking token, of this secret or an earlier one; compared in
    constant time.
    """
    if token is None:
        return False
    given = token.strip().lower().encode()
    return any(
        hmac.compare_digest(_token(report, key).encode(), given)
        for key in keys.known(keys.TRACKING)
    )


def fingerprint(filed: Mapping[str, Any], picture_digests: Sequence[str]) -> bytes:
    """A keyed hash over the decoded fields and the pictures' digests of a filing."""
    content = orjson.dumps(
        {"filed": filed, "pictures": list(picture_digests)},
        option=orjson.OPT_SORT_KEYS,
        default=str,
    )
    return hmac.digest(keys.lasting(keys.FINGERPRINT), content, "sha256")
