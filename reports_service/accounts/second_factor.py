"""The second factor: six digits that a telephone counts with the clock (RFC 6238), and codes on
paper for the day it is lost.

The secret is encrypted in the database. Before it is confirmed by a first code nothing is written:
it travels in a sealed token that only this account can confirm, and only for a while. A code is
taken once; of those within half a minute around now, none that is older than the last one.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import pyotp
from cryptography.fernet import InvalidToken
from sqlalchemy import delete, func, select, update

from reports_service.accounts import sessions
from reports_service.accounts.models import Account, RecoveryCode, SecondFactor, Session
from reports_service.core import audit, clock, keys
from reports_service.core.auth import Actor
from reports_service.core.db import db
from reports_service.domain.errors import Conflict, Invalid, NotSignedIn

ISSUER: Final = "1022"
STEP_S: Final = 30
SKEW: Final = 1  # steps that a telephone's clock may be off
ENROLMENT_LASTS: Final = timedelta(minutes=30)
RECOVERY_CODES: Final = 10
CODE_LENGTH: Final = 12  # of 32 letters: 60 bits
LETTERS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: none looks like another
_READ_AS: Final = str.maketrans("OIL", "011")


class SecondFactorNeeded(NotSignedIn):
    """The password is right, and the account also asks for a code."""

    code = "second_factor_needed"


class SecondFactorWrong(NotSignedIn):
    """The code is wrong, too old, or was taken before."""

    code = "second_factor_wrong"


class CodeNotConfirmed(Invalid):
    """The first code does not fit the secret that was shown."""

    code = "code_not_confirmed"


class EnrolmentOver(Conflict):
    """The secret was shown too long ago, or to another account."""

    code = "enrolment_over"


class SecondFactorOff(Conflict):
    """The account has no second factor."""

    code = "second_factor_off"


@dataclass(frozen=True)
class Enrolment:
    """A secret that is shown once and not kept yet. ``sealed``: what confirming it needs."""

    secret: str
    address: str  # otpauth://…, for the QR code
    sealed: str


@dataclass(frozen=True)
class Standing:
    """Whether an account has a second factor, since when, and how many paper codes are left."""

    factor: SecondFactor | None
    recovery_codes_left: int


def standing(account_id: int) -> Standing:
    """How it stands with an account."""
    left = select(func.count()).where(
        RecoveryCode.account_id == account_id, RecoveryCode.used_at.is_(None)
    )
    return Standing(_of(account_id), db.session.scalar(left) or 0)


def is_on(account_id: int) -> bool:
    """Whether an account has a second factor."""
    return _of(account_id) is not None


def begin(account: Account) -> Enrolment:
    """A new secret for an account to be confirmed; nothing is written."""
    return _enrolment(account, pyotp.random_base32())


def begun(account: Account, sealed: str) -> Enrolment:
    """The same once more, to be shown again. Raises ``EnrolmentOver``."""
    return _enrolment(account, _unsealed(account, sealed))


def require_fitting(account: Account, sealed: str, code: str) -> None:
    """Whether the first code fits the secret that was shown, before anything is taken for it.

    Raises ``EnrolmentOver``, ``CodeNotConfirmed``.
    """
    _fitting(account, sealed, code)


def confirm(
    actor: Actor, account: Account, sealed: str, code: str, session_id: int | None
) -> Sequence[str]:
    """Turn the second factor on by a first code, in place of an earlier one; the recovery codes,
    shown this once. Other sessions end; this one has shown both factors.

    Raises ``EnrolmentOver``, ``CodeNotConfirmed``.
    """
    secret, step = _fitting(account, sealed, code)
    _remove(account.id)
    db.session.add(
        SecondFactor(
            account_id=account.id, secret=_encrypted(secret), since=clock.now(), last_step=step
        )
    )
    sessions.end_silently(account.id, except_id=session_id)
    shown = update(Session).where(Session.id == session_id).values(second_factor=True)
    db.session.execute(shown.execution_options(synchronize_session=False))
    audit.record(actor, "second_factor_on", "account", account.email)
    return _new_recovery_codes(account.id)


def prove(account: Account, code: str | None) -> bool:
    """Whether the account has shown a second factor; False where it has none to show.

    Raises ``SecondFactorNeeded`` without a code, ``SecondFactorWrong`` for one that is not taken.
    """
    factor = _of(account.id)
    if factor is None:
        return False
    if not code or not code.strip():
        raise SecondFactorNeeded()
    if not (_take_step(factor, code) or _take_recovery_code(account, code)):
        raise SecondFactorWrong(field="code")
    return True


def renew_recovery_codes(actor: Actor, account: Account) -> Sequence[str]:
    """Ten fresh codes in place of the old ones. Raises ``SecondFactorOff``."""
    if not is_on(account.id):
        raise SecondFactorOff(email=account.email)
    audit.record(actor, "recovery_codes_renewed", "account", account.email)
    return _new_recovery_codes(account.id)


def turn_off(actor: Actor, account: Account) -> None:
    """Do without from now on. Raises ``SecondFactorOff``."""
    if not is_on(account.id):
        raise SecondFactorOff(email=account.email)
    _remove(account.id)
    audit.record(actor, "second_factor_off", "account", account.email)


def reset(actor: Actor, account: Account) -> None:
    """An administrator takes away a factor that its owner has lost, and every session with it.

    Raises ``SecondFactorOff``.
    """
    if not is_on(account.id):
        raise SecondFactorOff(email=account.email)
    _remove(account.id)
    sessions.end_silently(account.id)
    audit.record(actor, "second_factor_reset", "account", account.email)


def _fitting(account: Account, sealed: str, code: str) -> tuple[str, int]:
    secret = _unsealed(account, sealed)
    step = _step_of(secret, code)
    if step is None:
        raise CodeNotConfirmed(field="code")
    return secret, step


def _of(account_id: int) -> SecondFactor | None:
    return db.session.scalar(select(SecondFactor).where(SecondFactor.account_id == account_id))


def _remove(account_id: int) -> None:
    for model in (SecondFactor, RecoveryCode):
        db.session.execute(delete(model).where(model.account_id == account_id))


def _take_step(factor: SecondFactor, code: str) -> bool:
    """Take a code of the clock. Of two requests with one code, one is first."""
    step = _step_of(_decrypted(factor.secret), code)
    if step is None:
        return False
    taken = db.session.scalar(
        update(SecondFactor)
        .where(SecondFactor.account_id == factor.account_id, SecondFactor.last_step < step)
        .values(last_step=step)
        .returning(SecondFactor.account_id)
        .execution_options(synchronize_session=False)
    )
    return taken is not None


def _take_recovery_code(account: Account, code: str) -> bool:
    taken = db.session.scalar(
        update(RecoveryCode)
        .where(
            RecoveryCode.account_id == account.id,
            RecoveryCode.code_hash == _hash_of(account.id, code),
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=clock.now())
        .returning(RecoveryCode.id)
        .execution_options(synchronize_session=False)
    )
    if taken is not None:
        actor = Actor(account_id=account.id, name=account.email)
        audit.record(actor, "recovery_code_used", "account", account.email)
    return taken is not None


def _step_of(secret: str, code: str) -> int | None:
    """The step whose code it is, of the few around now."""
    given = "".join(code.split())
    now = int(clock.now().timestamp()) // STEP_S
    counted = pyotp.TOTP(secret, interval=STEP_S)
    for step in range(now - SKEW, now + SKEW + 1):
        if hmac.compare_digest(counted.generate_otp(step).encode(), given.encode()):
            return step
    return None


def _new_recovery_codes(account_id: int) -> Sequence[str]:
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.account_id == account_id))
    codes = [
        "".join(secrets.choice(LETTERS) for _ in range(CODE_LENGTH)) for _ in range(RECOVERY_CODES)
    ]
    for code in codes:
        db.session.add(RecoveryCode(account_id=account_id, code_hash=_hash_of(account_id, code)))
    return ["-".join(code[at : at + 4] for at in range(0, CODE_LENGTH, 4)) for code in codes]


def _hash_of(account_id: int, code: str) -> bytes:
    plain = "".join(one for one in code.upper() if one.isalnum()).translate(_READ_AS)
    return keys.lasting_hash(keys.RECOVERY_CODES, f"{account_id}:{plain}".encode())


def _enrolment(account: Account, secret: str) -> Enrolment:
    address = pyotp.TOTP(secret, interval=STEP_S).provisioning_uri(
        name=account.email, issuer_name=ISSUER
    )
    content = f"{account.id}:{secret}".encode()
    sealed = keys.cipher(keys.SECOND_FACTORS).encrypt_at_time(content, int(clock.now().timestamp()))
    return Enrolment(secret, address, sealed.decode())


def _unsealed(account: Account, sealed: str) -> str:
    now, lasts = int(clock.now().timestamp()), int(ENROLMENT_LASTS.total_seconds())
    try:
        content = (
            keys.cipher(keys.SECOND_FACTORS).decrypt_at_time(sealed.encode(), lasts, now).decode()
        )
    except InvalidToken as wrong:
        raise EnrolmentOver() from wrong
    account_id, _, secret = content.partition(":")
    if account_id != str(account.id):
        raise EnrolmentOver()
    return secret


def _encrypted(secret: str) -> bytes:
    return keys.cipher(keys.SECOND_FACTORS).encrypt(secret.encode())


def _decrypted(secret: bytes) -> str:
    return keys.cipher(keys.SECOND_FACTORS).decrypt(secret).decode()
