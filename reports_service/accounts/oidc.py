"""Which OpenID provider this deployment has, and what a browser keeps while it is there."""

from __future__ import annotations

import base64
from dataclasses import asdict, dataclass
from datetime import timedelta
from importlib import import_module
from typing import Any, Final

import orjson
from cryptography.fernet import Fernet, InvalidToken
from flask import Flask, current_app

from reports_service.core import clock, keys

BACK: Final = "/sign-in/oidc/back"
LASTS: Final = timedelta(minutes=10)


@dataclass(frozen=True)
class Errand:
    """What must come back from the provider, and where the visitor wanted to go."""

    state: str
    nonce: str
    verifier: str
    then: str | None

    def sealed(self) -> str:
        """As the visitor's browser keeps it."""
        content = orjson.dumps(asdict(self))
        return _fernet().encrypt_at_time(content, _now()).decode()


def unsealed(kept: str) -> Errand | None:
    """The errand of this browser; None where there is none, or it was begun too long ago."""
    try:
        lasts = int(LASTS.total_seconds())
        return Errand(**orjson.loads(_fernet().decrypt_at_time(kept.encode(), lasts, _now())))
    except InvalidToken:
        return None


def init_oidc(app: Flask) -> None:
    """Keep the provider of this deployment, if it has one. Connects to nothing yet."""
    config, app.extensions["oidc"] = app.config, None
    if config["OIDC_ISSUER"]:
        # Only here: a deployment without a provider does not load what talks to one.
        client = import_module("reports_service.accounts.oidc_client")
        app.extensions["oidc"] = client.Provider(
            issuer=config["OIDC_ISSUER"],
            client_id=config["OIDC_CLIENT_ID"],
            client_secret=config["OIDC_CLIENT_SECRET"],
            name=config["OIDC_NAME"],
            back=config["PUBLIC_URL"].rstrip("/") + BACK,
        )


def provider() -> Any:
    """The ``oidc_client.Provider`` of this deployment; None where it has none."""
    return current_app.extensions["oidc"]


def _now() -> int:
    return int(clock.now().timestamp())


def _fernet() -> Fernet:
    return Fernet(base64.urlsafe_b64encode(keys.key(keys.OIDC)))
