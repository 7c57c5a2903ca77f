"""What a deployment was told: every key of its configuration, with secrets only where sealed."""

from __future__ import annotations

import ast
import os
import re
import shlex
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import orjson
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

# By what a key is called: one that is added later is not let out by being forgotten here.
_SECRET = re.compile(r"SECRET|PASSWORD(?!_WORDS)|TOKEN|CREDENTIAL|PRIVATE|API_KEY")
_OF_THE_STORE = "AWS_"  # how the client of a bucket is told; secrets for the most part
LEFT_OUT = "left_out"
# How sets were written by earlier versions.
_SET = re.compile(r"frozenset\((.*)\)", re.DOTALL)
_NAME = re.compile(r"[A-Z][A-Z0-9_]*")
Said = Callable[[str, Any], tuple[str, str] | None]


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
        default=_written,
    )


def exported(kept: Mapping[str, Any], said: Said, *, secrets: bool) -> Iterator[tuple[str, str]]:
    """What an archive keeps, as one exports it: the name in the environment and a line.

    The line is a setting, as a shell reads it, or empty for one that is not shown: a secret, unless
    ``secrets``. ``said`` tells how the environment says a key's value, None where it does not.
    """
    for key, value in kept["values"].items():
        found = (key, str(value)) if _of_the_store(key) else said(key, _read(value))
        if found is None or key in kept[LEFT_OUT]:
            continue
        name, text = found
        shown = secrets or not _hides(key, value)
        yield name, f"{name}={shlex.quote(text)}" if shown else ""


def left_out(kept: Mapping[str, Any], said: Said) -> list[str]:
    """The names in the environment of what the archive does not keep, being a secret."""
    named = [
        (key, "") if _of_the_store(key) else said(key, kept["values"].get(key) or "?")
        for key in kept[LEFT_OUT]
    ]
    return sorted(one[0] for one in named if one)


def without_secrets(kept: Mapping[str, Any]) -> dict[str, Any]:
    """The same for who may not see what it hides: the names of that are in ``hidden``."""
    hidden = sorted(key for key, value in kept["values"].items() if _hides(key, value))
    shown = {key: value for key, value in kept["values"].items() if key not in hidden}
    return {**kept, "values": shown, "hidden": hidden}


def _of_the_store(key: str) -> bool:
    return key.startswith(_OF_THE_STORE) and _NAME.fullmatch(key) is not None


def _written(value: Any) -> Any:
    return sorted(value) if isinstance(value, set | frozenset) else str(value)


def _read(value: Any) -> Any:
    """A value as it was before it was written."""
    earlier = _SET.fullmatch(value) if isinstance(value, str) else None
    if earlier is None:
        return value
    return sorted(ast.literal_eval(earlier[1])) if earlier[1] else []


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
