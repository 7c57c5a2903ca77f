"""Every call by everybody on what is real: it is done, or refused without a row being written.

Reports held by the own agency and by another one, what belongs to single people, and callers with
every kind of proof: sessions of each role, one that was ended, one of an ended account, keys of
each scope, the tracking token of the report and of another one, and none.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import product
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Connection

from reports_service.core import clock
from reports_service.domain.roles import Role
from tests.access.acts import ACTS, TOUCHES, Act, may
from tests.access.scene import FOREIGN, OWN, SECRET, WORKERS, Scene, secret, undone
from tests.architecture.test_routes import Door, doors, pages
from tests.personas import API, MONDAY, Caller, People, form
from tests.pictures import jpeg
from tests.statements import statements

HIDDEN = "restricted"
REFUSED = (401, 403, 404)
WRITES = re.compile(r"\s*(INSERT|UPDATE|DELETE)\b(?!.*\b(api_keys|revisions)\b)", re.S)
THING = re.compile(r"<(?:int|uuid)[^>]*>")
REPORT = re.compile(
    r"/(?:reports|r|work|call|triage|reject|refer|moderate|merge|done|file/slip)/<code>"
)


@pytest.fixture(scope="module")
def scene(app: Flask, stage: Connection) -> Scene:
    with clock.moved_to(MONDAY):
        return Scene(People(app))


def on_reports(app: Flask) -> set[str]:
    """The calls of the interface that change a report."""
    return {
        door.name for door in doors(app) if door.method != "GET" and "/reports/<code>" in door.rule
    }


@pytest.mark.pure
def test_every_call_that_changes_a_report_has_its_row(app: Flask) -> None:
    assert on_reports(app) == set(ACTS)


@pytest.mark.pure
def test_every_call_on_what_belongs_to_somebody_has_its_row(app: Flask) -> None:
    """Uploads are opened by who knows their number, pictures by who is shown their address."""
    elsewhere = ("/uploads/", "/photos/", "/admin/routing-rules/")
    rules = {
        f"{door.method} {THING.sub('{id}', door.rule.removeprefix(API), count=1)}"
        for door in doors(app)
        if THING.search(door.rule) and not any(one in door.rule for one in elsewhere)
    }
    assert {re.sub(r"<int:number>", "1", rule) for rule in rules} == set(TOUCHES)


def test_an_act_on_a_report_is_done_by_those_of_the_table_and_refused_to_all_others(
    scene: Scene,
) -> None:
    wrong = []
    for name, caller, whose in product(ACTS, scene.names(), (OWN, FOREIGN)):
        status, wrote = attempt(scene, name, caller, whose)
        done, let = status in (200, 201, 204), may(ACTS[name], caller, whose)
        if done != let or not (done or (status in REFUSED and not wrote)):
            wrong.append((name, caller, whose, status, wrote[:1]))
    assert wrong == []


def attempt(scene: Scene, name: str, caller: str, whose: str) -> tuple[int, list[str]]:
    """One call, taken back: its status, and what it wrote."""
    act, (method, rule) = ACTS[name], name.split(" ")
    code = scene.reports[whose][act.on].code
    who = scene.caller(caller, whose, act.on)
    path = rule.replace("<code>", code).replace("<action>", "note")
    with undone(), statements() as sent:
        answer = who.call(method, path, etag="*", **_sent(act, scene, whose))
        status = answer.status_code
    return status, [one for one in sent if WRITES.match(one)]


def _sent(act: Act, scene: Scene, whose: str) -> dict[str, Any]:
    if act.on == "assigned" and act.body is None and act.who == "add_photos":
        return {"data": form({}, [PICTURE])}
    if act.body is None:
        return {}
    master = scene.reports[whose]["in_progress"].code
    return {"json": json.loads(json.dumps(act.body).replace("{master}", master))}


PICTURE = jpeg()


def test_what_belongs_to_somebody_is_opened_and_changed_by_nobody_else(scene: Scene) -> None:
    wrong = []
    for name, touch in TOUCHES.items():
        method, rule = name.split(" ")
        path = rule.replace("{id}", str(scene.things[touch.thing]))
        for caller in scene.names():
            who = scene.caller(caller, OWN, "assigned")
            with undone(), statements() as sent:
                options = {} if touch.body is None else {"json": dict(touch.body)}
                status = who.call(method, path, buffered=True, **options).status_code
            done, wrote = status < 300, [one for one in sent if WRITES.match(one)]
            if done != (caller in touch.may) or not (done or (status in REFUSED and not wrote)):
                wrong.append((name, caller, status, wrote[:1]))
    assert wrong == []


# Word -> who may ever read it; each stands in one kind of object of one agency.
SEES_ALL = {"operator", "admin"}
READERS = {
    **{secret("note", whose): {*WORKERS[whose], *SEES_ALL, "leader"} for whose in WORKERS},
    **{secret("reason", whose): {*WORKERS[whose], *SEES_ALL, "leader"} for whose in WORKERS},
    **{secret("description", whose): {*WORKERS[whose], *SEES_ALL} for whose in WORKERS},
    **{secret("name", whose): {"operator"} for whose in WORKERS},
    secret("draft", "officer"): {"officer"},
    secret("template", OWN): {"officer", "head", "admin"},
    secret("filter", "officer"): {"officer"},
    secret("absence", "officer"): {"officer", "head", "admin"},
}


# Those who see differently; of others, another test says that they are let in nowhere else.
READING = ("public", "officer", "head", "foreign_officer", "foreign_head", "facilitator", "leader",
           "operator")  # fmt: skip
BY_PROOF = ("reporter", "other_reporter", "key_figures", "key_exports")


@pytest.mark.any_engine  # schemas and templates leave words out, not statements
def test_no_answer_to_anybody_holds_a_word_that_is_not_theirs_to_read(
    app: Flask, scene: Scene
) -> None:
    leaks, seen = [], set()
    for door, whose, status in [*shown(doors(app)), *shown(pages(app))]:
        path = filled(door, scene, whose, status)
        for name in READING:
            if not lets_in(door, name):
                continue
            answer = open_as(app, scene, name, whose, status, path, asked(door))
            leaks += leaked(door, name, answer, whose)
            seen |= words(answer)
        for name in BY_PROOF if path.startswith(API) else ():
            who = scene.caller(name, whose, status)
            answer = read(who, path, asked(door))
            leaks += leaked(door, name, answer, whose)
    assert leaks == []
    assert seen == set(READERS), "each word is read by somebody, or nothing is shown here"


def shown(all_doors: Iterator[Door]) -> Iterator[tuple[Door, str, str]]:
    """Each address that is read, with whose report in which state stands in it."""
    for door in all_doors:
        if door.method != "GET" or door.rule.endswith((".xlsx", ".pdf", ".zip")):
            continue  # what is compressed cannot be read here
        if REPORT.search(door.rule):
            yield from ((door, *one) for one in product((OWN, FOREIGN), ("in_progress", HIDDEN)))
        else:
            yield door, OWN, "in_progress"


def lets_in(door: Door, name: str) -> bool:
    """Whether the door opens at all: who stands before it, another test looks at."""
    return door.lets_in(None if name == "public" else Role(name.removeprefix("foreign_")))


def open_as(
    app: Flask, scene: Scene, name: str, whose: str, status: str, path: str, query: dict[str, str]
) -> Any:
    """An answer of the interface by the token, of a page by the cookie."""
    who = scene.caller(name, whose, status)
    if path.startswith(API):
        return read(who, path, query)
    client = app.test_client()
    if who.authorization:
        client.set_cookie("session", who.authorization.removeprefix("Bearer "))
    return client.get(path, query_string=query, buffered=True)


def read(who: Caller, path: str, query: dict[str, str]) -> Any:
    """An answer of the interface; files are read whole and closed."""
    return who.call("GET", path.removeprefix(API), query_string=query, buffered=True)


def filled(door: Door, scene: Scene, whose: str, status: str) -> str:
    """The address with what there is: a report of the scene, a thing of its owner."""
    path = door.rule
    if REPORT.search(path):
        path = path.replace("<code>", scene.reports[whose][status].code)
    for part, thing in (("templates", "template"), ("exports", "export")):
        path = re.sub(rf"/{part}/<[^>]*>", f"/{part}/{scene.things[thing]}", path)
    path = path.replace("/agencies/<code>", "/agencies/dien-luc").replace("<action>", "note")
    path = path.replace("/categories/<code>", "/categories/den-duong")
    path = path.replace("/areas/<code>", "/areas/25630").replace("<month>", "2026-02")
    path = re.sub(r"<any[^>]*>", "vi" if "manifest" in path else "small", path)
    path = re.sub(r"<uuid[^>]*>", "00000000-0000-0000-0000-000000000000", path)
    return re.sub(r"<[^>]*>", "1", path)


def asked(door: Door) -> dict[str, str]:
    """A question that the address answers with as much as it has."""
    if door.rule.endswith("/templates") and "<code>" in door.rule:
        return {"action": "note"}
    if door.rule in (f"{API}/reports", "/reports", f"{API}/queue", "/queue"):
        return {"q": SECRET}
    return {}


def words(answer: Any) -> set[str]:
    return set(re.findall(rf"{SECRET}-[a-z]+-[a-z]+", answer.get_data().decode(errors="replace")))


def leaked(door: Door, name: str, answer: Any, whose: str) -> list[Any]:
    """The words of this answer that somebody should not read."""
    found = []
    for word in words(answer):
        readers = {*READERS[word], *({"reporter"} if word.endswith(f"-{whose}") else ())}
        own = name == "reporter" and word.split("-")[2] in ("name", "description")
        if name not in readers or (name == "reporter" and not own):
            found.append((door.name, name, word))
    return found
