"""Every route says who may enter, and lets in them and nobody else."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from flask.views import MethodView

from reports_service.core import auth
from reports_service.domain.lifecycle import Action, staff_who_may
from reports_service.domain.roles import PERMISSIONS, Permission, Role
from reports_service.logbook import nightly
from tests.personas import API, STAFF, People

# Guards ask no database.
pytestmark = pytest.mark.any_engine

# Open to everybody on purpose. A new public route is added here, where it is seen.
PUBLIC = {
    "POST /sessions",
    "POST /password-resets",
    "POST /password-resets/use",
    "GET /categories",
    "GET /areas",
    "GET /agencies",
    "GET /reports",
    "POST /reports",
    "GET /reports/nearby",
    "GET /reports/<code>",
    "POST /reports/<code>/followers",
    "POST /suggestions/category",
    "GET /geocode",
    "GET /geocode/reverse",
    "GET /stats/daily-heads",  # made to be copied by anybody
    "GET /stats/daily-heads.csv",
    "GET /stats/daily-heads.xlsx",
    "GET /stats/periods/<month>.json",  # published figures, which anybody can check
    "GET /stats/definitions",  # how figures are counted is nobody's secret
    "GET /stats/definitions.csv",
    "GET /stats/definitions.xlsx",
    "GET /stats/quality/definitions",
    "GET /stats/quality/definitions.csv",
    "GET /stats/quality/definitions.xlsx",
    "GET /photos/<uuid:photo_id>/<any(large, small, original):size>",
    "POST /uploads",
    "PATCH /uploads/<uuid:upload_id>",
    "DELETE /uploads/<uuid:upload_id>",
    "POST /uploads/<uuid:upload_id>",
}
# Pages that anybody may open, and forms that anybody may send.
PUBLIC_PAGES = {
    "GET /",
    "GET /r",
    "GET /r/<code>",
    "GET /mine",
    "POST /mine/forgotten",
    "POST /r/<code>/push",
    "DELETE /r/<code>/push",
    "GET /r/<code>/reply",
    "POST /r/<code>/reply",
    "GET /r/<code>/feedback",
    "POST /r/<code>/feedback",
    "GET /r/<code>/reopening",
    "POST /r/<code>/reopening",
    "GET /r/<code>/photos",
    "POST /r/<code>/photos",
    "GET /r/<code>/correction",
    "POST /r/<code>/correction",
    "GET /r/<code>/withdrawal",
    "POST /r/<code>/withdrawal",
    "GET /r/<code>/identity",
    "POST /r/<code>/identity",
    "GET /r/<code>/data.json",
    "GET /r/<code>/data.zip",
    "GET /r/<code>/erasure",
    "POST /r/<code>/erasure",
    "GET /r/<code>/link",
    "POST /r/<code>/link",
    "GET /r/<code>/follow",
    "POST /r/<code>/follow",
    "GET /r/<code>/t/<token>",
    "GET /file",
    "POST /file",
    "POST /file/me-too",
    "GET /done/<code>",
    "GET /sign-in",
    "POST /sign-in",
    "GET /sign-in/code",
    "POST /sign-in/code",
    "GET /sign-in/oidc",
    "GET /sign-in/oidc/back",
    "GET /forgotten",
    "POST /forgotten",
    "GET /reset/<token>",
    "POST /reset/<token>",
    "POST /sign-out",
    "GET /styleguide",
    "GET /favicon.ico",
    "GET /manifest.<any(vi, en):lang>.json",
    "GET /waiting",
    "GET /offline",
    "GET /file/token",
    "GET /sw.js",
    "GET /map/boundaries.json",
    "GET /reports",
    "GET /map",
    "GET /map/clusters.json",
    "GET /map/reports/<code>.json",
    "GET /areas",
    "GET /areas/<code>",
    "GET /agencies",
    "GET /agencies/<code>",
    "GET /feeds/reports.xml",
    "GET /feeds/categories/<code>.xml",
    "GET /feeds/areas/<code>.xml",
    "GET /feeds/agencies/<code>.xml",
}
# An element that a page shows as text: it was escaped once too often.
SHOWN_AS_TEXT = re.compile(r"&lt;/?(?:time|a|span|strong|p|li)\b")
# Outside /api/v1: health, figures for machines and the documents, none of which know a person.
PLAIN = {"/healthz", "/readyz", "/metrics", "/openapi.json", "/docs"}
FILLED = (
    ("<int", "1"),
    ("<uuid", "00000000-0000-0000-0000-000000000000"),
    ("<any", "small"),
    ("<", "x"),
)
METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True)
class Door:
    """One method of one route, and what guards it."""

    method: str
    rule: str
    guard: Any

    @property
    def name(self) -> str:
        return f"{self.method} {self.rule.removeprefix(API)}"

    def lets_in(self, role: Role | None) -> bool:
        """Whether the tables of roles say that this role may enter."""
        if self.guard == "public":
            return True
        needs, _ = self.guard
        return any(role in _roles(need) for need in needs)


def _roles(need: Action | Permission) -> frozenset[Role]:
    return staff_who_may(need) if isinstance(need, Action) else PERMISSIONS[need]


def doors(app: Flask) -> Iterator[Door]:
    """All methods of all routes under /api/v1."""
    yield from _doors(app, lambda rule: rule.startswith(API))


def pages(app: Flask) -> Iterator[Door]:
    """All methods of all pages for people."""
    yield from _doors(
        app,
        lambda rule: not (rule in PLAIN or rule.startswith((f"{API}/", "/docs/", "/static/"))),
    )


def _doors(app: Flask, chosen: Callable[[str], bool]) -> Iterator[Door]:
    for rule in app.url_map.iter_rules():
        if not chosen(rule.rule):
            continue
        view = app.view_functions[rule.endpoint]
        kind: type[MethodView] | None = getattr(view, "view_class", None)
        for method in sorted((rule.methods or set()) - {"OPTIONS", "HEAD"}):
            entry = getattr(kind, method.lower()) if kind else view
            yield Door(method, rule.rule, getattr(entry, auth.GUARD, None))


def path_of(rule: str) -> str:
    """The rule with its placeholders filled by what there is not."""
    parts = [
        next(
            (say + part.partition(">")[2] for begin, say in FILLED if part.startswith(begin)), part
        )
        for part in rule.split("/")
    ]
    return "/".join(parts)


def test_every_route_is_guarded_or_listed_as_public(app: Flask) -> None:
    unguarded = [door.name for door in doors(app) if door.guard is None]
    assert unguarded == []
    assert {door.name for door in doors(app) if door.guard == "public"} == PUBLIC


def test_every_page_is_guarded_or_listed_as_public(app: Flask) -> None:
    assert [page.name for page in pages(app) if page.guard is None] == []
    assert {page.name for page in pages(app) if page.guard == "public"} == PUBLIC_PAGES


def test_pages_let_in_the_roles_of_the_tables_and_nobody_else(app: Flask, people: People) -> None:
    nightly.check()  # the log's page says when it was
    wrong: list[tuple[str, str, object]] = []
    for name in (*STAFF, "public"):
        caller = getattr(people, name)
        client = app.test_client()
        if caller.authorization:
            client.set_cookie("session", caller.authorization.removeprefix("Bearer "))
        role = None if name == "public" else Role(name.removeprefix("foreign_"))
        for page in pages(app):
            if page.method != "GET" or page.guard == "public":
                continue
            answer = client.get(path_of(page.rule), buffered=True)  # some are files in parts
            led_away = answer.status_code == 302 and "/sign-in" in answer.headers["Location"]
            entered = answer.status_code != 403 and not led_away
            if entered != page.lets_in(role) or answer.status_code >= 500:
                wrong.append((page.name, name, answer.status_code))
            if answer.mimetype == "text/html" and SHOWN_AS_TEXT.search(answer.text):
                wrong.append((page.name, name, "shows markup"))
    assert wrong == []


def test_no_page_takes_a_form_that_was_made_elsewhere(app: Flask, people: People) -> None:
    client = app.test_client()
    client.set_cookie("session", people.operator.authorization.removeprefix("Bearer "))
    forms = [page for page in pages(app) if page.method != "GET"]
    assert forms
    for page in forms:
        answer = client.open(path_of(page.rule), method=page.method, data={"form_token": "00" * 32})
        assert answer.status_code == 403, page.name


def test_every_door_lets_in_the_roles_of_the_tables_and_nobody_else(
    app: Flask, people: People
) -> None:
    wrong = []
    for door in doors(app):
        path = path_of(door.rule).removeprefix(API)
        for name in STAFF:
            if door.name == "DELETE /sessions":
                continue  # it would sign the caller out
            caller = getattr(people, name)
            role = Role(name.removeprefix("foreign_"))
            status = caller.call(door.method, path, json={}, etag='"x"').status_code
            entered = status not in (401, 403)
            if entered != door.lets_in(role) or status >= 500:
                wrong.append((door.name, name, status))
    assert wrong == []


def test_without_a_session_only_public_doors_open(app: Flask, people: People) -> None:
    wrong = []
    for door in doors(app):
        path = path_of(door.rule).removeprefix(API)
        status = people.public.call(door.method, path, json={}).status_code
        if (status == 401) == (door.guard == "public") or status >= 500:
            wrong.append((door.name, status))
    assert [one for one in wrong if one != ("POST /sessions", 422)] == []


def test_a_tracking_token_opens_only_the_reporters_doors(app: Flask, people: People) -> None:
    wrong = []
    for door in doors(app):
        if door.guard == "public":
            continue
        _, reporter = door.guard
        path = path_of(door.rule).removeprefix(API)
        status = people.reporter("x").call(door.method, path, json={}).status_code
        if (status == 401) == reporter:
            wrong.append((door.name, status))
    assert wrong == []


@pytest.mark.parametrize("method", METHODS)
def test_every_address_is_described(method: str, app: Flask, people: People) -> None:
    described = people.client.get("/openapi.json").json["paths"]
    missing = [
        door.name
        for door in doors(app)
        if door.method == method.upper() and method not in described.get(_openapi(door.rule), {})
    ]
    assert missing == []


def _openapi(rule: str) -> str:
    """The rule as the description writes it: ``{code}`` for each placeholder."""
    return re.sub(r"<(?:[a-z]+(?:\([^)]*\))?:)?(\w+)>", r"{\1}", rule)
