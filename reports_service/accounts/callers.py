"""Whose bearer token it is: a person's session or another system's key."""

from __future__ import annotations

from datetime import timedelta

from flask import current_app

from reports_service.accounts import api_keys
from reports_service.accounts.signing_in import actor_of_session
from reports_service.core.auth import Actor


def actor_of_bearer(token: str) -> Actor | None:
    """The actor behind a bearer token; None for a session that does not hold (any more).

    Raises ``NotSignedIn`` with the reason for a key that does not.
    """
    return api_keys.actor_of_key(token) if api_keys.is_key(token) else actor_of_person(token)


def actor_of_person(token: str) -> Actor | None:
    """The account behind a session, as this deployment lets it in; None where it does not hold."""
    idle = timedelta(hours=current_app.config["SESSION_IDLE_HOURS"])
    return actor_of_session(token, idle, current_app.config["SECOND_FACTOR_ROLES"])
