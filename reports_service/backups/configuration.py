"""What a deployment was told: every key of its configuration, with secrets only where sealed."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from typing import Any

import orjson
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

# By what a key is called: one that is added later is not let out by being forgotten here.
_SECRET = re.compile(r"SECRET|PASSWORD|TOKEN|CREDENTIAL|PRIVATE|API_KEY")
_OF_THE_STORE = "AWS_"  # how the client of a bucket is told; secrets for the most part
LEFT_OUT = "left_out"


def written(
    config: Mapping[str, Any],
    names: list[str],
    *,
    sealed: bool,
    environment: Mapping[str, str] = os.environ,
) -> bytes:
    """The named keys as JSON. Not sealed, secrets and passwords are left out and only named."""
    values = {name: config.get(name) for name in names}
    values |= {name: value for name, value in environment.items() if name.startswith(_OF_THE_STORE)}
    left_out = (
        [] if sealed else sorted(name for name, value in values.items() if _hides(name, value))
    )
    shown = {name: values[name] for name in values if name not in left_out}
    shown |= {name: _without_password(values[name]) for name in left_out if _is_url(values[name])}
    return orjson.dumps(
        {"values": shown, LEFT_OUT: left_out},
        option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS,
        default=str,
    )


def _hides(name: str, value: Any) -> bool:
    if not value:
        return False
    return bool(_SECRET.search(name)) or name.startswith(_OF_THE_STORE) or _has_password(value)


def _is_url(value: Any) -> bool:
    return isinstance(value, str) and "://" in value


def _has_password(value: Any) -> bool:
    return _is_url(value) and _without_password(value) != value


def _without_password(value: Any) -> str:
    try:
        return make_url(str(value)).render_as_string(hide_password=True)
    except (ArgumentError, ValueError):
        scheme, _, rest = str(value).partition("://")
        return f"{scheme}://{rest.rpartition('@')[2]}"
