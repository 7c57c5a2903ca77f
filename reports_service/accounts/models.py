"""Staff accounts, sessions and the keys of other systems as rows."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    BigInteger,
    Boolean,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from reports_service.agencies.models import Agency
from reports_service.core.db import BigKey, Json, Model, UtcDateTime


class Account(Model):
    """A member of staff. ``email`` is kept in lower case."""

    __tablename__ = "accounts"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    email: Mapped[str] = mapped_column(String(200), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(String(20))
    agency_id: Mapped[int | None] = mapped_column(ForeignKey(Agency.id), index=True)
    language: Mapped[str] = mapped_column(String(5), default="vi")
    password_hash: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    agency: Mapped[Agency | None] = relationship(lazy="joined")


class Session(Model):
    """A sign-in. Only the token's SHA-256 is kept, so that a stolen table opens nothing.

    ``browser``, ``system`` and ``address_prefix`` are for the owner to recognise it by;
    ``last_used_at`` is up to a quarter of an hour behind. ``second_factor``: two were shown.
    """

    __tablename__ = "sessions"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    account_id: Mapped[int] = mapped_column(ForeignKey(Account.id), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    browser: Mapped[str] = mapped_column(String(40), default="")
    system: Mapped[str] = mapped_column(String(40), default="")
    address_prefix: Mapped[str] = mapped_column(String(60), default="")
    second_factor: Mapped[bool] = mapped_column(Boolean, default=False)

    account: Mapped[Account] = relationship(lazy="joined")

    @property
    def public_id(self) -> str:
        """What its owner and administrators call it by; nobody signs in with it."""
        return self.token_hash[:6].hex()


class SecondFactor(Model):
    """An account's time-based codes (RFC 6238). ``secret`` is encrypted; ``last_step`` is the half
    minute of the last code that was taken, none before it is taken again.
    """

    __tablename__ = "second_factors"

    account_id: Mapped[int] = mapped_column(ForeignKey(Account.id), primary_key=True)
    secret: Mapped[bytes] = mapped_column(LargeBinary)
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    last_step: Mapped[int] = mapped_column(BigInteger)


class RecoveryCode(Model):
    """A code for the day the telephone is lost. Only a keyed hash is kept; each serves once."""

    __tablename__ = "recovery_codes"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey(Account.id), index=True)
    code_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class PasswordReset(Model):
    """A way to a new password that was sent to an owner. Of its token only the SHA-256 is kept."""

    __tablename__ = "password_resets"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey(Account.id), index=True)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    account: Mapped[Account] = relationship(lazy="joined")


class Identity(Model):
    """Who an account is at an OpenID provider, from its first sign-in there on."""

    __tablename__ = "identities"
    __table_args__ = (
        UniqueConstraint("issuer", "subject"),
        UniqueConstraint("account_id", "issuer"),
    )

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey(Account.id))
    issuer: Mapped[str] = mapped_column(String(300))
    subject: Mapped[str] = mapped_column(String(255))
    linked_at: Mapped[datetime] = mapped_column(UtcDateTime)

    account: Mapped[Account] = relationship(lazy="joined")


class KnownPlace(Model):
    """A device or an address that signed in to an account, as a keyed hash."""

    __tablename__ = "known_places"
    __table_args__ = (Index("ix_known_places_seen_at", "seen_at"),)

    account_id: Mapped[int] = mapped_column(ForeignKey(Account.id), primary_key=True)
    place: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime)


class Guesses(Model):
    """How often somebody failed, by a keyed hash of who: a row holds no address and no name.

    ``last_at`` is when they last did; once the wait after it refused somebody, when it ends.
    """

    __tablename__ = "guesses"

    who: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    failures: Mapped[int] = mapped_column(Integer)
    last_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    wait_until: Mapped[datetime] = mapped_column(UtcDateTime)


class ApiKey(Model):
    """The key of another system. Only the SHA-256 of its secret is kept.

    ``last_used_at`` is up to an hour behind.
    """

    __tablename__ = "api_keys"

    id: Mapped[int] = mapped_column(BigKey, primary_key=True)
    public_id: Mapped[str] = mapped_column(String(8), unique=True)
    secret_hash: Mapped[bytes] = mapped_column(LargeBinary(32))
    name: Mapped[str] = mapped_column(String(200))
    scopes: Mapped[list[str]] = mapped_column(Json)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime)
    expires_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
