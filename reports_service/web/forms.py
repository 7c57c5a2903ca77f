"""Forms of pages: what was typed as the schemas of the interface take it, and what was wrong.

The names of fields are paths: ``names.vi``, ``steps.0.tell``. What is left empty was not said.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

import marshmallow as ma

from reports_service.core.auth import current_language
from reports_service.core.http_errors import Called, invalid_body, refusal_body, status_of
from reports_service.core.words import knows, say
from reports_service.domain.errors import Refusal


def nested(fields: Iterable[tuple[str, Any]]) -> dict[str, Any]:
    """Values by path as objects and lists; a list's places may have gaps, which close."""
    found: dict[str, Any] = {}
    for path, value in fields:
        *above, last = path.split(".")
        inside = found
        for step in above:
            inside = inside.setdefault(step, {})
        inside[last] = value
    return {name: _closed(value) for name, value in found.items()}


def _closed(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    inner = {name: _closed(one) for name, one in value.items()}
    if inner and all(name.isdigit() for name in inner):
        return [inner[name] for name in sorted(inner, key=int)]
    return inner


def problem_of(
    wrong: Refusal | ma.ValidationError, called: Called | None = None
) -> tuple[Mapping[str, Any], int]:
    """What was wrong with a form, as the summary on top says it (RFC 9457), and the status.

    ``called``: what the form calls a field, by its path; where it does not say, ``labelled``.
    """
    name = called or labelled
    if isinstance(wrong, Refusal):
        return refusal_body(wrong, name), int(status_of(type(wrong)))
    return invalid_body(wrong.messages, name), int(HTTPStatus.UNPROCESSABLE_ENTITY)


def labelled(path: str) -> str:
    """What people see beside a field, in quotes; the path itself where nothing is known of it."""
    whole = plain(path)
    for word in (f"label_{whole.replace('.', '_')}", f"label_{whole.rpartition('.')[2]}"):
        if knows(word):
            return f"«{say(word, current_language())}»"
    return path


def plain(path: str) -> str:
    """The path without the places of rows: ``steps.tell`` of ``steps.0.tell``."""
    return ".".join(step for step in path.split(".") if not step.isdigit())
