"""Reads the few values of the environment that need more than a look-up."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from reports_service.core.embedded import socket_url

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
