"""Keys of other systems: shown once, kept as a digest, good for their scopes until they end."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest

from reports_service.accounts import api_keys
from reports_service.accounts.models import ApiKey
from reports_service.core.db import db
from tests.personas import LIGHTS, MONDAY, Caller, People, rows

Clock = Callable[[datetime], None]
SECRET = "ab" * 32


def made(people: People, *scopes: str, **more: Any) -> dict[str, Any]:
    """A new key of an administrator, as the answer shows it."""
    body = {"name": "Kho dữ liệu tỉnh", "scopes": scopes, **more}
    answer = people.admin.call("POST", "/admin/api-keys", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json


def caller(people: People, *scopes: str, **more: Any) -> Caller:
    return Caller(people.client, f"Bearer {made(people, *scopes, **more)['key']}")


def refused(who: Caller, path: str = "/changes") -> tuple[int, str]:
    answer = who.get(path)
    return answer.status_code, answer.json["code"]


def test_a_key_is_shown_once_and_only_its_digest_is_kept(people: People) -> None:
    shown = made(people, "changes")
    assert re.fullmatch(r"r1022_[0-9a-f]{8}_[0-9a-f]{72}", shown["key"])
    secret = shown["key"].split("_")[2][:64]
    kept = "".join("".join(table) for table in rows().values())
    assert secret not in kept
    assert repr(bytes.fromhex(secret)) not in kept
    listed = people.admin.get("/admin/api-keys").json["items"]
    assert listed == [shown["api_key"]]
    assert "key" not in listed[0]


def test_two_keys_share_nothing(people: People) -> None:
    one, other = made(people, "changes")["key"], made(people, "changes")["key"]
    assert one.split("_")[1:] != other.split("_")[1:]


def test_a_key_opens_what_its_scopes_say_and_nothing_else(people: People) -> None:
    changes, figures = caller(people, "changes"), caller(people, "figures")
    assert changes.get("/changes").status_code == 200
    assert refused(changes, "/exports") == (403, "scope_lacks")
    assert refused(changes, "/stats/agencies") == (403, "scope_lacks")
    assert refused(changes, "/inbox") == (403, "scope_lacks")
    assert figures.get("/stats/agencies").status_code == 200
    assert figures.get(f"/stats/agencies/{LIGHTS}").status_code == 200
    assert refused(figures) == (403, "scope_lacks")


def test_a_key_with_several_scopes_opens_all_of_them(people: People) -> None:
    both = caller(people, "changes", "exports", "changes")
    assert both.get("/changes").status_code == both.get("/exports").status_code == 200


def test_a_key_sees_of_a_report_what_the_public_sees(people: People) -> None:
    code = people.file(description="Gọi 0912 345 678").code
    machine = caller(people, "changes", "exports", "figures")
    assert machine.report(code) == people.public.report(code)


def test_a_key_does_nothing_to_a_report(people: People) -> None:
    code = people.file().code
    machine = caller(people, "changes", "exports", "figures")
    answer = machine.act(code, "acknowledgement", etag="*")
    assert (answer.status_code, answer.json["code"]) == (403, "scope_lacks")


def test_an_expired_key_is_told_so(people: People, clock_at: Clock) -> None:
    machine = caller(people, "changes", expires_at="2026-03-10T00:00:00Z")
    assert machine.get("/changes").status_code == 200
    clock_at(MONDAY + timedelta(days=1))
    assert refused(machine) == (401, "api_key_expired")


def test_an_ended_key_is_told_so_and_stays_in_the_list(people: People) -> None:
    shown = made(people, "changes")
    machine = Caller(people.client, f"Bearer {shown['key']}")
    ended = people.admin.call("DELETE", f"/admin/api-keys/{shown['api_key']['id']}")
    assert ended.json["ended_at"] == "2026-03-09T02:00:00Z"
    assert refused(machine) == (401, "api_key_ended")
    assert people.admin.get("/admin/api-keys").json["items"] == [ended.json]


def test_a_key_can_end_later(people: People, clock_at: Clock) -> None:
    shown = made(people, "changes")
    path = f"/admin/api-keys/{shown['api_key']['id']}?at=2026-03-16T00:00:00Z"
    assert people.admin.call("DELETE", path).status_code == 200
    machine = Caller(people.client, f"Bearer {shown['key']}")
    assert machine.get("/changes").status_code == 200
    clock_at(MONDAY + timedelta(days=7))
    assert refused(machine) == (401, "api_key_ended")


def test_an_ended_key_cannot_be_ended_later(people: People) -> None:
    shown = made(people, "changes")
    path = f"/admin/api-keys/{shown['api_key']['id']}"
    people.admin.call("DELETE", path)
    again = people.admin.call("DELETE", f"{path}?at=2030-01-01T00:00:00Z")
    assert (again.status_code, again.json["ended_at"]) == (200, "2026-03-09T02:00:00Z")
    assert refused(Caller(people.client, f"Bearer {shown['key']}")) == (401, "api_key_ended")


def test_a_key_that_ends_later_can_be_ended_sooner(people: People) -> None:
    shown = made(people, "changes")
    path = f"/admin/api-keys/{shown['api_key']['id']}"
    people.admin.call("DELETE", f"{path}?at=2030-01-01T00:00:00Z")
    people.admin.call("DELETE", path)
    assert refused(Caller(people.client, f"Bearer {shown['key']}")) == (401, "api_key_ended")


def test_a_mistyped_key_is_found_without_asking_the_database(people: People) -> None:
    key = made(people, "changes")["key"]
    for wrong in (key[:-1], key + "0", key.replace("_", "-", 1), "r1022_", key[:-1] + "g"):
        who = Caller(people.client, f"Bearer {wrong}")
        assert refused(who)[0] == 401
    other = "0" if key[20] != "0" else "1"
    assert refused(Caller(people.client, f"Bearer {key[:20]}{other}{key[21:]}")) == (
        401,
        "api_key_mistyped",
    )


def test_a_key_with_another_secret_is_refused(people: People) -> None:
    shown = made(people, "changes")
    forged = api_keys.written(shown["api_key"]["id"], SECRET)
    assert refused(Caller(people.client, f"Bearer {forged}")) == (401, "api_key_refused")
    unknown = api_keys.written("00000000", SECRET)
    assert refused(Caller(people.client, f"Bearer {unknown}")) == (401, "api_key_refused")


def test_the_use_of_a_key_is_noted_once_an_hour(people: People, clock_at: Clock) -> None:
    shown = made(people, "changes")
    machine = Caller(people.client, f"Bearer {shown['key']}")
    seen = []
    for minutes in (0, 30, 59, 61):
        clock_at(MONDAY + timedelta(minutes=minutes))
        assert machine.get("/changes").status_code == 200
        row = db.session.query(ApiKey).populate_existing().one()
        seen.append(row.last_used_at - MONDAY)
    assert seen == [timedelta(0)] * 3 + [timedelta(minutes=61)]


def test_making_and_ending_a_key_is_logged(people: People) -> None:
    key_id = made(people, "exports")["api_key"]["id"]
    people.admin.call("DELETE", f"/admin/api-keys/{key_id}")
    log = people.admin.get("/admin/audit", object_kind="api_key", object_key=key_id).json["items"]
    assert [entry["act"] for entry in log] == ["ended", "added"]
    assert {entry["actor"] for entry in log} == {"admin@demo.example"}
    assert log[1]["detail"]["scopes"] == ["exports"]


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({"scopes": ["changes"]}, "name", "field_required"),
        ({"name": "A"}, "scopes", "field_required"),
        ({"name": "A", "scopes": []}, "scopes", "too_few"),
        ({"name": "A", "scopes": ["everything"]}, "scopes.0", "not_one_of"),
        (
            {"name": "A", "scopes": ["changes"], "expires_at": "2026-03-09T01:59:59Z"},
            "expires_at",
            "api_key_expires_in_past",
        ),
        ({"name": "A", "scopes": ["changes"], "key": "mine"}, "key", "field_unknown"),
    ],
)
def test_a_key_that_makes_no_sense_is_refused_in_words(
    body: dict[str, Any], field: str, code: str, people: People
) -> None:
    answer = people.admin.call("POST", "/admin/api-keys", json=body)
    assert answer.status_code == 422
    assert (field, code) in {(one["field"], one["code"]) for one in answer.json["errors"]}


def test_a_key_that_is_not_there_is_not_found(people: People) -> None:
    answer = people.admin.call("DELETE", "/admin/api-keys/ffffffff")
    assert (answer.status_code, answer.json["code"]) == (404, "api_key_unknown")
