"""Configuration: what each deployment may choose, read from the environment at the edge.

``default.py`` has every key with a comment; ``development.py``, ``test.py`` and ``production.py``
change some of them. Nothing outside ``create_app`` and the command line reads these modules.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from importlib import import_module
from typing import Any

NAMES = ("development", "test", "production")


def load(name: str | None = None) -> dict[str, Any]:
    """All keys of the configuration ``name``: by default REPORTS_CONFIG's, else development's.

    Raises ``ValueError`` for an unknown name and ``config.production.SecretsMissing`` where
    production lacks what it must be given (``Unsafe`` where that can be guessed).
    """
    chosen = name or os.environ.get("REPORTS_CONFIG") or "development"
    if chosen not in NAMES:
        raise ValueError(f"there is no configuration {chosen!r}; choose one of {', '.join(NAMES)}")
    return {**_keys("default"), **_keys(chosen)}


def check_running(name: str | None, settings: Mapping[str, Any]) -> None:
    """Raise ``config.production.Unsafe`` where production would run with debugging on.

    ``settings``: those that the application has in the end, whoever set them.
    """
    if (name or os.environ.get("REPORTS_CONFIG")) == "production":
        import_module("config.production").check_running(settings)


def names() -> list[str]:
    """The keys that there are."""
    return list(_keys("default"))


def _keys(module_name: str) -> dict[str, Any]:
    module = import_module(f"config.{module_name}")
    keys = (key for key in vars(module) if key.isupper() and not key.startswith("_"))
    return {key: getattr(module, key) for key in keys}
