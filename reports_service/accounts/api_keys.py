"""Keys of other systems: made by an administrator, shown once, ended with a date.

A key is ``r1022_<id>_<secret><checksum>``: the prefix tells a search for leaked secrets what it is,
the checksum tells a mistyped key from a wrong one without asking the database. Of the secret, 32
random bytes, only the SHA-256 is kept: it cannot be guessed, so a slow hash would protect nothing.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import zlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, select, update

from reports_service.accounts.models import ApiKey
from reports_service.core import audit, clock
from reports_service.core.auth import Actor
from reports_service.core.db import db, unit_of_work
from reports_service.domain.errors import Invalid, NotFound, NotSignedIn
from reports_service.domain.roles import Scope

PREFIX = "r1022_"
ID_BYTES, SECRET_BYTES = 4, 32
USE_NOTED_EVERY = timedelta(hours=1)  # a request must not cost a write
_WRITTEN = re.compile(r"(r1022_([0-9a-f]{8})_([0-9a-f]{64}))([0-9a-f]{8})", re.ASCII)


class KeyMistyped(NotSignedIn):
    """It begins as a key does and is none: characters are missing or wrong."""

    code = "api_key_mistyped"


class KeyRefused(NotSignedIn):
    """It is written as a key is, and none was made so."""

    code = "api_key_refused"


class KeyExpired(NotSignedIn):
    """The key was made to last until a moment that is over."""

    code = "api_key_expired"


class KeyEnded(NotSignedIn):
    """An administrator ended the key."""

    code = "api_key_ended"


class KeyUnknown(NotFound):
    """No key has this id."""

    code = "api_key_unknown"


class ExpiresInPast(Invalid):
    """The key could never be used."""

    code = "api_key_expires_in_past"


@dataclass(frozen=True)
class Made:
    """A new key. ``key`` is shown this once."""

    row: ApiKey
    key: str


def listing() -> Select[ApiKey]:
    """All keys, also those that expired or were ended."""
    return select(ApiKey)


def create(
    actor: Actor, name: str, scopes: Collection[str], expires_at: datetime | None = None
) -> Made:
    """Make a key. Raises ``ExpiresInPast``."""
    now = clock.now()
    if expires_at is not None and expires_at <= now:
        raise ExpiresInPast(field="expires_at", at=expires_at)
    public_id, secret = secrets.token_hex(ID_BYTES), secrets.token_hex(SECRET_BYTES)
    row = ApiKey(
        public_id=public_id,
        secret_hash=_digest(secret),
        name=name,
        scopes=sorted(set(scopes)),
        created_at=now,
        expires_at=expires_at,
    )
    db.session.add(row)
    until = expires_at.isoformat() if expires_at else None
    audit.record(
        actor, "added", "api_key", public_id, name=name, scopes=row.scopes, expires_at=until
    )
    return Made(row, written(public_id, secret))


def by_id(public_id: str) -> ApiKey:
    """The key with this id. Raises ``KeyUnknown``."""
    row = _find(public_id)
    if row is None:
        raise KeyUnknown(key=public_id[:40])
    return row


def end(actor: Actor, public_id: str, at: datetime | None = None) -> ApiKey:
    """Let a key hold no longer than until ``at`` (now); a moment that was set before is never put
    off. Raises ``KeyUnknown``.
    """
    row = by_id(public_id)
    at = at or clock.now()
    row.ended_at = min(at, row.ended_at or at)
    audit.record(actor, "ended", "api_key", public_id, at=row.ended_at.isoformat())
    return row


def is_key(token: str) -> bool:
    """Whether a bearer token is meant to be a key."""
    return token.startswith(PREFIX)


def actor_of_key(token: str) -> Actor:
    """The machine behind a key, and a note that it was here.

    Raises ``KeyMistyped``, ``KeyRefused``, ``KeyExpired``, ``KeyEnded``; the last two only to
    somebody who has the key.
    """
    public_id, secret = _read(token)
    row, now = _find(public_id), clock.now()
    if row is None or not hmac.compare_digest(row.secret_hash, _digest(secret)):
        raise KeyRefused()
    if row.ended_at is not None and row.ended_at <= now:
        raise KeyEnded(at=row.ended_at)
    if row.expires_at is not None and row.expires_at <= now:
        raise KeyExpired(at=row.expires_at)
    machine = Actor(name=f"key {public_id}", scopes=frozenset(map(Scope, row.scopes)))
    _note_use(row, now)
    return machine


def written(public_id: str, secret: str) -> str:
    """The key as it is sent: with its prefix, and a CRC-32 over all before it."""
    body = f"{PREFIX}{public_id}_{secret}"
    return body + _checksum(body)


def _read(token: str) -> tuple[str, str]:
    found = _WRITTEN.fullmatch(token)
    if found is None or _checksum(found[1]) != found[4]:
        raise KeyMistyped()
    return found[2], found[3]


def _checksum(body: str) -> str:
    return f"{zlib.crc32(body.encode()):08x}"


def _digest(secret: str) -> bytes:
    return hashlib.sha256(bytes.fromhex(secret)).digest()


def _find(public_id: str) -> ApiKey | None:
    return db.session.scalar(select(ApiKey).where(ApiKey.public_id == public_id))


def _note_use(row: ApiKey, now: datetime) -> None:
    if row.last_used_at is None or now - row.last_used_at >= USE_NOTED_EVERY:
        used = update(ApiKey).where(ApiKey.public_id == row.public_id).values(last_used_at=now)
        with unit_of_work():
            db.session.execute(used)
