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
    message = f"{report.code}|{report.token_generation}".encode()
    return base64.b32encode(keys.keyed_hash(keys.TRACKING, message)[:TOKEN_BYTES]).decode().lower()


def shown(report: Report, token: str | None) -> bool:
    """Whether this is the report's tracking token; compared in constant time."""
    return token is not None and hmac.compare_digest(
        token_of(report).encode(), token.strip().lower().encode()
    )


def fingerprint(filed: Mapping[str, Any], picture_digests: Sequence[str]) -> bytes:
    """A keyed hash over the decoded fields and the pictures' digests of a filing."""
    content = orjson.dumps(
        {"filed": filed, "pictures": list(picture_digests)},
        option=orjson.OPT_SORT_KEYS,
        default=str,
    )
    return keys.keyed_hash(keys.FINGERPRINT, content)
