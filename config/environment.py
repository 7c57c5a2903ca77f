"""Reads the few values of the environment that need more than a look-up."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from reports_service.core.embedded import socket_url

# What the environment calls a key of ``default.py`` where both differ.
OTHERWISE_CALLED = {"SQLALCHEMY_DATABASE_URI": "DATABASE_URL"}

# The keys that a deployment chooses by the environment; all others are the same everywhere. That
# for tests of faults is not among them.
CHOSEN = (
    "DATA_DIR",
    "SQLALCHEMY_DATABASE_URI",
    "WEB_DATABASE_WAIT_S",
    "REDIS_URL",
    "PHOTO_STORE",
    "SECRET_KEY",
    "SECRET_KEYS_OLD",
    "TZ_NAME",
    "DEMO",
    "PUBLIC_URL",
    "PROVINCE_CODE",
    "MAIL_URL",
    "MAIL_FROM",
    "GEOCODER_URL",
    "MAP_TILES_URL",
    "MAP_TILES_BY",
    "LOG_LEVEL",
    "LOG_FORMAT",
    "PROXIES",
    "CLOSE_MONTH_ON_DAY",
    "RATE_FACTOR",
    "SECOND_FACTOR_ROLES",
    "PASSWORD_WORDS",
    "OIDC_ISSUER",
    "OIDC_CLIENT_ID",
    "OIDC_CLIENT_SECRET",
    "OIDC_NAME",
)
PARTED_BY_SPACES = ("SECRET_KEYS_OLD",)

PROJECT = Path(__file__).resolve().parents[1]


def data_dir() -> Path:
    """The absolute data folder: DATA_DIR, else ``data`` in the project's folder."""
    return Path(os.environ.get("DATA_DIR") or PROJECT / "data").absolute()


def database_url() -> str:
    """DATABASE_URL with its driver named, else an SQLite file in the data folder."""
    url = os.environ.get("DATABASE_URL") or f"sqlite:///{data_dir() / 'reports.sqlite3'}"
    return with_driver(url)


def with_driver(url: str) -> str:
    """``postgresql://`` and ``postgres://`` as people write them, made to mean psycopg 3."""
    scheme, separator, rest = url.partition("://")
    if scheme in ("postgres", "postgresql"):
        scheme = "postgresql+psycopg"
    return scheme + separator + rest


def queue_url() -> str:
    """REDIS_URL, else the socket of the embedded queue server."""
    return os.environ.get("REDIS_URL") or socket_url(data_dir())


def flag(name: str, *, default: bool) -> bool:
    """A yes or no from the environment: 0, no, off and false mean no."""
    value = os.environ.get(name, "").strip().lower()
    return default if not value else value not in ("0", "no", "off", "false")


def names(name: str, default: Sequence[str]) -> Sequence[str]:
    """Names with commas between them; ``none`` means none at all."""
    value = os.environ.get(name, "").strip()
    if not value:
        return default
    return [one.strip() for one in value.split(",") if one.strip() and one.strip() != "none"]


def said(key: str, value: Any) -> tuple[str, str] | None:
    """A key's value as the environment says it: the name there, and the text.

    None where the environment does not say it, or says nothing to mean it.
    """
    if key not in CHOSEN or value in (None, ""):
        return None
    match value:
        case bool():
            text = "1" if value else "0"
        case [*parts] if key in PARTED_BY_SPACES:
            text = " ".join(parts)
        case [*parts]:
            text = ",".join(parts) or "none"
        case _:
            text = str(value)
    return (OTHERWISE_CALLED.get(key, key), text) if text else None
