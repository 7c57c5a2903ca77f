"""A lost password: a letter with a link that serves once, within an hour.

The answer to who asks is the same, and takes as long, whether there is an account or not: either
way one effect is written, and a worker finds out whether there is anybody to write to. The token
in the link is derived from a random number and the deployment's secret, so that a letter that has
to be sent again is the same letter. It stands nowhere: its SHA-256 finds the row.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, select, update

from reports_service.accounts import choosing, guessing, password_hashes, service, sessions
from reports_service.accounts.guessing import TriedTooOften, Visit
from reports_service.accounts.models import Account, PasswordReset
from reports_service.core import audit, clock, keys, outbox
from reports_service.core.auth import Actor
from reports_service.core.db import db, unit_of_work
from reports_service.domain import lockout
from reports_service.domain.errors import Gone

LETTER: Final = "password_letter"  # an effect: {"account_id", "nonce"}, null for nobody
NEWS: Final = "account_news"  # an effect: {"account_id", "what", "at"}
NONCE_BYTES: Final = 16
LASTS: Final = timedelta(hours=1)
KEPT: Final = timedelta(days=7)


class ResetOver(Gone):
    """The link was used, is too old, or never was one."""

    code = "reset_over"


@dataclass(frozen=True)
class Letter:
    """What the letter is made from."""

    number: int
    asked_at: datetime
    account: Account
    token: str
    expires_at: datetime


def ask(email: str, visit: Visit) -> None:
    """Somebody has lost the password of this address, if it is one of ours. Durable on return.

    Raises ``TriedTooOften`` for an address of the network that asks for very many.
    """
    guessing.count({guessing.of("letters_to", visit.address): lockout.LETTERS_OF_ADDRESS})
    account = service.find_active(email)
    account_id = account.id if account is not None else None
    to = account_id if _may_write_to(email) else None
    with unit_of_work():
        outbox.put(LETTER, {"account_id": to, "nonce": secrets.token_hex(NONCE_BYTES)})


def letter(account_id: int | None, nonce: str) -> Letter | None:
    """What to write to an account; the link holds for an hour from now on. None where there is
    nobody to write to, or the link was used. The same nonce makes the same letter.
    """
    if account_id is None:
        return None
    with unit_of_work():
        reset = _find(_token(nonce)) or _new(account_id, nonce)
        if reset.used_at is not None or service.has_ended(reset.account):
            return None
        reset.expires_at = clock.now() + LASTS
        return Letter(reset.id, reset.asked_at, reset.account, _token(nonce), reset.expires_at)


def account_of(token: str) -> Account:
    """The account whose password a link may change. Raises ``ResetOver``."""
    return _open(token).account


def use(token: str, password: str, visit: Visit) -> None:
    """Set a new password; all sessions and other links of the account end, and of all devices it
    knows this one alone: it has shown that it reads the owner's mail.

    Raises ``ResetOver`` and what ``choosing.check`` does.
    """
    reset = _open(token)
    account = reset.account
    choosing.check(password, account)
    account.password_hash = password_hashes.hashed(password)
    of_account = update(PasswordReset).where(PasswordReset.account_id == account.id)
    db.session.execute(
        of_account.where(PasswordReset.used_at.is_(None)).values(used_at=clock.now())
    )
    sessions.end_silently(account.id)
    guessing.forget_places(account.id)
    guessing.remember(account.id, Visit(device=visit.device))
    owner = Actor(account_id=account.id, name=account.email)
    audit.record(owner, "password_reset", "account", account.email)
    tell(account, "password_reset")


def change_own(actor: Actor, account: Account, password: str) -> None:
    """A new password, looked at already, in place of the old one, which was asked for; other
    sessions and open links end.
    """
    account.password_hash = password_hashes.hashed(password)
    db.session.execute(delete(PasswordReset).where(PasswordReset.account_id == account.id))
    sessions.end_silently(account.id, except_id=actor.session_id)
    audit.record(actor, "password_changed", "account", account.email)
    tell(account, "password_changed")


def tell(account: Account, what: str) -> None:
    """Write to the owner of an account that something of it was changed, whoever did it."""
    at = clock.now().isoformat()
    outbox.put(NEWS, {"account_id": account.id, "what": what, "at": at})


def forget_old() -> None:
    """Delete what was asked for a week ago."""
    with unit_of_work():
        old = PasswordReset.asked_at < clock.now() - KEPT
        db.session.execute(delete(PasswordReset).where(old))


def _may_write_to(email: str) -> bool:
    """Not more than a few letters: an inbox can be flooded by asking, too."""
    who = guessing.of("letters", email.strip().lower())
    try:
        guessing.count({who: lockout.LETTERS})
    except TriedTooOften:
        return False
    return True


def _new(account_id: int, nonce: str) -> PasswordReset:
    reset = PasswordReset(
        account_id=account_id, token_hash=_digest(_token(nonce)), asked_at=clock.now()
    )
    db.session.add(reset)
    db.session.flush()
    return reset


def _find(token: str) -> PasswordReset | None:
    return db.session.scalar(
        select(PasswordReset).where(PasswordReset.token_hash == _digest(token))
    )


def _open(token: str) -> PasswordReset:
    reset = _find(token)
    if reset is None or reset.used_at is not None or service.has_ended(reset.account):
        raise ResetOver()
    if reset.expires_at is None or reset.expires_at <= clock.now():
        raise ResetOver()
    return reset


def _token(nonce: str) -> str:
    token = keys.keyed_hash(keys.PASSWORD_RESETS, nonce.encode())
    return base64.urlsafe_b64encode(token).decode().rstrip("=")


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()
