"""Keys for each purpose, derived from the deployment's one secret (HKDF, RFC 5869)."""

from __future__ import annotations

import hashlib
import hmac
from functools import lru_cache

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import current_app

EVENTS = "event-chain"
TRACKING = "tracking-token"
FINGERPRINT = "filing-fingerprint"
REPORTER_FIELDS = "reporter-fields"
REPORTER_INDEX = "reporter-index"
PICTURES = "picture-addresses"
CLOSED_MONTHS = "closed-months"
FORMS = "forms"
SENDERS = "senders"
PUSH = "push-messages"
SECOND_FACTORS = "second-factors"
RECOVERY_CODES = "recovery-codes"
PASSWORD_RESETS = "password-resets"
KNOWN_PLACES = "known-places"
GUESSES = "guesses"
HALF_SIGNED_IN = "half-signed-in"
OIDC = "oidc-errands"


def key(purpose: str) -> bytes:
    """32 bytes for ``purpose``; another purpose or another secret gives unrelated ones."""
    return _derive(current_app.config["SECRET_KEY"], purpose)


def keyed_hash(purpose: str, message: bytes) -> bytes:
    """HMAC-SHA-256 of ``message`` under the key for ``purpose``: 32 bytes."""
    return hmac.digest(key(purpose), message, hashlib.sha256)


@lru_cache(maxsize=32)
def _derive(secret: str, purpose: str) -> bytes:
    return HKDF(SHA256(), 32, salt=None, info=f"1022/{purpose}".encode()).derive(secret.encode())
