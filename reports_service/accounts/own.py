"""What somebody does with their own account, the way the interface and the pages both do it."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from reports_service.accounts import entrance, resets, second_factor
from reports_service.accounts.guessing import Visit
from reports_service.accounts.models import Account
from reports_service.core.auth import Actor
from reports_service.core.db import unit_of_work
from reports_service.domain.errors import Conflict


class SecondFactorRequired(Conflict):
    """The role asks for a second factor: it can be replaced, not turned off."""

    code = "second_factor_required"


def change_password(actor: Actor, account: Account, old: str, new: str, visit: Visit) -> None:
    """Raises ``PasswordWrong``, ``TriedTooOften`` and what ``choosing.check`` does."""
    entrance.confirm_password(account, old, visit, field="old")
    with unit_of_work():
        resets.change_own(actor, account, new)


def confirm_second_factor(
    actor: Actor, account: Account, sealed: str, code: str, password: str | None, visit: Visit
) -> Sequence[str]:
    """Turn it on; the recovery codes, shown this once. The password is asked for where one is on:
    a session that was left open must not be enough to take it over.

    Raises ``PasswordWrong``, ``TriedTooOften``, ``EnrolmentOver``, ``CodeNotConfirmed``.
    """
    if second_factor.is_on(account.id):
        entrance.confirm_password(account, password or "", visit)
    with unit_of_work():
        codes = second_factor.confirm(actor, account, sealed, code, actor.session_id)
        resets.tell(account, "second_factor_on")
        return codes


def turn_second_factor_off(
    actor: Actor, account: Account, password: str, visit: Visit, required: Collection[str]
) -> None:
    """Raises ``SecondFactorRequired``, ``PasswordWrong``, ``TriedTooOften`` or
    ``SecondFactorOff``.
    """
    if account.role in required:
        raise SecondFactorRequired(role=account.role)
    entrance.confirm_password(account, password, visit)
    with unit_of_work():
        second_factor.turn_off(actor, account)
        resets.tell(account, "second_factor_off")


def renew_recovery_codes(
    actor: Actor, account: Account, password: str, visit: Visit
) -> Sequence[str]:
    """Ten fresh codes. Raises ``PasswordWrong``, ``TriedTooOften``, ``SecondFactorOff``."""
    entrance.confirm_password(account, password, visit)
    with unit_of_work():
        return second_factor.renew_recovery_codes(actor, account)


def reset_second_factor(actor: Actor, account: Account) -> None:
    """An administrator's act. Raises ``SecondFactorOff``."""
    second_factor.reset(actor, account)
    resets.tell(account, "second_factor_reset")
