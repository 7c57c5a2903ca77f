"""What there is to get at: reports in every status at two agencies, and what belongs to people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from reports_service.accounts import password_hashes
from reports_service.accounts import service as accounts
from reports_service.core import clock, outbox
from reports_service.core.auth import SYSTEM
from reports_service.core.db import db, unit_of_work
from reports_service.domain.lifecycle import Status
from tests.personas import CONTACT, LIGHTS, UNSORTED, Caller, Filed, People, work_outbox

OWN, FOREIGN = "own", "foreign"
HOLDERS: Final = {OWN: LIGHTS, FOREIGN: "dien-luc"}
# Whose report -> who works at the agency that holds it.
WORKERS: Final = {OWN: ("officer", "head"), FOREIGN: ("foreign_officer", "foreign_head")}
SECRET: Final = "bi-mat"  # every word that is not for everybody begins so


def secret(what: str, whose: str) -> str:
    """A word that stands in one object alone, so that it is known wherever it comes out."""
    return f"{SECRET}-{what}-{whose}"


class Scene:
    """All objects of the walk. ``reports``: by whose, then by status; ``things``: by name."""

    def __init__(self, people: People) -> None:
        self.people = people
        self.reports: dict[str, dict[str, Filed]] = {
            whose: dict(_reports(people, whose)) for whose in (OWN, FOREIGN)
        }
        self.callers: dict[str, Caller] = {**people.all(), **_machines(people), **_gone(people)}
        self.things = _things(people, self.reports[OWN]["in_progress"].code)
        work_outbox()
        notices = people.officer.get("/inbox").json["items"]
        self.things["notice"] = notices[0]["id"]

    def caller(self, name: str, whose: str, status: str) -> Caller:
        """Somebody by name; "reporter" is this report's, "other_reporter" another one's."""
        if name == "reporter":
            return self.reports[whose][status].reporter
        if name == "other_reporter":
            return self.reports[OWN if whose == FOREIGN else FOREIGN][status].reporter
        return self.callers[name]

    def names(self) -> list[str]:
        """Everybody who calls."""
        return [*self.callers, "reporter", "other_reporter"]


def _reports(people: People, whose: str) -> Iterator[tuple[str, Filed]]:
    """(status, report) for each status that an act begins in."""
    officer = getattr(people, WORKERS[whose][0])

    def held(**changes: Any) -> Filed:
        named = {"reporter": {**CONTACT, "name": secret("name", whose)}}
        filed = people.file(**{**UNSORTED, **named, **changes})
        people.operator.does(filed.code, "assignment", {"agency": HOLDERS[whose], "reason": "x"})
        return filed

    def moved(*acts: tuple[str, Mapping[str, Any]], **changes: Any) -> Filed:
        filed = held(**changes)
        officer.does(filed.code, "acknowledgement", {})
        for part, body in acts:
            officer.does(filed.code, part, body)
        return filed

    def by_operator(filed: Filed, part: str, body: Mapping[str, Any]) -> Filed:
        people.operator.does(filed.code, part, body)
        return filed

    note = ("notes", {"note": secret("note", whose)})
    more = ("extension", {"amount": 1, "reason": secret("reason", whose)})
    yield Status.NEW, people.file(**UNSORTED)
    yield Status.ASSIGNED, held()
    yield Status.IN_PROGRESS, moved(note, more)
    yield "asked_nothing", moved()
    yield Status.AWAITING_REPORTER, moved(("question", {"question": "Trụ nào?"}))
    yield Status.RESOLVED, moved(("resolution", {"kind": "answered", "note": "xong"}))
    reason = {"reason": "không rõ"}
    yield Status.REJECTED, by_operator(people.file(**UNSORTED), "rejection", reason)
    away = {"to": "Thanh tra", "reason": "khiếu nại"}
    yield Status.REFERRED, by_operator(held(), "referral", away)
    yield Status.DUPLICATE, by_operator(held(), "merge", {"into": held().code})
    yield "restricted", _restricted(people, whose)


def _restricted(people: People, whose: str) -> Filed:
    """A report that only who handles it may know of."""
    said = {"category": "gay-roi", "description": secret("description", whose)}
    filed = people.file(reporter={**CONTACT, "name": secret("name", whose)}, **said)
    people.operator.does(filed.code, "assignment", {"agency": HOLDERS[whose], "reason": "xa"})
    return filed


def _machines(people: People) -> dict[str, Caller]:
    """A key of each scope."""
    keys = {}
    for scope in ("changes", "exports", "figures"):
        body = {"name": "Kho", "scopes": [scope]}
        made = people.admin.call("POST", "/admin/api-keys", json=body).json["key"]
        keys[f"key_{scope}"] = Caller(people.client, f"Bearer {made}")
    return keys


def _gone(people: People) -> dict[str, Caller]:
    """An administrator whose account ended, and one who signed out."""
    callers, hashed = {}, password_hashes.hashed("demo-1022")
    for name in ("ended", "signed_out"):
        email = f"{name}@demo.example"
        values = {"email": email, "name": name, "role": "admin", "password_hash": hashed}
        with unit_of_work():
            accounts.add(SYSTEM, {**values, "language": "vi"})
        whom = {"email": email, "password": "demo-1022"}
        token = people.public.call("POST", "/sessions", json=whom).json["token"]
        callers[name] = Caller(people.client, f"Bearer {token}", staff=True)
    people.admin.call("DELETE", "/admin/accounts/ended@demo.example")
    callers["signed_out"].call("DELETE", "/sessions")
    return callers


def _things(people: People, code: str) -> dict[str, Any]:
    """What belongs to the officer, to the agency, to an administrator: name -> id."""

    def made(caller: Caller, path: str, body: Mapping[str, Any]) -> Any:
        answer = caller.call("POST", path, json=body)
        assert answer.status_code in (201, 202), answer.text
        return answer.json["id"]

    draft = {"fields": {"note": secret("draft", "officer")}}
    assert people.officer.call("PUT", f"/reports/{code}/drafts/note", json=draft).status_code == 200
    words = {"vi": secret("template", OWN)}
    template = {"action": "note", "titles": words, "texts": words}
    days = {"first_day": "2026-03-16", "last_day": "2026-03-17", "deputy": "head@demo.example"}
    away = {**days, "reason": secret("absence", "officer")}
    wish = {"what": "reports", "format": "csv", "from": "2026-03-01", "to": "2026-03-31"}
    sought = {"name": secret("filter", "officer"), "query": "state=overdue"}
    return {
        "template": made(people.head, "/templates", template),
        "filter": made(people.officer, "/filters", sought),
        "absence": made(people.officer, "/absences", away),
        "export": made(people.admin, "/exports", wish),
        "letter": _given_up(),
    }


def _given_up() -> int:
    """An effect that workers gave up."""
    with unit_of_work():
        letter = outbox.put("notify", {})
        letter.attempts, letter.dead_at = 30, clock.now()
        db.session.flush()
        return letter.id


@contextmanager
def undone() -> Iterator[None]:
    """What happens inside is as if it had not been."""
    before = db.engine.begin_nested()  # in tests it is the one connection
    try:
        yield
    finally:
        db.session.remove()
        before.rollback()
