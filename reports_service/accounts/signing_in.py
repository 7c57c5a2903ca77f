"""Signing in and out: what opens a session, and who is behind one."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select, update

from reports_service.accounts import password_hashes, service, sessions, turned_away
from reports_service.accounts.guessing import Visit
from reports_service.accounts.models import Account, Session
from reports_service.core import audit, clock
from reports_service.core.auth import Actor
from reports_service.core.db import db, unit_of_work
from reports_service.domain.errors import NotSignedIn
from reports_service.domain.roles import Role


class SignInFailed(NotSignedIn):
    """The address or the password is wrong; which of them is not said."""

    code = "sign_in_failed"


@dataclass(frozen=True)
class SignedIn:
    """A fresh session. ``token`` is shown this once."""

    token: str
    expires_at: datetime
    account: Account
    second_factor: bool = False


@dataclass(frozen=True)
class Renewed:
    """The same session under a new token, shown this once; the old one opens nothing."""

    token: str
    expires_at: datetime


def authenticate(email: str, password: str) -> Account:
    """The account that this password opens. Slow by design: call it outside a unit of work.

    Raises ``SignInFailed``.
    """
    account = service.find_active(email)
    kept = account.password_hash if account else ""
    if not password_hashes.fits(kept, password) or account is None:
        turned_away.wrong_proof(account)
        raise SignInFailed()
    if password_hashes.is_outdated(kept):
        _hash_anew(account.id, password)
    return account


def sign_in(
    account: Account, lasting: timedelta, visit: Visit | None = None, *, second_factor: bool = False
) -> SignedIn:
    """Open a session for an account that has proved itself."""
    token = _new_token()
    now, visit = clock.now(), visit or Visit()
    session = Session(
        token_hash=_digest(token),
        account_id=account.id,
        created_at=now,
        expires_at=now + lasting,
        browser=visit.browser,
        system=visit.system,
        address_prefix=visit.address_prefix,
        second_factor=second_factor,
    )
    db.session.add(session)
    db.session.flush()
    said = {"browser": visit.browser, "system": visit.system, "second_factor": second_factor}
    audit.record(actor_of(account, session.id), "signed_in", "account", account.email, **said)
    return SignedIn(token, session.expires_at, account, second_factor)


def renew(actor: Actor) -> Renewed:
    """A new token for the session by which somebody acts who has proved themselves once more: who
    copied the old one is left behind. It ends when it would have ended.

    Raises ``NotSignedIn`` where the session has ended meanwhile.
    """
    token = _new_token()
    expires_at = db.session.scalar(
        update(Session)
        .where(Session.id == actor.session_id, Session.revoked_at.is_(None))
        .values(token_hash=_digest(token))
        .returning(Session.expires_at)
        .execution_options(synchronize_session=False)
    )
    if expires_at is None:
        raise NotSignedIn()
    return Renewed(token, expires_at)


def sign_out(token: str) -> None:
    """End the session of this token; one that has ended stays so."""
    session = db.session.scalar(
        select(Session).where(Session.token_hash == _digest(token), Session.revoked_at.is_(None))
    )
    if session is None:
        return
    session.revoked_at = clock.now()
    account = session.account
    audit.record(actor_of(account, session.id), "signed_out", "account", account.email)


def actor_of_session(
    token: str, idle: timedelta, two_factors_for: Collection[str] = ()
) -> Actor | None:
    """The actor behind a bearer token; None when it does not hold (any more), or was not used for
    as long as ``idle``, less what ``sessions.USE_NOTED_EVERY`` is behind.

    Of a role in ``two_factors_for`` whose session has shown only one, it is somebody who may set
    up the second one and is the public to everything else.
    """
    now = clock.now()
    session = db.session.scalar(
        select(Session).where(
            Session.token_hash == _digest(token),
            Session.expires_at > now,
            Session.revoked_at.is_(None),
        )
    )
    if session is None or service.has_ended(session.account):
        return None
    if now - sessions.last_use(session) >= idle:
        return None
    account, lacking = session.account, not session.second_factor
    sessions.note_use(session, now)
    if lacking and account.role in two_factors_for:
        return Actor(
            name=account.email,
            language=account.language,
            session_id=session.id,
            enrolling=account.id,
        )
    return actor_of(account, session.id)


def actor_of(account: Account, session_id: int | None = None) -> Actor:
    """The account as one who acts, by this session."""
    return Actor(
        role=Role(account.role),
        account_id=account.id,
        agency_id=account.agency_id,
        name=account.email,
        language=account.language,
        session_id=session_id,
    )


def _hash_anew(account_id: int, password: str) -> None:
    """Keep a password as the parameters of today have it: only now is it known."""
    with unit_of_work():
        renewed = update(Account).where(Account.id == account_id)
        db.session.execute(renewed.values(password_hash=password_hashes.hashed(password)))


def _new_token() -> str:
    return secrets.token_urlsafe(32)


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
