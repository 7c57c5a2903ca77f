"""Production: PostgreSQL, Redis or Valkey, and no secret that has a default."""

from __future__ import annotations

import os

from config.environment import flag, names

# Without these the service does not start.
_REQUIRED = {
    "SECRET_KEY": "at least 32 random characters, for example of: openssl rand -base64 48",
    "DATABASE_URL": "postgresql://user:password@host/database",
    "REDIS_URL": "redis://host:6379/0",
    "PUBLIC_URL": "https://… as citizens reach it",
}
_SHORTEST_SECRET = 32


class SecretsMissing(RuntimeError):
    """Production was started without what it must be given; the message lists all of it."""


def check(environment: dict[str, str]) -> None:
    """Raise ``SecretsMissing`` unless ``environment`` has all that production needs."""
    missing = [f"{name}: {what}" for name, what in _REQUIRED.items() if not environment.get(name)]
    secret = environment.get("SECRET_KEY", "")
    if secret and len(secret) < _SHORTEST_SECRET:
        missing.append(f"SECRET_KEY: {_REQUIRED['SECRET_KEY']} (this one has {len(secret)})")
    issuer = environment.get("OIDC_ISSUER", "")
    if issuer and not issuer.startswith("https://"):
        missing.append("OIDC_ISSUER: an https:// address; who signs in must not be overheard")
    if missing:
        raise SecretsMissing("production cannot start without\n  " + "\n  ".join(missing))


check(dict(os.environ))

# Demo accounts have a published password: only where it is asked for.
DEMO = flag("DEMO", default=False)

# Who governs the deployment and who reads all its figures show two factors.
SECOND_FACTOR_ROLES = frozenset(names("SECOND_FACTOR_ROLES", ("admin", "leader")))
