"""Accounts: found, added, changed, ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, or_, select

from reports_service.accounts import choosing, sessions
from reports_service.accounts.models import Account
from reports_service.accounts.password_hashes import hashed
from reports_service.agencies import service as agencies
from reports_service.core import audit, clock, endings
from reports_service.core.auth import Actor
from reports_service.core.codes import named
from reports_service.core.db import db
from reports_service.domain.errors import Conflict, Invalid, NotFound
from reports_service.domain.roles import Role

AGENCY_ROLES = frozenset({Role.OFFICER, Role.HEAD})


class AccountUnknown(NotFound):
    """No account has this address."""

    code = "account_unknown"


class AccountExists(Conflict):
    """The address has an account already."""

    code = "account_exists"


class LastAdministrator(Conflict):
    """Without an administrator nobody could make one."""

    code = "last_administrator"


class OwnPassword(Conflict):
    """Administrators choose passwords of others; their own by the old one, as everybody."""

    code = "own_password"


class AgencyNeeded(Invalid):
    """An officer or head belongs to an agency."""

    code = "agency_needed"


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


def add(actor: Actor, values: Mapping[str, Any]) -> Account:
    """A new account: email, name, role, agency (code or None), language, password.

    ``password_hash`` may stand for the password, where many accounts share a known one.

    Raises ``AccountExists``, ``AgencyNeeded``, ``CodeUnknown``, and what ``choosing.check`` does.
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
    """New name, role, agency, language or password; a new password ends the sessions.

    Raises what ``add`` does, ``AccountUnknown``, ``LastAdministrator``, ``OwnPassword``.
    """
    account = by_email(email)
    if "password" in values and actor.account_id == account.id:
        raise OwnPassword()
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
        choosing.check(values["password"], account)
        account.password_hash = hashed(values["password"])
    if account.role in AGENCY_ROLES and account.agency is None:
        raise AgencyNeeded(field="agency", role=account.role)


def _active() -> Select[Account]:
    return select(Account).where(or_(Account.ended_at.is_(None), Account.ended_at > clock.now()))
