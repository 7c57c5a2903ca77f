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
    return _token(report, report.token_generation)


def _token(report: Report, generation: int) -> str:
    message = f"{report.code}|{generation}".encode()
    return base64.b32encode(keys.keyed_hash(keys.TRACKING, message)[:TOKEN_BYTES]).decode().lower()


def shown(report: Report, token: str | None) -> bool:
    """Whether this is the report's tracking token; compared in constant time."""
    return token is not None and hmac.compare_digest(
        token_of(report).encode(), token.strip().lower().encode()
    )


def is_first(report: Report) -> bool:
    """Whether the token is still the one that the answer to the filing gave.

    One that its reporter renewed is given to nobody who shows less than the one before: neither for
    the key of the filing, sent again, nor to who filed it for somebody else.
    """
    return report.token_generation == 1


def renew(report: Report, key: str | None) -> None:
    """Let another token be the report's; the one before opens nothing from now on.

    ``key``: what the asker made up for this renewal, so that it may lose the answer.
    """
    report.token_generation += 1
    report.renewal_hash = _of_renewal(report, key) if key else None


def renewed_by(report: Report, token: str | None, key: str | None) -> bool:
    """Whether this token was the last one before, and this key is what it was renewed with."""
    if not token or not key or report.renewal_hash is None:
        return False
    before = _token(report, report.token_generation - 1).encode()
    was_shown = hmac.compare_digest(before, token.strip().lower().encode())
    return was_shown and hmac.compare_digest(report.renewal_hash, _of_renewal(report, key))


def _of_renewal(report: Report, key: str) -> bytes:
    message = f"renewal|{report.code}|{report.token_generation}|{key}".encode()
    return keys.keyed_hash(keys.TRACKING, message)


def fingerprint(filed: Mapping[str, Any], picture_digests: Sequence[str]) -> bytes:
    """A keyed hash over the decoded fields and the pictures' digests of a filing."""
    content = orjson.dumps(
        {"filed": filed, "pictures": list(picture_digests)},
        option=orjson.OPT_SORT_KEYS,
        default=str,
    )
    return keys.keyed_hash(keys.FINGERPRINT, content)
