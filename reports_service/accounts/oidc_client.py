"""An OpenID provider as we talk to it: OpenID Connect Core 1.0, authorization code with PKCE.

What is asked of the provider over the wire goes to the addresses that its own discovery names, and
to none that a visitor could give. Imported only where a deployment has a provider.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.common.security import generate_token
from authlib.integrations.requests_client import OAuth2Session
from authlib.oidc.core import CodeIDToken
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet

from reports_service.accounts.identities import Claims, OidcAway, OidcRefused
from reports_service.core import clock

SCOPE: Final = "openid email profile"
# Signed by a key that only the provider has; never "none", never by our shared secret.
ALGORITHMS: Final = (
    "RS256",
    "RS384",
    "RS512",
    "PS256",
    "PS384",
    "PS512",
    "ES256",
    "ES384",
    "EdDSA",
)
ENDPOINTS: Final = ("authorization_endpoint", "token_endpoint", "jwks_uri")
TIMEOUT_S: Final = 5.0
KEPT_S: Final = 3600.0  # discovery and keys
LEEWAY_S: Final = 60  # between the provider's clock and ours
# Of RFC 8176: the provider has seen several factors. A code or a key by itself is one.
SEVERAL_FACTORS: Final = "mfa"


class IssuerInsecure(ValueError):
    """Discovery names an address that can be overheard, or another issuer."""


@dataclass(frozen=True)
class Begun:
    """Where a browser is sent, and what must come back or be shown later."""

    address: str
    state: str
    nonce: str
    verifier: str


@dataclass
class Provider:
    """One OpenID provider. ``back``: the address of ours that people come back to."""

    issuer: str
    client_id: str
    client_secret: str
    name: str
    back: str
    _kept: dict[str, tuple[float, Any]] = field(default_factory=dict)

    def begin(self) -> Begun:
        """Raises ``OidcAway`` where the provider cannot be asked how it is reached."""
        verifier, nonce = generate_token(48), generate_token(32)
        address, state = self._session().create_authorization_url(
            self._metadata()["authorization_endpoint"], code_verifier=verifier, nonce=nonce
        )
        return Begun(address, state, nonce, verifier)

    def claims(self, code: str, nonce: str, verifier: str) -> Claims:
        """Who signed in there, once its signed word is checked.

        Raises ``OidcAway``, ``OidcRefused``.
        """
        try:
            session = self._session()
            token = session.fetch_token(
                self._metadata()["token_endpoint"],
                code=code,
                code_verifier=verifier,
                allow_redirects=False,  # our secret is for that address alone
            )
            said = self._checked(token, nonce)
            told = said if "email" in said else self._told(session, str(said["sub"]))
        except requests.RequestException as away:
            raise OidcAway(name=self.name, part=self.name) from away
        except (AuthlibBaseError, JoseError, KeyError, ValueError) as wrong:
            raise OidcRefused(name=self.name) from wrong
        return Claims(
            issuer=self.issuer,
            subject=str(said["sub"]),
            email=str(told.get("email") or ""),
            email_verified=told.get("email_verified") is True,
            second_factor=several_factors(said.get("amr")),
        )

    def _checked(self, token: Mapping[str, Any], nonce: str) -> Mapping[str, Any]:
        """The claims of the id token: its signature, issuer, audience, times and nonce hold."""
        read = self._decoded(str(token["id_token"]))
        expected = {
            "iss": {"essential": True, "value": self.issuer},
            "aud": {"essential": True, "value": self.client_id},
        }
        known = {
            "nonce": nonce,
            "client_id": self.client_id,
            "access_token": token.get("access_token"),
        }
        claims = CodeIDToken(read.claims, read.header, expected, known)
        claims.validate(now=int(clock.now().timestamp()), leeway=LEEWAY_S)
        return claims

    def _told(self, session: OAuth2Session, subject: str) -> Mapping[str, Any]:
        """What the provider says of the same person where it is asked (Core, 5.3)."""
        address = self._metadata().get("userinfo_endpoint")
        if not address:
            return {}
        answer = session.get(address, allow_redirects=False)
        answer.raise_for_status()
        told: Mapping[str, Any] = answer.json()
        return told if told.get("sub") == subject else {}

    def _decoded(self, id_token: str) -> jwt.Token:
        try:
            return jwt.decode(id_token, self._keys(), algorithms=list(ALGORITHMS))
        except InvalidKeyIdError:  # it has a new key since
            self._kept.pop("keys", None)
            return jwt.decode(id_token, self._keys(), algorithms=list(ALGORITHMS))

    def published_keys(self) -> Any:
        """The provider's keys (a JWK set), as it published them within the last hour."""
        return self._get("keys", self._metadata()["jwks_uri"])

    def remember_keys(self, keys: Any) -> None:
        """Take this JWK set for the published one, until a key is met that it lacks."""
        self._kept["keys"] = (time.monotonic() + KEPT_S, keys)

    def _keys(self) -> KeySet:
        found: KeySet = KeySet.import_key_set(self.published_keys())
        return found

    def _metadata(self) -> Mapping[str, Any]:
        address = f"{self.issuer.rstrip('/')}/.well-known/openid-configuration"
        said: Mapping[str, Any] = self._get("metadata", address)
        scheme = urlsplit(self.issuer).scheme
        used = [said.get(name) for name in ENDPOINTS]
        if "userinfo_endpoint" in said:
            used.append(said["userinfo_endpoint"])
        overheard = any(urlsplit(str(one)).scheme != scheme for one in used)
        if said.get("issuer") != self.issuer or overheard:
            raise OidcAway(name=self.name, part=self.name) from IssuerInsecure(self.issuer)
        return said

    def _get(self, what: str, address: str) -> Any:
        kept = self._kept.get(what)
        if kept is None or kept[0] < time.monotonic():
            try:
                answer = requests.get(address, timeout=TIMEOUT_S, allow_redirects=False)
                answer.raise_for_status()
                content = answer.json()
            except requests.RequestException as away:
                raise OidcAway(name=self.name, part=self.name) from away
            kept = self._kept[what] = (time.monotonic() + KEPT_S, content)
        return kept[1]

    def _session(self) -> OAuth2Session:
        return OAuth2Session(
            self.client_id,
            self.client_secret,
            scope=SCOPE,
            redirect_uri=self.back,
            code_challenge_method="S256",
            default_timeout=TIMEOUT_S,
        )


def several_factors(methods: Any) -> bool:
    """Whether ``amr`` says so; it is a list, and a text that holds the word says nothing."""
    return isinstance(methods, list) and SEVERAL_FACTORS in methods
