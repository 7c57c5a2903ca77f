"""Production: PostgreSQL, Redis or Valkey, https, and no secret that others could know."""

from __future__ import annotations

import logging
import math
import os
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

from config.environment import flag, names
from config.links import in_the_clear

log = logging.getLogger(__name__)

# Without these the service does not start.
_REQUIRED = {
    "SECRET_KEY": "at least 32 random characters, for example of: openssl rand -base64 48",
    "DATABASE_URL": "postgresql://user:password@host/database?sslmode=verify-full",
    "REDIS_URL": "rediss://host:6379/0",
    "PUBLIC_URL": "https://… as citizens reach it",
}
_SHORTEST_SECRET = 32
# Of 32 random characters even hexadecimal ones hold some 110 bits by this measure; words repeated
# hold far less.
_LEAST_BITS = 90
# What stands in examples, tests and benchmarks. None turns up in a random secret.
_KNOWN = ("change", "secret", "password", "example", "default", "insecure", "known-", "nothing")


class SecretsMissing(RuntimeError):
    """Production was started without what it must be given; the message lists all of it."""


class Unsafe(RuntimeError):
    """Production was started in a way that lets strangers in; the message lists all of it."""


def check(environment: Mapping[str, str]) -> None:
    """Raise ``SecretsMissing`` unless ``environment`` has all that production needs, and
    ``Unsafe`` where what it has cannot be trusted.
    """
    missing = [f"{name}: {what}" for name, what in _REQUIRED.items() if not environment.get(name)]
    secret = environment.get("SECRET_KEY", "")
    if secret and len(secret) < _SHORTEST_SECRET:
        missing.append(f"SECRET_KEY: {_REQUIRED['SECRET_KEY']} (this one has {len(secret)})")
    if missing:
        raise SecretsMissing("production cannot start without\n  " + "\n  ".join(missing))
    if unsafe := list(_unsafe(environment)):
        raise Unsafe("production does not start\n  " + "\n  ".join(unsafe))


def check_running(settings: Mapping[str, Any]) -> None:
    """Raise ``Unsafe`` for an application that would show its inside to who makes it fail."""
    unsafe = [f"with {name} on" for name in ("DEBUG", "TESTING") if settings.get(name)]
    if unsafe:
        raise Unsafe("production does not start\n  " + "\n  ".join(unsafe))
    if settings.get("DEMO"):
        log.warning("DEMO is on: anybody may sign in by the published password of its accounts")


def _unsafe(environment: Mapping[str, str]) -> Iterator[str]:
    secret, address = environment["SECRET_KEY"], urlsplit(environment["PUBLIC_URL"])
    if any(word in secret.lower() for word in _KNOWN):
        yield "with a SECRET_KEY out of an example; make one: openssl rand -base64 48"
    elif _bits(secret) < _LEAST_BITS:
        yield "with a SECRET_KEY that can be guessed; make one: openssl rand -base64 48"
    if address.scheme != "https" or not address.hostname:
        yield "with a PUBLIC_URL that is not https://…: cookies would travel in the clear"
    if not (environment.get("OIDC_ISSUER") or "https://").startswith("https://"):
        yield "with an OIDC_ISSUER that is not https://…: who signs in would be overheard"
    if environment.get("CLOCK_STEP_FILE"):
        yield "with a CLOCK_STEP_FILE: it puts the clock wrong, for tests"
    if environment.get("FLASK_DEBUG", "0").lower() not in ("", "0", "false", "no"):
        yield "with FLASK_DEBUG on"
    yield from in_the_clear(environment)


def _bits(secret: str) -> float:
    """How much a text holds at most, by how often each of its characters comes (Shannon)."""
    counts, length = Counter(secret).values(), len(secret)
    return -sum(n * math.log2(n / length) for n in counts)


check(dict(os.environ))

# Demo accounts have a published password: only where it is asked for.
DEMO = flag("DEMO", default=False)

# Who governs the deployment and who reads all its figures show two factors.
SECOND_FACTOR_ROLES = frozenset(names("SECOND_FACTOR_ROLES", ("admin", "leader")))

# Hosts whose link to this machine is private by itself (containers on one network, a VPN): only
# with them may the database, Redis, mail, the geocoder and the store of photos be spoken to without
# TLS. All that stands between is trusted then. Environment: TRUSTED_HOSTS_PLAIN, with commas.
TRUSTED_HOSTS_PLAIN = frozenset(names("TRUSTED_HOSTS_PLAIN", ()))
