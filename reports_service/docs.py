"""/docs: the interface and its error codes as plain pages that need neither script nor network."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask import (
    Blueprint,
    Flask,
    Response,
    current_app,
    render_template,
)

from reports_service.core import words
from reports_service.core.auth import GUARD, current_language, public, roles_for
from reports_service.core.http_errors import status_of
from reports_service.domain import lifecycle
from reports_service.domain.errors import Refusal
from reports_service.domain.roles import ACTS, SCOPES, Party, Permission, Role, Scope, reach

_CONVERTER = re.compile(r"<(?:[^:<>]+:)?")
METHODS = ("get", "post", "put", "patch", "delete")
bp = Blueprint("docs", __name__, template_folder="templates")


@dataclass(frozen=True)
class Operation:
    """One call of the interface as a reader needs it."""

    method: str
    path: str
    says: str
    guard: str
    parameters: list[Mapping[str, Any]]
    body: str | None
    answers: Mapping[str, str]


def init_docs(app: Flask) -> None:
    """Serve the pages; they are made from the code, so they cannot fall behind it."""
    app.register_blueprint(bp)


@bp.get("/docs")
@public
def interface() -> str:
    spec = _spec()
    return render_template(
        "docs/interface.html",
        version=spec["info"]["version"],
        groups=_groups(spec),
        schemas=spec["components"]["schemas"],
    )


@bp.get("/docs/errors")
@public
def error_codes() -> str:
    language = current_language()
    rows = [
        {"code": code, "status": status, "words": words.catalogue()[code][language]}
        for code, status in sorted(_refusals())
    ]
    return render_template("docs/errors.html", rows=rows, language=language)


@bp.get("/docs/lifecycle")
@public
def life() -> str:
    language = current_language()
    acts: dict[tuple[str, str, tuple[str, ...]], list[str]] = {}
    for status, action, to, by in lifecycle.table():
        acts.setdefault((action, to, by), []).append(words.say(f"status_{status}", language))
    rows = [
        {
            "action": words.say(f"action_{action}", language),
            "statuses": ", ".join(statuses),
            "to": words.say(f"status_{to}", language),
            "by": ", ".join(words.say(f"role_{party}", language) for party in by),
        }
        for (action, to, by), statuses in acts.items()
    ]
    return render_template("docs/lifecycle.html", rows=rows, language=language)


@bp.get("/docs/roles")
@public
def who_may() -> str:
    language = current_language()
    return render_template(
        "docs/roles.html",
        language=language,
        parties=[(party, words.say(f"role_{party}", language)) for party in Party],
        acts=[(words.say(f"action_{act}", language), by) for act, by in ACTS.items()],
        roles=[(role, words.say(f"role_{role}", language)) for role in Role],
        permissions=[
            (words.say(f"need_{one}", language), _reaches(one, language), _opened_by(one))
            for one in Permission
        ],
    )


def _reaches(permission: Permission, language: str) -> dict[Role, str]:
    """How far a permission reaches for each role that has it, in words."""
    reaches = {role: reach(role, permission) for role in Role}
    return {role: words.say(f"reach_{far}", language) for role, far in reaches.items() if far}


def _opened_by(permission: Permission) -> str:
    """The scopes of keys that open it."""
    return ", ".join(scope for scope in Scope if permission in SCOPES[scope])


@bp.get("/docs/style.css")
@public
def stylesheet() -> Response:
    return Response(render_template("docs/style.css"), mimetype="text/css")


def _spec() -> dict[str, Any]:
    api = current_app.extensions["flask-smorest"]["apis"][""]["ext_obj"]
    described: dict[str, Any] = api.description()
    return described


def _groups(spec: Mapping[str, Any]) -> dict[str, list[Operation]]:
    groups: dict[str, list[Operation]] = {tag["name"]: [] for tag in spec.get("tags", [])}
    for path, methods in spec["paths"].items():
        for method, said in methods.items():
            if method in METHODS:
                tag = (said.get("tags") or ["–"])[0]
                groups.setdefault(tag, []).append(_operation(path, method, said, methods))
    return {tag: operations for tag, operations in groups.items() if operations}


def _operation(
    path: str, method: str, said: Mapping[str, Any], methods: Mapping[str, Any]
) -> Operation:
    content = said.get("requestBody", {}).get("content", {})
    return Operation(
        method=method.upper(),
        path=path,
        says=said.get("description") or said.get("summary") or "",
        parameters=[
            *_plain(methods.get("parameters", [])),
            *_plain(said.get("parameters", [])),
        ],
        guard=_guard_of(path, method),
        body=next((_name_of(kind["schema"]) for kind in content.values()), None),
        answers={
            status: _schema_of(answer)
            for status, answer in said.get("responses", {}).items()
            if status not in ("default", "422")
        },
    )


def _guard_of(path: str, method: str) -> str:
    """Who may make this call, in words; a test sees to it that every view says it."""
    view = _views().get((path, method))
    says = getattr(getattr(view, method, view), GUARD, None)
    if says == "public":
        return "anybody"
    needs, reporter = says or ((), False)
    roles = {role for need in needs for role in roles_for(need)}
    callers = [role for role in Role if role in roles]
    keys = [f"keys for {scope}" for scope in Scope if any(need in SCOPES[scope] for need in needs)]
    return ", ".join([*(["the reporter"] if reporter else []), *callers, *keys])


def _views() -> dict[tuple[str, str], Any]:
    """Path as OpenAPI writes it, and method -> the view class or function behind it."""
    functions = current_app.view_functions
    return {
        (_CONVERTER.sub("{", rule.rule).replace(">", "}"), method.lower()): getattr(
            functions[rule.endpoint], "view_class", functions[rule.endpoint]
        )
        for rule in current_app.url_map.iter_rules()
        for method in rule.methods or ()
    }


def _plain(parameters: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    return (parameter for parameter in parameters if "name" in parameter)


def _schema_of(answer: Mapping[str, Any]) -> str:
    content = answer.get("content", {})
    return next((_name_of(kind.get("schema", {})) for kind in content.values()), "")


def _name_of(schema: Mapping[str, Any]) -> str:
    return str(schema.get("$ref", "")).rpartition("/")[2] or str(schema.get("type", ""))


def _refusals() -> Iterator[tuple[str, int]]:
    """Every stable error code with its HTTP status."""
    waiting = [Refusal]
    seen: set[str] = set()
    while waiting:
        kind = waiting.pop()
        waiting += kind.__subclasses__()
        if kind is not Refusal and kind.code not in seen and words.knows(kind.code):
            seen.add(kind.code)
            yield kind.code, status_of(kind)
