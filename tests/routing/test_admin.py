"""/admin/routing-rules over HTTP: kept, listed, tried before they are saved."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from reports_service.agencies.models import Agency
from reports_service.core.audit import AuditEntry
from reports_service.core.db import db
from reports_service.domain.roles import Role
from reports_service.routing.models import RoutingRule
from tests.sessions import signed_in
from tests.statements import statements

Headers = dict[str, str]
RULES = "/api/v1/admin/routing-rules"
IN_LONG_HOA = {"lat": 11.25, "lon": 106.15}
LIGHTS = {"category": "lights", "agency": "lights-company"}


@pytest.fixture
def admin() -> Headers:
    return signed_in(Role.ADMIN)


def test_a_rule_is_added_found_changed_and_ended(client: FlaskClient, admin: Headers) -> None:
    body = {**LIGHTS, "area": "25630", "word": "trụ", "priority": "urgent", "position": 3}
    added = client.post(RULES, json=body, headers=admin)
    assert added.status_code == 201, added.json
    one = f"{RULES}/{added.json['id']}"
    assert client.get(one, headers=admin).json == added.json
    assert {name: added.json[name] for name in body} == body

    changed = client.patch(one, json={"agency": None, "to_committee": True}, headers=admin)
    assert (changed.json["agency"], changed.json["to_committee"]) == (None, True)
    assert changed.json["word"] == "trụ"

    ended = client.delete(one, headers=admin)
    assert (ended.status_code, ended.json["ended_at"] is None) == (200, False)
    assert client.get(RULES, headers=admin).json["items"] == []
    assert client.get(one, headers=admin).json["ended_at"] == ended.json["ended_at"]


def test_every_act_stands_in_the_audit_log(client: FlaskClient, admin: Headers) -> None:
    rule_id = client.post(RULES, json=LIGHTS, headers=admin).json["id"]
    client.patch(f"{RULES}/{rule_id}", json={"category": "roads"}, headers=admin)
    client.delete(f"{RULES}/{rule_id}", headers=admin)
    of_rules = db.session.query(AuditEntry).filter_by(object_kind="routing_rule")
    entries = of_rules.order_by(AuditEntry.number).all()
    assert [entry.act for entry in entries] == ["added", "changed", "ended"]
    assert entries[1].detail == {"before": {"category": "lights"}, "after": {"category": "roads"}}


@pytest.mark.parametrize(
    ("body", "code", "status"),
    [
        ({"category": "lights"}, "rule_target_needed", 422),
        ({**LIGHTS, "to_committee": True}, "rule_target_needed", 422),
        ({**LIGHTS, "question": "owner"}, "rule_answer_half", 422),
        ({**LIGHTS, "answer": "state"}, "rule_answer_half", 422),
        ({**LIGHTS, "word": "?!"}, "rule_word_empty", 422),
        ({**LIGHTS, "category": "nowhere"}, "code_unknown", 422),
        ({**LIGHTS, "area": "99999"}, "code_unknown", 422),
        ({**LIGHTS, "agency": "nobody"}, "code_unknown", 422),
        ({**LIGHTS, "id": 7}, "invalid", 422),
        ({**LIGHTS, "priority": "soon"}, "invalid", 422),
        ({**LIGHTS, "word": "a\x00b"}, "invalid", 422),
    ],
)
def test_a_rule_that_cannot_be_meant_is_refused_in_words(
    client: FlaskClient, admin: Headers, body: dict[str, Any], code: str, status: int
) -> None:
    refused = client.post(RULES, json=body, headers=admin)
    assert (refused.status_code, refused.json["code"]) == (status, code)
    assert db.session.query(RoutingRule).count() == 0


def test_a_change_that_leaves_no_target_is_refused_and_changes_nothing(
    client: FlaskClient, admin: Headers
) -> None:
    one = f"{RULES}/{client.post(RULES, json=LIGHTS, headers=admin).json['id']}"
    refused = client.patch(one, json={"agency": None, "word": "trụ"}, headers=admin)
    assert (refused.status_code, refused.json["code"]) == (422, "rule_target_needed")
    assert client.get(one, headers=admin).json["word"] is None


@pytest.mark.parametrize("rule_id", ["7", str(10**30)])
def test_an_unknown_rule_is_not_found(client: FlaskClient, admin: Headers, rule_id: str) -> None:
    missing = client.get(f"{RULES}/{rule_id}", headers=admin)
    assert (missing.status_code, missing.json["code"]) == (404, "rule_unknown")


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMIN])
def test_only_administrators_keep_rules(
    client: FlaskClient, province: dict[str, int], role: Role
) -> None:
    assert client.get(RULES).status_code == 401
    headers = signed_in(role, db.session.get(Agency, province["committee"]))
    assert client.get(RULES, headers=headers).status_code == 403
    assert client.post(f"{RULES}/try", json={}, headers=headers).status_code == 403


def test_rules_are_listed_by_what_they_name(client: FlaskClient, admin: Headers) -> None:
    for body in (
        LIGHTS,
        {"category": "lights", "area": "25630", "to_committee": True},
        {"area": "25459", "agency": "roads-office"},
    ):
        client.post(RULES, json=body, headers=admin)

    def found(query: str) -> list[tuple[str | None, str | None]]:
        items = client.get(f"{RULES}?{query}", headers=admin).json["items"]
        return [(item["category"], item["area"]) for item in items]

    assert len(found("")) == 3
    assert found("category=lights") == [("lights", None), ("lights", "25630")]
    assert found("category=lights&area=25630") == [("lights", "25630")]
    assert found("agency=roads-office") == [(None, "25459")]
    assert client.get(f"{RULES}?agency=nobody", headers=admin).status_code == 404


def test_pages_follow_each_other(client: FlaskClient, admin: Headers) -> None:
    added = [client.post(RULES, json=LIGHTS, headers=admin).json["id"] for _ in range(3)]
    first = client.get(f"{RULES}?limit=2", headers=admin).json
    rest = client.get(f"{RULES}?limit=2&cursor={first['next_cursor']}", headers=admin).json
    assert [item["id"] for item in first["items"] + rest["items"]] == added
    assert rest["next_cursor"] is None


def test_a_longer_list_asks_the_database_no_more(client: FlaskClient, admin: Headers) -> None:
    def asked() -> int:
        db.session.expunge_all()
        with statements() as sent:
            assert client.get(RULES, headers=admin).status_code == 200
        return len(sent)

    client.post(RULES, json={**LIGHTS, "area": "25630"}, headers=admin)
    few = asked()
    for area in ("25630", "25459", "80") * 5:
        client.post(RULES, json={**LIGHTS, "category": "roads", "area": area}, headers=admin)
    assert asked() == few


def test_a_sample_is_tried_with_the_reason_and_the_runners_up(
    client: FlaskClient, admin: Headers
) -> None:
    wide = client.post(RULES, json={"category": "streets", "to_committee": True}, headers=admin)
    close = client.post(RULES, json=LIGHTS, headers=admin)
    sample = {"category": "lights", "location": IN_LONG_HOA, "description": "Đèn tắt"}
    tried = client.post(f"{RULES}/try", json=sample, headers=admin)
    assert tried.status_code == 200, tried.json
    assert tried.json["agency"] == {"code": "lights-company", "name": "Đơn vị lights-company"}
    assert tried.json["decision"] == {
        "rule": close.json["id"],
        "because": f"Theo quy tắc số {close.json['id']} (loại «Loại lights»).",
        "why": "rule",
        "priority": None,
        "to_centre": False,
    }
    assert [match["rule"] for match in tried.json["matches"]] == [
        close.json["id"],
        wide.json["id"],
    ]
    runner_up = tried.json["matches"][1]
    assert (runner_up["agency"], runner_up["to_committee"]) == (None, True)


def test_a_draft_is_tried_with_the_saved_rules_and_leaves_no_trace(
    client: FlaskClient, admin: Headers
) -> None:
    saved = client.post(RULES, json=LIGHTS, headers=admin).json["id"]
    draft = {"category": "lights", "area": "25630", "agency": "roads-office"}
    sample = {"category": "lights", "area": "25630"}
    tried = client.post(f"{RULES}/try", json={**sample, "rule": draft}, headers=admin).json
    assert tried["agency"]["code"] == "roads-office"
    assert tried["decision"]["rule"] is None
    assert "chưa lưu" in tried["decision"]["because"]
    assert [match["rule"] for match in tried["matches"]] == [None, saved]
    assert db.session.query(RoutingRule).count() == 1
    again = client.post(f"{RULES}/try", json=sample, headers=admin).json
    assert again["decision"]["rule"] == saved


def test_a_draft_as_specific_as_a_saved_rule_comes_after_it(
    client: FlaskClient, admin: Headers
) -> None:
    saved = client.post(RULES, json=LIGHTS, headers=admin).json["id"]
    body = {"category": "lights", "rule": {**LIGHTS, "agency": "roads-office"}}
    tried = client.post(f"{RULES}/try", json=body, headers=admin).json
    assert tried["decision"]["rule"] == saved


@pytest.mark.parametrize(
    ("sample", "why"),
    [
        ({}, "no_category"),
        ({"category": "roads"}, "no_place"),
        ({"category": "roads", "location": IN_LONG_HOA}, "no_rule"),
    ],
)
def test_a_sample_that_nothing_fits_goes_to_the_centre(
    client: FlaskClient, admin: Headers, sample: dict[str, Any], why: str
) -> None:
    tried = client.post(f"{RULES}/try", json=sample, headers=admin).json
    assert (tried["agency"]["code"], tried["decision"]["why"]) == ("centre", why)
    assert (tried["decision"]["to_centre"], tried["matches"]) == (True, [])


@pytest.mark.parametrize(
    ("sample", "code"),
    [
        ({"location": {"lat": 21.0, "lon": 105.8}}, "point_outside"),
        ({"location": {"lat": "NaN", "lon": 106.0}}, "invalid"),
        ({"category": "nowhere"}, "code_unknown"),
        ({"area": "99999"}, "code_unknown"),
        ({"rule": {"category": "lights"}}, "rule_target_needed"),
        ({"surplus": 1}, "invalid"),
    ],
)
def test_a_sample_that_cannot_be_meant_is_refused(
    client: FlaskClient, admin: Headers, sample: dict[str, Any], code: str
) -> None:
    refused = client.post(f"{RULES}/try", json=sample, headers=admin)
    assert (400 <= refused.status_code < 500, refused.json["code"]) == (True, code)
