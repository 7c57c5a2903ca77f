"""What is kept of a password: its argon2id hash, slow by design."""

from __future__ import annotations

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from argon2.low_level import ARGON2_VERSION

from reports_service.domain import passwords

_passwords = PasswordHasher()  # argon2id, RFC 9106's second recommended set
# Compared when no such account exists, so that the answer takes as long either way. No password
# has this hash: it is as long as one, and nothing was computed for it.
_NOBODY = (
    f"$argon2id$v={ARGON2_VERSION}$m={_passwords.memory_cost},t={_passwords.time_cost}"
    f",p={_passwords.parallelism}${'A' * 22}${'A' * 43}"
)
_ARGON2ID = "$argon2id$"


def hashed(password: str) -> str:
    """What is kept of a password. Slow by design."""
    return _passwords.hash(passwords.prepared(password))


def fits(kept: str, password: str) -> bool:
    """Whether a password is the one that this was kept of; it takes as long where nothing was,
    because there is no account, or one that signs in elsewhere.
    """
    try:
        _passwords.verify(
            kept if kept.startswith(_ARGON2ID) else _NOBODY, passwords.prepared(password)
        )
    except (VerifyMismatchError, InvalidHashError):
        return False
    return True


def is_outdated(kept: str) -> bool:
    """Whether it was computed by other parameters than those of today."""
    return _passwords.check_needs_rehash(kept)
