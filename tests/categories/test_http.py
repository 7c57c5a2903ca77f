"""/categories, /suggestions/category and /admin/categories as others call them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from reports_service.agencies import service as agencies
from reports_service.agencies.models import AgencyKind
from reports_service.categories.models import Category
from reports_service.core.audit import AuditEntry
from reports_service.core.auth import SYSTEM
from reports_service.core.db import db
from reports_service.domain.roles import Role
from tests.categories.conftest import question
from tests.sessions import signed_in
from tests.statements import statements

Headers = dict[str, str]
NewCategory = Callable[..., Category]
API = "/api/v1"
ADMIN = f"{API}/admin/categories"
ENGLISH = {"Accept-Language": "en"}
BODY = {
    "code": "lights",
    "names": {"vi": "Đèn đường", "en": "Street lights"},
    "descriptions": {"vi": "Đèn tắt", "en": "A light is out"},
    "keywords": ["đèn tắt"],
    "questions": [question("owner", "choice")],
}


@pytest.fixture
def admin() -> Headers:
    return signed_in(Role.ADMIN)


def codes(client: FlaskClient, query: str = "") -> list[str]:
    return [item["code"] for item in client.get(f"{API}/categories{query}").json["items"]]


def test_categories_are_read_in_the_readers_language(
    client: FlaskClient, category: NewCategory
) -> None:
    category("streets")
    category("lights", "streets", after_photo=True, questions=BODY["questions"])
    _, lights = client.get(f"{API}/categories").json["items"]
    assert lights == {
        "code": "lights",
        "name": "Loại lights",
        "description": "Mô tả",
        "parent": "streets",
        "priority": "normal",
        "visibility": "public",
        "after_photo": True,
        "duplicate_radius_m": 50,
        "questions": [
            {
                "code": "owner",
                "kind": "choice",
                "label": "Câu hỏi owner",
                "required": False,
                "options": [{"code": "dien", "name": "Điện"}, {"code": "nuoc", "name": "Nước"}],
            }
        ],
    }
    english = client.get(f"{API}/categories", headers=ENGLISH).json["items"][1]
    assert (english["name"], english["questions"][0]["label"]) == ("Kind lights", "Question owner")
    assert english["questions"][0]["options"][0]["name"] == "Electricity"


@pytest.mark.parametrize("sought", ["den", "ĐÈN", "kind lights", "đe%CC%80n"])
def test_categories_are_found_without_marks(
    client: FlaskClient, category: NewCategory, sought: str
) -> None:
    category("lights", keywords=["đèn tắt"])
    category("waste", keywords=["rác"])
    assert codes(client, f"?q={sought}") == ["lights"]


def test_a_search_for_nothing_that_exists_finds_nothing(
    client: FlaskClient, category: NewCategory
) -> None:
    category("lights")
    assert codes(client, "?q=zzz") == []


def test_more_categories_ask_the_database_no_more(
    client: FlaskClient, category: NewCategory
) -> None:
    def asked(url: str) -> int:
        db.session.commit()  # what was done before is sealed in the log
        with statements() as sent:
            assert client.get(url).status_code == 200
        return len(sent)

    category("streets")
    category("child-0", "streets")
    few = asked(f"{API}/categories")
    for number in range(1, 15):
        category(f"child-{number}", "streets", questions=BODY["questions"])
    assert asked(f"{API}/categories") == few


def test_words_suggest_categories(client: FlaskClient, category: NewCategory) -> None:
    category("lights", keywords=["đèn tắt"])
    body = {"text": "Den tat ba dem", "lat": 11.28, "lon": 106.13}
    suggested = client.post(f"{API}/suggestions/category", json=body)
    assert suggested.json == {
        "items": [
            {
                "category": {"code": "lights", "name": "Loại lights"},
                "score": 4.0,
                "matched": ["đèn tắt"],
            }
        ]
    }


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"text": ""},
        {"text": "a\x00b"},
        {"text": "đèn", "lat": "NaN"},
        {"text": "đèn", "lat": 1e9},
        {"text": "đèn", "where": "here"},
        {"text": "đ" * 5001},
    ],
)
def test_a_wish_that_cannot_be_meant_is_refused(client: FlaskClient, body: dict[str, Any]) -> None:
    refused = client.post(f"{API}/suggestions/category", json=body)
    assert refused.status_code == 422
    assert refused.content_type == "application/problem+json"


def test_a_category_is_added_found_changed_and_ended(client: FlaskClient, admin: Headers) -> None:
    added = client.post(ADMIN, json=BODY, headers=admin)
    assert added.status_code == 201, added.json
    assert (added.json["parent"], added.json["retention_days"]) == (None, 3650)
    one = f"{ADMIN}/lights"
    assert client.get(one, headers=admin).json == added.json
    assert client.get(ADMIN, headers=admin).json["items"] == [added.json]

    changed = client.patch(one, json={"duplicate_radius_m": 0}, headers=admin).json
    assert changed == {**added.json, "duplicate_radius_m": 0}

    assert client.delete(one, headers=admin).json["ended_at"] is not None
    assert client.get(ADMIN, headers=admin).json["items"] == []
    assert client.get(one, headers=admin).json["code"] == "lights"
    again = client.post(ADMIN, json=BODY, headers=admin)
    assert (again.status_code, again.json["code"]) == (409, "category_exists")


def test_every_act_stands_in_the_audit_log(client: FlaskClient, admin: Headers) -> None:
    client.post(ADMIN, json={**BODY, "code": "streets"}, headers=admin)
    client.post(ADMIN, json=BODY, headers=admin)
    client.patch(f"{ADMIN}/lights", json={"parent": "streets"}, headers=admin)
    client.delete(f"{ADMIN}/lights", headers=admin)
    of_it = db.session.query(AuditEntry).filter_by(object_key="lights")
    entries = of_it.order_by(AuditEntry.number).all()
    assert [entry.act for entry in entries] == ["added", "changed", "ended"]
    assert entries[1].detail == {"before": {"parent": None}, "after": {"parent": "streets"}}


def test_the_tree_has_two_levels(
    client: FlaskClient, admin: Headers, category: NewCategory
) -> None:
    category("streets")
    category("lights", "streets")
    category("waste")
    for code, parent in (("waste", "lights"), ("streets", "waste"), ("waste", "waste")):
        refused = client.patch(f"{ADMIN}/{code}", json={"parent": parent}, headers=admin)
        assert (refused.status_code, refused.json["code"]) == (422, "category_too_deep")
    assert client.patch(f"{ADMIN}/waste", json={"parent": "streets"}, headers=admin).json["parent"]


def test_a_category_ends_after_those_below_it(
    client: FlaskClient, admin: Headers, category: NewCategory
) -> None:
    category("streets")
    category("lights", "streets")
    refused = client.delete(f"{ADMIN}/streets", headers=admin)
    assert (refused.status_code, refused.json["code"]) == (409, "category_has_children")
    assert client.delete(f"{ADMIN}/lights", headers=admin).status_code == 200
    assert client.delete(f"{ADMIN}/streets", headers=admin).status_code == 200
    orphan = client.post(ADMIN, json={**BODY, "code": "new", "parent": "streets"}, headers=admin)
    assert (orphan.status_code, orphan.json["code"]) == (422, "code_unknown")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"names": {"vi": "Chỉ tiếng Việt"}}, "invalid"),
        ({"visibility": "secret"}, "invalid"),
        ({"duplicate_radius_m": -1}, "invalid"),
        ({"retention_days": 0}, "invalid"),
        ({"keywords": ["a\x00"]}, "invalid"),
        ({"ended_at": "2026-01-01T00:00:00Z"}, "invalid"),
        ({"questions": [question("a", "choice", options=[])]}, "question_refused"),
        ({"questions": [question("a", "shout")]}, "invalid"),
    ],
)
def test_a_category_that_cannot_be_meant_is_refused(
    client: FlaskClient, admin: Headers, change: dict[str, Any], code: str
) -> None:
    refused = client.post(ADMIN, json={**BODY, **change}, headers=admin)
    assert (refused.status_code, refused.json["code"]) == (422, code)
    assert db.session.query(Category).count() == 0


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMIN])
def test_only_administrators_keep_categories(client: FlaskClient, role: Role) -> None:
    names = {"vi": "Sở Xây dựng", "en": "Department of Construction"}
    plain = {"code": "so-xay-dung", "names": names, "kind": AgencyKind.DEPARTMENT}
    agency = agencies.add(SYSTEM, plain)
    assert client.get(ADMIN).status_code == 401
    headers = signed_in(role, agency)
    assert client.get(ADMIN, headers=headers).status_code == 403
    assert client.post(ADMIN, json=BODY, headers=headers).status_code == 403


def test_a_longer_list_asks_the_database_no_more(
    client: FlaskClient, admin: Headers, category: NewCategory
) -> None:
    def asked() -> int:
        db.session.commit()  # what was done before is sealed in the log
        db.session.expunge_all()
        with statements() as sent:
            assert client.get(ADMIN, headers=admin).status_code == 200
        return len(sent)

    for number in range(2):
        category(f"parent-{number}")
        category(f"child-{number}", f"parent-{number}")
    few = asked()
    for number in range(2, 12):
        category(f"parent-{number}")
        category(f"child-{number}", f"parent-{number}")
    assert asked() == few
