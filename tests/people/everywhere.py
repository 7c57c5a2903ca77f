"""Looking for a report in every answer of the service: what a stranger, or a colleague, may find.

Each route of the map that can be read is asked by each caller with the report's own code, pictures,
place and words wherever it takes any, so that a new route is looked into as soon as it exists.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from flask import Flask
from werkzeug.test import TestResponse

from reports_service.domain.roles import Role
from tests.architecture.test_routes import Door, pages
from tests.architecture.test_routes import doors as doors_of_api
from tests.personas import API, LIGHTS, Caller, Filed

COMMUNE, MONTH = "25630", "2026-03"
# Files, what is made from the code alone, and how the service feels.
NOT_ASKED = ("/static/", "/docs", "/openapi.json", "/healthz", "/readyz", "/metrics")
_PLACEHOLDER = re.compile(r"<(?:[^<>]*:)?(\w+)>")
# What the last part of an address before a placeholder says that it is filled with.
_AGENCY, _AREA, _CATEGORY = ("agencies", LIGHTS), ("areas", COMMUNE), ("categories", "den-duong")
_KEYS = dict((_AGENCY, _AREA, _CATEGORY))
_NEAR = {"lat": "11.2871", "lon": "106.1312", "category": "den-duong", "radius_m": "500"}
_ALL = {"south": "11.2", "west": "106.0", "north": "11.4", "east": "106.3", "zoom": "16"}


@dataclass(frozen=True)
class Sought:
    """A report by all that betrays it: its code, a word that only it has, its pictures."""

    filed: Filed
    word: str
    pictures: tuple[str, ...]

    @property
    def code(self) -> str:
        return self.filed.code

    @property
    def plain(self) -> str:
        return self.code.replace("-", "")

    @property
    def marks(self) -> tuple[str, ...]:
        """What must not stand in an answer to who may not see it."""
        return (self.plain, self.code, self.word, *self.pictures)


def entered(app: Flask, role: Role | None) -> list[str]:
    """Every address that answers to GET and lets this role in, as its rule."""
    doors = (door for door in (*doors_of_api(app), *pages(app)) if door.method == "GET")
    rules = {door.rule for door in doors if _lets_in(door, role)}
    asked = sorted(rule for rule in rules if not rule.startswith(NOT_ASKED))
    # A workbook holds what the file of commas beside it does: one role is enough to see that.
    return [rule for rule in asked if role is Role.LEADER or not rule.endswith(".xlsx")]


def _lets_in(door: Door, role: Role | None) -> bool:
    of_reporter = door.guard != "public" and door.guard[1]
    return of_reporter or door.lets_in(role)


def addresses(rule: str, subjects: Sequence[Sought]) -> Iterator[tuple[str, dict[str, str]]]:
    """The addresses of a rule that may lead to one of these reports, each with a query, once."""
    asked = [
        (path, query)
        for sought in subjects
        for path in _paths(rule, sought)
        for query in _queries(rule, sought)
    ]
    yield from (one for number, one in enumerate(asked) if one not in asked[:number])


def _paths(rule: str, sought: Sought) -> Iterator[str]:
    if "<uuid:photo_id>" in rule:
        for picture in sought.pictures:
            for size in ("large", "small", "original"):
                yield f"{API}/photos/{picture}/{size}"
        return
    before = rule.partition("<")[0].rstrip("/").rpartition("/")[2]
    values = {
        "code": _KEYS.get(before, sought.code),
        "key": _KEYS.get(before, "1"),
        "month": MONTH,
        "lang": "vi",
        "token": "x" * 24,
        "number": "1",
        "email": "officer@demo.example",
        "export_id": "00000000-0000-0000-0000-000000000000",
    }
    yield _PLACEHOLDER.sub(lambda found: values.get(found[1], "1"), rule)


def _queries(rule: str, sought: Sought) -> Iterator[dict[str, str]]:
    yield {}
    match rule.removeprefix(API):
        case "/reports" | "/queue" | "/triage" | "/map":
            yield {"q": sought.word}
            yield {"q": sought.code}
        case "/reports/nearby" | "/call/similar" | "/call":
            yield dict(_NEAR)
        case "/map/clusters.json":
            yield dict(_ALL)
            yield {**_ALL, "bbox": "106.0,11.2,106.3,11.4"}
        case "/r":
            yield {"code": sought.code}
        case "/admin/audit":
            yield {"object_key": sought.code.replace("-", "")}
        case path if "/assignments" in path or path == "/figures/reports":
            for measure in ("received", "open", "merged", "referred"):
                yield {"measure": measure, "from": "2026-03-01", "to": "2026-03-31"}


def answer_to(caller: Caller, path: str, query: Mapping[str, str]) -> TestResponse:
    """As an app asks below /api/v1, and as a browser with a session asks for pages."""
    if path.startswith(API):
        return caller.call("GET", path.removeprefix(API), query_string=dict(query), buffered=True)
    client = caller.client.application.test_client()
    if caller.staff and caller.authorization:
        client.set_cookie("session", caller.authorization.removeprefix("Bearer "))
    return client.get(path, query_string=dict(query), buffered=True)


def told_by(answer: TestResponse) -> bytes:
    """All that an answer tells: its body, unpacked where it is a workbook, and where it leads."""
    body = answer.get_data()
    if body[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(body)) as sheets:
            body = b"\n".join(sheets.read(name) for name in sheets.namelist())
    return body + answer.headers.get("Location", "").encode()


def betrayed(sought: Sought, asked: tuple[str, Mapping[str, str]], told: bytes) -> list[str]:
    """The marks that an answer tells and the question did not name: those it may repeat."""
    question = " ".join((asked[0], *asked[1].values()))
    named = sought.code in question or sought.plain in question
    known = {sought.code, sought.plain} if named else set()
    known |= {mark for mark in sought.marks if mark in question}
    return [mark for mark in sought.marks if mark not in known and mark.encode() in told]


def found_by(
    app: Flask, caller: Caller, role: Role | None, subjects: Mapping[str, Sought]
) -> dict[str, set[str]]:
    """Which routes tell this caller anything of each of these reports, by the report's name.

    Doors that the role does not enter are passed by: tests/architecture/test_routes.py tries them.
    """
    found: dict[str, set[str]] = {name: set() for name in subjects}
    for rule in entered(app, role):
        for asked in addresses(rule, list(subjects.values())):
            answer = answer_to(caller, *asked)
            assert answer.status_code < 500, (rule, asked, answer.text[:300])
            told = told_by(answer)
            for name, sought in subjects.items():
                if betrayed(sought, asked, told) or _is_picture_of(sought, asked[0], answer):
                    found[name].add(rule)
    return found


def _is_picture_of(sought: Sought, path: str, answer: TestResponse) -> bool:
    return answer.status_code == 200 and any(f"/photos/{one}/" in path for one in sought.pictures)
