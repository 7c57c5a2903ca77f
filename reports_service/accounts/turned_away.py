"""Who was not let in, as the audit log says it: never what was typed, and never without an end.

The log is only ever added to, so a stranger must not be able to fill it. A wrong password or code
was counted before it was looked at (``guessing``): of one address some 200 and then some thirty an
hour, of one account far fewer. Of an attempt that had to wait only the first one of each wait is
written down, so there are no more of these than of the others; of what a provider vouched for in
vain, what ``lockout.AFTER_PROVIDER`` allows an address. All else is a line of the service's log.
"""

from __future__ import annotations

from typing import Final

from reports_service.accounts import guessing, service
from reports_service.accounts.guessing import TriedTooOften, Visit
from reports_service.accounts.identities import OidcNoAccount, OidcRefused
from reports_service.accounts.models import Account
from reports_service.core import audit
from reports_service.core.auth import Actor
from reports_service.core.db import unit_of_work
from reports_service.domain import lockout

# Of an address that is nobody's nothing is kept: it may be a password, or a citizen's.
UNKNOWN: Final = "–"


def wrong_proof(account: Account | None) -> None:
    """None: the address is nobody's."""
    with unit_of_work():
        audit.record(Actor(), "sign_in_failed", "account", _named(account))


def wrong_code(account: Account) -> None:
    """The password was right, or a provider vouched; the second factor was not shown."""
    with unit_of_work():
        audit.record(Actor(), "second_factor_failed", "account", account.email)


def had_to_wait(email: str, visit: Visit, refusal: TriedTooOften) -> None:
    """An attempt that was not looked at; how long the wait is stands beside it, in seconds."""
    if not guessing.is_met_first(email, visit):
        return
    with unit_of_work():
        named = _named(service.find_active(email))
        audit.record(Actor(), "sign_in_waits", "account", named, seconds=refusal.values["seconds"])


def after_provider(refusal: OidcNoAccount | OidcRefused, issuer: str, visit: Visit) -> None:
    """Somebody came back from an OpenID provider and was refused, by it or by us."""
    try:
        guessing.count({guessing.of("after_provider", visit.address): lockout.AFTER_PROVIDER})
    except TriedTooOften:
        return
    with unit_of_work():
        if isinstance(refusal, OidcNoAccount):
            audit.record(Actor(), "oidc_no_account", "account", UNKNOWN, issuer=issuer)
        else:
            audit.record(Actor(), "oidc_refused", "account", UNKNOWN, issuer=issuer)


def _named(account: Account | None) -> str:
    return account.email if account else UNKNOWN
