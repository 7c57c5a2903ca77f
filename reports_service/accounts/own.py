"""What somebody does with their own account, the way the interface and the pages both do it.

Each of these asks for the password once more, and for a code where there is a second factor: a
session that was left open must not be enough to take an account over. Each gives the session a new
token, since who shows that much signs in anew.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from reports_service.accounts import choosing, entrance, resets, second_factor, signing_in
from reports_service.accounts.entrance import Proof
from reports_service.accounts.models import Account
from reports_service.accounts.signing_in import Renewed
from reports_service.core.auth import Actor
from reports_service.core.db import unit_of_work
from reports_service.domain.errors import Conflict


class SecondFactorRequired(Conflict):
    """The role asks for a second factor: it can be replaced, not turned off."""

    code = "second_factor_required"


class OwnSecondFactor(Conflict):
    """An administrator takes the second factor of others away, never their own unasked."""

    code = "own_second_factor"


@dataclass(frozen=True)
class FreshCodes:
    """Recovery codes, shown this once, and the session that goes on."""

    recovery_codes: Sequence[str]
    session: Renewed


def change_password(actor: Actor, account: Account, new: str, proof: Proof) -> Renewed:
    """Raises ``PasswordWrong``, ``ProofWrong``, ``TriedTooOften`` and what ``choosing.check`` does.

    The new password is looked at first: a code that was shown for one that is not taken would be
    lost.
    """
    choosing.check(new, account, field="new")
    entrance.confirm(account, proof, field="old")
    with unit_of_work():
        resets.change_own(actor, account, new)
        return signing_in.renew(actor)


def confirm_second_factor(
    actor: Actor, account: Account, sealed: str, code: str, proof: Proof
) -> FreshCodes:
    """Turn it on by a first code, or replace it, which asks for one of those before.

    Raises ``EnrolmentOver``, ``CodeNotConfirmed``, ``PasswordWrong``, ``ProofWrong``,
    ``TriedTooOften``.
    """
    second_factor.require_fitting(account, sealed, code)
    entrance.confirm(account, proof)
    with unit_of_work():
        codes = second_factor.confirm(actor, account, sealed, code, actor.session_id)
        resets.tell(account, "second_factor_on")
        return FreshCodes(codes, signing_in.renew(actor))


def turn_second_factor_off(
    actor: Actor, account: Account, proof: Proof, required: Collection[str]
) -> Renewed:
    """Raises ``SecondFactorRequired``, ``PasswordWrong``, ``ProofWrong``, ``TriedTooOften`` or
    ``SecondFactorOff``.
    """
    if account.role in required:
        raise SecondFactorRequired(role=account.role)
    entrance.confirm(account, proof)
    with unit_of_work():
        second_factor.turn_off(actor, account)
        resets.tell(account, "second_factor_off")
        return signing_in.renew(actor)


def renew_recovery_codes(actor: Actor, account: Account, proof: Proof) -> FreshCodes:
    """Ten fresh codes. Raises ``PasswordWrong``, ``ProofWrong``, ``TriedTooOften``,
    ``SecondFactorOff``.
    """
    entrance.confirm(account, proof)
    with unit_of_work():
        codes = second_factor.renew_recovery_codes(actor, account)
        return FreshCodes(codes, signing_in.renew(actor))


def reset_second_factor(actor: Actor, account: Account) -> None:
    """An administrator's act. Raises ``SecondFactorOff``, ``OwnSecondFactor``."""
    if actor.account_id == account.id:
        raise OwnSecondFactor()
    second_factor.reset(actor, account)
    resets.tell(account, "second_factor_reset")
