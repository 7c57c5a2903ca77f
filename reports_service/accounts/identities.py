"""Accounts that sign in by an OpenID provider: matched once by a verified address, known by the
provider's own number from then on. No account is made by itself.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from reports_service.accounts import resets, service
from reports_service.accounts.models import Account, Identity
from reports_service.core import audit, clock
from reports_service.core.auth import Actor
from reports_service.core.db import db
from reports_service.domain.errors import NotAllowed, NotSignedIn, Unavailable


class OidcAway(Unavailable):
    """The provider does not answer, or not as a provider does."""

    code = "oidc_away"


class OidcRefused(NotSignedIn):
    """What came back is not what was asked for, is not signed by the provider, or is too old."""

    code = "oidc_refused"


class OidcNoAccount(NotAllowed):
    """The provider vouches for somebody who has no account here, or not for the address."""

    code = "oidc_no_account"


@dataclass(frozen=True)
class Claims:
    """Whom a provider vouches for. ``second_factor``: whether it has seen two."""

    issuer: str
    subject: str
    email: str
    email_verified: bool
    second_factor: bool


def account_of(claims: Claims) -> Account:
    """The account that these claims open; at the first time they are linked to it.

    Raises ``OidcNoAccount``.
    """
    linked = db.session.scalar(
        select(Identity).where(Identity.issuer == claims.issuer, Identity.subject == claims.subject)
    )
    account = linked.account if linked else _link(claims)
    if service.has_ended(account):
        raise OidcNoAccount()
    return account


def _link(claims: Claims) -> Account:
    """An address is a reason to link only if the provider has checked it, and only once: whoever
    gets the address after its owner left is somebody else.
    """
    account = service.find_active(claims.email) if claims.email_verified else None
    if account is None or _other(account, claims.issuer):
        raise OidcNoAccount()
    db.session.add(
        Identity(
            account_id=account.id,
            issuer=claims.issuer,
            subject=claims.subject,
            linked_at=clock.now(),
        )
    )
    owner = Actor(account_id=account.id, name=account.email)
    audit.record(owner, "oidc_linked", "account", account.email, issuer=claims.issuer)
    resets.tell(account, "oidc_linked")
    return account


def _other(account: Account, issuer: str) -> bool:
    known = select(Identity.id).where(Identity.account_id == account.id, Identity.issuer == issuer)
    return db.session.scalar(known) is not None
