"""Coming in: by a password, by a code after it, by another provider's word; and an own password
asked for once more before something grave.

Whatever is wrong, the answer takes as long and says the same for an account that does not exist.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from cryptography.fernet import Fernet, InvalidToken

from reports_service.accounts import guessing, second_factor, service, signing_in, turned_away
from reports_service.accounts.guessing import Attempt, TriedTooOften, Visit
from reports_service.accounts.models import Account
from reports_service.accounts.signing_in import SignedIn, SignInFailed
from reports_service.core import clock, keys
from reports_service.core.db import db, unit_of_work
from reports_service.domain.errors import Invalid

HALF_LASTS: Final = timedelta(minutes=10)
DEVICE_BYTES: Final = 18


class PasswordWrong(Invalid):
    """The present password, asked for once more, is another one."""

    code = "password_wrong"


class ProofWrong(Invalid):
    """The present password or the code, both asked for once more, is wrong; which is not said."""

    code = "proof_wrong"


class SecondStepOver(SignInFailed):
    """The first step was too long ago, or the password was changed since."""

    code = "second_step_over"


@dataclass(frozen=True)
class Door:
    """Who stands there, and for how long a session is given."""

    visit: Visit
    lasting: timedelta


@dataclass(frozen=True)
class Proof:
    """What whoever holds a session shows once more before something grave. ``code``: of the
    telephone or on paper, where the account has a second factor.
    """

    password: str
    code: str | None
    visit: Visit


def by_password(email: str, password: str, code: str | None, door: Door) -> SignedIn:
    """Open a session by address and password, and by a code where the account asks for one.

    Raises ``TriedTooOften``, ``SignInFailed``, ``SecondFactorNeeded``, ``SecondFactorWrong``.
    """
    attempt = _begin(email, door.visit)
    account = signing_in.authenticate(email, password)
    return _by_code(account, code, attempt, door)


def by_code(half: str, code: str, door: Door) -> SignedIn:
    """Open a session by a code, for who showed something else before (``half_way``).

    Raises ``SecondStepOver``, ``TriedTooOften``, ``SecondFactorWrong``.
    """
    account = account_half_way(half)
    attempt = _begin(account.email, door.visit)
    return _by_code(account, code, attempt, door)


def by_identity(account: Account, door: Door, *, second_factor_shown: bool) -> SignedIn:
    """Open a session for whom an OpenID provider vouches.

    Raises ``SecondFactorNeeded`` where the account has a second factor and the provider says of
    none.
    """
    if not second_factor_shown and second_factor.is_on(account.id):
        raise second_factor.SecondFactorNeeded()
    with unit_of_work():
        return _enter(account, door, second_factor_shown)


def half_way(account: Account) -> str:
    """What a browser keeps between the two steps: sealed, for this account and password."""
    content = f"{account.id}:{_fingerprint(account)}".encode()
    return _fernet().encrypt_at_time(content, int(clock.now().timestamp())).decode()


def account_half_way(half: str) -> Account:
    """The account that ``half_way`` was made for. Raises ``SecondStepOver``."""
    now, lasts = int(clock.now().timestamp()), int(HALF_LASTS.total_seconds())
    try:
        content = _fernet().decrypt_at_time(half.encode(), lasts, now).decode()
    except InvalidToken as wrong:
        raise SecondStepOver() from wrong
    account_id, _, fingerprint = content.partition(":")
    account = db.session.get(Account, int(account_id))
    if account is None or service.has_ended(account) or _fingerprint(account) != fingerprint:
        raise SecondStepOver()
    return account


def confirm(account: Account, proof: Proof, field: str = "password") -> None:
    """Whoever holds a session must still know the password, and have the second factor where there
    is one. Counts as an attempt, as signing in does; the code is taken.

    Raises ``TriedTooOften``, ``PasswordWrong``, and with a second factor ``ProofWrong`` for both:
    else a session that was stolen would tell when the password is found.
    """
    email, both = account.email, second_factor.is_on(account.id)
    attempt = _begin(email, proof.visit)
    try:
        signing_in.authenticate(email, proof.password)
        _show(account, proof.code, attempt)
    except SignInFailed as wrong:
        raise (ProofWrong if both else PasswordWrong)(field=field) from wrong
    except (second_factor.SecondFactorNeeded, second_factor.SecondFactorWrong) as wrong:
        turned_away.wrong_proof(account)  # the same is done for both
        raise ProofWrong(field=field) from wrong


def _show(account: Account, code: str | None, attempt: Attempt) -> None:
    with unit_of_work():
        second_factor.prove(account, code)
        guessing.succeeded(attempt)


def new_device() -> str:
    """A number for a device that has none."""
    return secrets.token_urlsafe(DEVICE_BYTES)


def _begin(email: str, visit: Visit) -> Attempt:
    try:
        return guessing.begin(email, visit)
    except TriedTooOften as refusal:
        turned_away.had_to_wait(email, visit, refusal)
        raise


def _by_code(account: Account, code: str | None, attempt: Attempt, door: Door) -> SignedIn:
    try:
        with unit_of_work():
            shown = second_factor.prove(account, code)
            guessing.succeeded(attempt)
            return _enter(account, door, shown)
    except second_factor.SecondFactorWrong:
        turned_away.wrong_code(account)
        raise


def _enter(account: Account, door: Door, second_factor_shown: bool) -> SignedIn:
    visit = door.visit
    guessing.remember(account.id, visit)
    return signing_in.sign_in(account, door.lasting, visit, second_factor=second_factor_shown)


def _fingerprint(account: Account) -> str:
    return hashlib.sha256(account.password_hash.encode()).hexdigest()[:16]


def _fernet() -> Fernet:
    return Fernet(base64.urlsafe_b64encode(keys.key(keys.HALF_SIGNED_IN)))
