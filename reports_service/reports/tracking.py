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
    return _token(report, report.token_generation, keys.key(keys.TRACKING))


def _token(report: Report, generation: int, key: bytes) -> str:
    message = f"{report.code}|{generation}".encode()
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
        hmac.compare_digest(_token(report, report.token_generation, key).encode(), given)
        for key in keys.known(keys.TRACKING)
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
    given, before = token.strip().lower().encode(), report.token_generation - 1
    was_shown = any(
        hmac.compare_digest(_token(report, before, known).encode(), given)
        for known in keys.known(keys.TRACKING)
    )
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
    return keys.lasting_hash(keys.FINGERPRINT, content)
