"""Production: PostgreSQL, Redis or Valkey, and no secret that has a default."""

from __future__ import annotations

import os

from config.environment import flag

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
    if environment.get("CLOCK_STEP_FILE"):
        missing.append("a right clock: CLOCK_STEP_FILE is for tests, unset it")
    secret = environment.get("SECRET_KEY", "")
    if secret and len(secret) < _SHORTEST_SECRET:
        missing.append(f"SECRET_KEY: {_REQUIRED['SECRET_KEY']} (this one has {len(secret)})")
    if missing:
        raise SecretsMissing("production cannot start without\n  " + "\n  ".join(missing))


check(dict(os.environ))

# Demo accounts have a published password: only where it is asked for.
DEMO = flag("DEMO", default=False)
