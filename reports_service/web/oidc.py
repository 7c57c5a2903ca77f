"""/sign-in/oidc: to the OpenID provider of the deployment, and back."""

from __future__ import annotations

import hmac
from typing import Final

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response

from reports_service.accounts import entrance, identities, oidc, turned_away
from reports_service.accounts.identities import OidcAway, OidcNoAccount, OidcRefused
from reports_service.accounts.second_factor import SecondFactorNeeded
from reports_service.core.auth import public
from reports_service.core.db import unit_of_work
from reports_service.domain.errors import NotFound
from reports_service.web import sessions
from reports_service.web.accounts import (
    Answer,
    door,
    entered,
    not_let_in,
    own_address,
    to_second_step,
)

ERRAND: Final = "errand"  # the cookie while somebody is at the provider


class NoProvider(NotFound):
    """This deployment has no OpenID provider."""

    code = "oidc_none"


def add_to(bp: Blueprint) -> None:
    """Serve these pages."""
    bp.add_url_rule("/sign-in/oidc", "oidc_begin", begin)
    bp.add_url_rule(oidc.BACK, "oidc_back", back)


@public
def begin() -> Answer:
    """To the provider. A link, not a form: the content policy lets no form lead elsewhere."""
    provider = oidc.provider()
    if provider is None:
        raise NoProvider()
    try:
        begun = provider.begin()
    except OidcAway as away:
        return not_let_in(away, {})
    answer = redirect(begun.address, 303)
    errand = oidc.Errand(begun.state, begun.nonce, begun.verifier, own_address())
    sessions.keep(answer, ERRAND, errand.sealed(), int(oidc.LASTS.total_seconds()))
    return answer


@public
def back() -> Answer:
    """From the provider, with a code that only it and we can make something of."""
    provider = oidc.provider()
    if provider is None:
        raise NoProvider()
    try:
        answer = _let_in()
    except OidcAway as away:
        return not_let_in(away, {})
    except (OidcNoAccount, OidcRefused) as refusal:
        turned_away.after_provider(refusal, provider.issuer, door().visit)
        return not_let_in(refusal, {})
    sessions.drop(answer, ERRAND)
    return answer


def _let_in() -> Response:
    provider, errand = oidc.provider(), oidc.unsealed(request.cookies.get(ERRAND, ""))
    state, said_by = request.args.get("state", ""), request.args.get("iss")
    expected = errand.state if errand else ""
    ours = bool(errand) and hmac.compare_digest(state.encode(), expected.encode())
    if errand is None or not ours or said_by not in (None, provider.issuer):
        raise OidcRefused(name=provider.name)
    claims = provider.claims(request.args.get("code", ""), errand.nonce, errand.verifier)
    with unit_of_work():
        account = identities.account_of(claims)
    try:
        opened = entrance.by_identity(account, door(), second_factor_shown=claims.second_factor)
    except SecondFactorNeeded:
        return to_second_step(account, errand.then)
    return entered(opened, errand.then)
