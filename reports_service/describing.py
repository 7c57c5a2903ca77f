"""What /openapi.json says besides fields: who may call, and in which form a refusal comes."""

from __future__ import annotations

import re
from typing import Any, Final

from apispec import BasePlugin
from flask import Flask
from werkzeug.routing import Rule

from reports_service.core.auth import GUARD

JSON: Final = "application/json"
PROBLEM: Final = "application/problem+json"
_PLACEHOLDER: Final = re.compile(r"<(?:[a-z]+(?:\([^)]*\))?:)?(\w+)>")
Needed = dict[str, list[str]]
_BEARER: Final[Needed] = {"bearer": []}
_TRACKING: Final[Needed] = {"tracking": []}
_NOTHING: Final[Needed] = {}


class Guards(BasePlugin):
    """Writes the guard of each view into its operation, as OpenAPI's security requirement."""

    def __init__(self, app: Flask) -> None:
        self.app = app

    def operation_helper(
        self, path: str | None = None, operations: dict[str, Any] | None = None, **said: Any
    ) -> None:
        """Called for each path with its methods; ``rule`` is Flask's."""
        rule: Rule = said["rule"]
        view = self.app.view_functions[rule.endpoint]
        entry = getattr(view, "view_class", view)
        for method, operation in (operations or {}).items():
            operation["security"] = _security(getattr(getattr(entry, method, entry), GUARD, None))


def _security(guard: Any) -> list[Needed]:
    """Any one of these is enough; what is public also shows more to who says who they are."""
    if guard == "public":
        return [_NOTHING, _BEARER, _TRACKING]
    _, reporter = guard
    return [_BEARER, _TRACKING] if reporter else [_BEARER]


def openapi_path(rule: str) -> str:
    """A rule of Flask as OpenAPI writes it: ``{code}`` for each placeholder."""
    return _PLACEHOLDER.sub(r"{\1}", rule)
