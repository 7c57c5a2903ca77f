"""Accounts: signing in and out, adding, changing, ending."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from argon2.low_level import ARGON2_VERSION
from sqlalchemy import Select, or_, select, update

from reports_service.accounts import sessions
from reports_service.accounts.guessing import Visit
from reports_service.accounts.models import Account, Session
from reports_service.agencies import service as agencies
from reports_service.core import audit, clock, endings
from reports_service.core.auth import Actor
from reports_service.core.codes import named
from reports_service.core.db import db, unit_of_work
from reports_service.domain import passwords
from reports_service.domain.errors import Conflict, Invalid, NotFound, NotSignedIn
from reports_service.domain.roles import Role

_passwords = PasswordHasher()  # argon2id, RFC 9106's second recommended set
# Compared when no such account exists, so that the answer takes as long either way. No password
# has this hash: it is as long as one, and nothing was computed for it.
_NOBODY = (
    f"$argon2id$v={ARGON2_VERSION}$m={_passwords.memory_cost},t={_passwords.time_cost}"
    f",p={_passwords.parallelism}${'A' * 22}${'A' * 43}"
)
UNKNOWN = "–"
ARGON2ID = "$argon2id$"
AGENCY_ROLES = frozenset({Role.OFFICER, Role.HEAD})


class SignInFailed(NotSignedIn):
    """The address or the password is wrong; which of them is not said."""

    code = "sign_in_failed"


class AccountUnknown(NotFound):
    """No account has this address."""

    code = "account_unknown"


class AccountExists(Conflict):
    """The address has an account already."""

    code = "account_exists"


class LastAdministrator(Conflict):
    """Without an administrator nobody could make one."""

    code = "last_administrator"


class AgencyNeeded(Invalid):
    """An officer or head belongs to an agency."""

    code = "agency_needed"


@dataclass(frozen=True)
class SignedIn:
    """A fresh session. ``token`` is shown this once."""

    token: str
    expires_at: datetime
    account: Account
    second_factor: bool = False


def authenticate(email: str, password: str) -> Account:
    """The account that this password opens. Slow by design: call it outside a unit of work.

    Raises ``SignInFailed``.
    """
    account = find_active(email)
    # An account that signs in elsewhere has no password; that takes as long, too.
    kept = account.password_hash if account else ""
    try:
        _check_password(kept if kept.startswith(ARGON2ID) else _NOBODY, password)
        if account is None:
            raise SignInFailed()
    except SignInFailed:
        _log_failure(account)
        raise
    if _passwords.check_needs_rehash(kept):
        _hash_anew(account.id, password)
    return account


def _log_failure(account: Account | None) -> None:
    """Of an address that is nobody's nothing is kept: it may be a password, or a citizen's."""
    with unit_of_work():
        audit.record(Actor(), "sign_in_failed", "account", account.email if account else UNKNOWN)


def sign_in(
    account: Account, lasting: timedelta, visit: Visit | None = None, *, second_factor: bool = False
) -> SignedIn:
    """Open a session for an account that has proved itself."""
    token = secrets.token_urlsafe(32)
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


def _check_password(kept: str, given: str) -> None:
    try:
        _passwords.verify(kept, passwords.prepared(given))
    except (VerifyMismatchError, InvalidHashError) as wrong:
        raise SignInFailed() from wrong


def _hash_anew(account_id: int, password: str) -> None:
    """Keep a password as the parameters of today have it: only now is it known."""
    with unit_of_work():
        renewed = update(Account).where(Account.id == account_id)
        db.session.execute(renewed.values(password_hash=hashed(password)))


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


def actor_of_session(token: str, two_factors_for: Collection[str] = ()) -> Actor | None:
    """The actor behind a bearer token; None when it does not hold (any more).

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
    if session is None or has_ended(session.account):
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


def of_actor(actor: Actor) -> Account:
    """The account of somebody who is signed in."""
    return db.session.get_one(Account, actor.own_account)


def listing() -> Select[Account]:
    """All accounts, ended ones too, with their agencies."""
    return select(Account)


def by_email(email: str) -> Account:
    """The account with this address. Raises ``AccountUnknown``."""
    account = db.session.scalar(select(Account).where(Account.email == email.strip().lower()))
    if account is None:
        raise AccountUnknown(email=email)
    return account


def find_active(email: str) -> Account | None:
    """The account with this address that has not ended, if there is one."""
    return db.session.scalar(_active().where(Account.email == email.strip().lower()))


def has_ended(account: Account) -> bool:
    """Whether an account is over by now."""
    return account.ended_at is not None and account.ended_at <= clock.now()


def staff_of(agency_id: int, roles: Sequence[Role]) -> Sequence[Account]:
    """The active accounts of an agency with one of these roles."""
    return db.session.scalars(
        _active()
        .where(Account.agency_id == agency_id, Account.role.in_(roles))
        .order_by(Account.id)
    ).all()


def with_role(role: Role) -> Sequence[Account]:
    """All active accounts with this role."""
    return db.session.scalars(_active().where(Account.role == role).order_by(Account.id)).all()


def hashed(password: str) -> str:
    """What is kept of a password. Slow by design."""
    return _passwords.hash(passwords.prepared(password))


def add(actor: Actor, values: Mapping[str, Any]) -> Account:
    """A new account: email, name, role, agency (code or None), language, password.

    ``password_hash`` may stand for the password, where many accounts share a known one.

    Raises ``AccountExists``, ``AgencyNeeded``, ``CodeUnknown``, and what ``passwords.check`` does.
    """
    email = values["email"].strip().lower()
    if db.session.scalar(select(Account.id).where(Account.email == email)):
        raise AccountExists(email=email)
    account = Account(email=email, created_at=clock.now())
    _apply(account, values)
    db.session.add(account)
    audit.record(actor, "added", "account", email, **_facts(account))
    return account


def change(actor: Actor, email: str, values: Mapping[str, Any]) -> Account:
    """New name, role, agency, language or password; a new password ends the sessions."""
    account = by_email(email)
    before = _facts(account)
    if values.get("role", account.role) != account.role:
        _require_another_administrator(account)
    _apply(account, values)
    if "password" in values:
        sessions.end_silently(account.id)
    changed = audit.changes(before, _facts(account))
    renewed = sorted({"password", "password_hash"} & set(values))
    audit.record(actor, "changed", "account", account.email, **changed, renewed=renewed)
    return account


def _facts(account: Account) -> dict[str, Any]:
    """What the audit log says of an account."""
    return {
        "name": account.name,
        "role": account.role,
        "agency": account.agency.code if account.agency else None,
        "language": account.language,
    }


def end(actor: Actor, email: str, at: datetime | None = None) -> Account:
    """End an account and its sessions. Raises ``LastAdministrator``."""
    account = by_email(email)
    _require_another_administrator(account)
    account.ended_at = at or clock.now()
    sessions.end_silently(account.id)
    audit.record(actor, "ended", "account", account.email, at=account.ended_at.isoformat())
    return account


def bring_back(actor: Actor, email: str) -> Account:
    """Take an end back: it can sign in again; the sessions that it had stay ended.

    Raises ``AccountUnknown``, ``HasNotEnded``, and ``NeededHasEnded`` where its agency has ended.
    """
    account = by_email(email)
    endings.take_back(actor, "account", account, account.email)
    endings.require(account.email, agency=account.agency)
    return account


def _require_another_administrator(account: Account) -> None:
    others = _active().where(Account.role == Role.ADMIN, Account.id != account.id)
    if account.role == Role.ADMIN and db.session.scalar(others.limit(1)) is None:
        raise LastAdministrator(email=account.email)


def _apply(account: Account, values: Mapping[str, Any]) -> None:
    for name in ("name", "role", "language", "password_hash"):
        if name in values:
            setattr(account, name, values[name])
    if "agency" in values:
        code = values["agency"]
        account.agency = named(agencies.active, code, field="agency") if code else None
    if "password" in values:
        passwords.check(values["password"], account.email)
        account.password_hash = hashed(values["password"])
    if account.role in AGENCY_ROLES and account.agency is None:
        raise AgencyNeeded(field="agency", role=account.role)


def _active() -> Select[Account]:
    return select(Account).where(or_(Account.ended_at.is_(None), Account.ended_at > clock.now()))


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
