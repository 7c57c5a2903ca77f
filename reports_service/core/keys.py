"""Keys for each purpose, derived from the deployment's secret (HKDF, RFC 5869), and earlier ones.

What was sealed under an earlier secret must hold after the secret was changed. Earlier secrets are
told by SECRET_KEYS_OLD until ``reports keys rotate`` has kept what is needed of them: for some
purposes the derived key, wrapped under the present secret. Then the earlier secret can go.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import logging
from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from flask import current_app
from sqlalchemy import LargeBinary, String, select
from sqlalchemy.orm import Mapped, mapped_column

from reports_service.core import clock
from reports_service.core.db import Model, UtcDateTime, db
from reports_service.core.reference import Snapshot, changed

EVENTS = "event-chain"
AUDIT = "audit-chain"
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
LIST_CURSORS = "list-cursors"
KEPT = "kept-keys"

# Kept when a secret goes: what was sealed stays sealed, tokens that people hold go on working, …
VERIFYING = (EVENTS, AUDIT, CLOSED_MONTHS, TRACKING, SECOND_FACTORS)
# … and these never change: what they made is looked up, or known to devices of others.
LASTING = (PUSH, FINGERPRINT, RECOVERY_CODES, KNOWN_PLACES)
REVISION = "kept_keys"
log = logging.getLogger(__name__)


class KeptKey(Model):
    """The key of an earlier secret for one purpose, wrapped under the secret that followed it."""

    __tablename__ = "kept_keys"

    secret: Mapped[str] = mapped_column(String(16), primary_key=True)  # its name
    purpose: Mapped[str] = mapped_column(String(40), primary_key=True)
    wrapped: Mapped[bytes] = mapped_column(LargeBinary)
    kept_at: Mapped[datetime] = mapped_column(UtcDateTime)


def key(purpose: str) -> bytes:
    """32 bytes for ``purpose``; another purpose or another secret gives unrelated ones."""
    return derived(current_app.config["SECRET_KEY"], purpose)


def keyed_hash(purpose: str, message: bytes) -> bytes:
    """HMAC-SHA-256 of ``message`` under the key for ``purpose``: 32 bytes."""
    return hmac.digest(key(purpose), message, hashlib.sha256)


def holds(purpose: str, message: bytes, digest: bytes) -> bool:
    """Whether ``digest`` is a message's keyed hash, under the present key or an earlier one."""
    return any(
        hmac.compare_digest(hmac.digest(one, message, hashlib.sha256), digest)
        for one in known(purpose)
    )


def known(purpose: str) -> Iterator[bytes]:
    """The key for ``purpose`` and those of earlier secrets, the newest first."""
    yield key(purpose)  # nearly always the one: earlier ones are looked up only when it is not
    yield from reversed(_earlier(purpose))


def lasting(purpose: str) -> bytes:
    """The key for one of the ``LASTING`` purposes: of the first secret that is remembered."""
    return next(iter(_earlier(purpose)), key(purpose))


def lasting_hash(purpose: str, message: bytes) -> bytes:
    """HMAC-SHA-256 under the key for one of the ``LASTING`` purposes: 32 bytes."""
    return hmac.digest(lasting(purpose), message, hashlib.sha256)


def cipher(purpose: str) -> MultiFernet:
    """Encrypts under the present key for ``purpose``, opens what any known one encrypted."""
    return MultiFernet([fernet(one) for one in known(purpose)])


def secrets_known() -> list[str]:
    """The present secret and the earlier ones that are still told, the newest first."""
    return [current_app.config["SECRET_KEY"], *current_app.config["SECRET_KEYS_OLD"]]


def keep_earlier(*, tokens: bool = True) -> int:
    """Keep what is needed of the secrets in SECRET_KEYS_OLD, in the caller's unit of work, and
    wrap what was kept before under the present secret. Returns how many keys are kept anew.

    ``tokens``: whether tracking tokens of those secrets are to go on working.
    """
    wrapping, there = _wrapping(), {(row.secret, row.purpose): row for row in _rows()}
    for row in there.values():
        row.wrapped = wrapping.rotate(row.wrapped)
    purposes = [one for one in (*VERIFYING, *LASTING) if tokens or one != TRACKING]
    new = [
        (secret, purpose)
        for secret in reversed(current_app.config["SECRET_KEYS_OLD"])
        for purpose in purposes
        if (name_of(secret), purpose) not in there
    ]
    for secret, purpose in new:
        wrapped = wrapping.encrypt(derived(secret, purpose))
        db.session.add(
            KeptKey(secret=name_of(secret), purpose=purpose, wrapped=wrapped, kept_at=clock.now())
        )
    changed(REVISION)
    return len(new)


def _rows() -> list[KeptKey]:
    # Asked in the middle of any change; what is half made there must not be flushed for it.
    with db.session.no_autoflush:
        return list(db.session.scalars(select(KeptKey).order_by(KeptKey.kept_at)))


def _wrapping() -> MultiFernet:
    return MultiFernet([fernet(derived(secret, KEPT)) for secret in secrets_known()])


def _earlier(purpose: str) -> list[bytes]:
    """The oldest first: those that are kept, then those of secrets that are still told."""
    kept = [one for secret, of, one in _kept.current() if of == purpose]
    told = [derived(secret, purpose) for secret in reversed(current_app.config["SECRET_KEYS_OLD"])]
    return [*kept, *(one for one in told if one not in kept)]


def _load() -> list[tuple[str, str, bytes]]:
    wrapping, found = _wrapping(), []
    for row in _rows():
        try:
            found.append((row.secret, row.purpose, wrapping.decrypt(row.wrapped)))
        except InvalidToken:
            log.error("a kept key cannot be opened under this secret: %s", row.purpose)
    return found


_kept = Snapshot(REVISION, load=_load)


def name_of(secret: str) -> str:
    """A name for a secret, to tell it from others: nothing about it can be learned from the name.

    16 hexadecimal digits.
    """
    return derived(secret, "name")[:8].hex()


def fernet(key_bytes: bytes) -> Fernet:
    """A cipher of 32 bytes."""
    return Fernet(base64.urlsafe_b64encode(key_bytes))


@lru_cache(maxsize=256)
def derived(secret: str, purpose: str) -> bytes:
    """32 bytes for ``purpose`` from a secret."""
    return HKDF(SHA256(), 32, salt=None, info=f"1022/{purpose}".encode()).derive(secret.encode())
