"""The keys of reporters' data: which there are, which is the one to write with.

Each row names the key that it is written under: the secret's name and a version. The first version
of a secret's key is what the service began with; ``reports keys rotate`` begins the next one. All
versions are derived, none is kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from cryptography.fernet import Fernet
from sqlalchemy import select

from reports_service.core import keys, reference
from reports_service.core.db import db
from reports_service.core.reference import Revision, Snapshot

REVISION = "reporter_keys"


@dataclass(frozen=True)
class ReporterKey:
    """A key of a secret: encrypts fields, and makes their index."""

    secret: str
    version: int

    @property
    def name(self) -> str:
        """As rows name it: 16 hexadecimal digits, a dash, the version."""
        return f"{keys.name_of(self.secret)}-{self.version}"

    def cipher(self) -> Fernet:
        """What fields are encrypted with."""
        return _made(self._derived(keys.REPORTER_FIELDS))

    def index_key(self) -> bytes:
        """What the index of a field is keyed with."""
        return self._derived(keys.REPORTER_INDEX)

    def _derived(self, purpose: str) -> bytes:
        return keys.derived(self.secret, purpose if self.version == 1 else self._of(purpose))

    def _of(self, purpose: str) -> str:
        return f"{purpose}/{self.version}"


@lru_cache(maxsize=64)
def _made(key: bytes) -> Fernet:
    return keys.fernet(key)


def _load() -> int:
    with db.session.no_autoflush:
        raised = db.session.scalar(select(Revision.number).where(Revision.kind == REVISION))
    return 1 + (raised or 0)


_version = Snapshot(REVISION, load=_load)


def present() -> ReporterKey:
    """The key to write with."""
    return ReporterKey(keys.secrets_known()[0], _version.current())


def all_known() -> list[ReporterKey]:
    """Every key that a row may be written under, the present one first."""
    versions = range(_version.current(), 0, -1)
    return [ReporterKey(secret, version) for secret in keys.secrets_known() for version in versions]


def begin_next() -> None:
    """Begin a new version, in the caller's unit of work: who writes from now on writes with it."""
    reference.changed(REVISION)
    _version.forget()
