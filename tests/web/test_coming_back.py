"""What an administrator ended is taken back from its page and by the interface, or refused."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from reports_service.accounts import service as accounts
from reports_service.agencies import service as agencies
from reports_service.categories import service as categories
from reports_service.core import clock
from reports_service.core.audit import AuditEntry
from reports_service.core.auth import SYSTEM
from reports_service.core.db import db, unit_of_work
from reports_service.routing import rules
from reports_service.sla import calendars, ladders, policies
from tests.memory import edits_reference
from tests.personas import People
from tests.web.test_admin import admin, read, send

__all__ = ["admin", "edits_reference"]

STEP = {"names": {"vi": "Nhắc", "en": "Told"}, "tell": "head", "at": 0.5}
LADDER = {"code": "bac-thu", "names": {"vi": "Bậc thử", "en": "Trial"}, "steps": [STEP]}
# Page, interface, a key that is there, its row.
KEPT = [
    ("agencies", "agencies", "dien-luc", agencies.by_code),
    ("categories", "categories", "den-duong", categories.by_code),
    ("rules", "routing-rules", "1", lambda key: rules.by_id(int(key))),
    ("ladders", "ladders", "bac-thu", ladders.by_code),
    ("accounts", "accounts", "officer@demo.example", accounts.by_email),
]


@pytest.fixture(autouse=True)
def a_ladder_that_nobody_climbs(people: People, edits_reference: None) -> None:
    with unit_of_work():
        ladders.add(SYSTEM, LADDER)


def over(thing: Any) -> bool:
    db.session.refresh(thing)
    return thing.ended_at is not None


def acts() -> list[str]:
    log = select(AuditEntry.act).order_by(AuditEntry.number.desc()).limit(2)
    return list(db.session.scalars(log))[::-1]


@pytest.mark.parametrize(("slug", "name", "key", "find"), KEPT, ids=[one[0] for one in KEPT])
def test_what_was_ended_comes_back_from_its_page(
    admin: FlaskClient, slug: str, name: str, key: str, find: Any
) -> None:
    one = f"/admin/{slug}/{key}"
    assert "Khôi phục" not in read(admin.get(one))
    after = send(admin, f"{one}/end", {}, one)
    assert after.location.startswith(f"{one}?done=ended"), "where the way back is"
    assert over(find(key))
    assert "Khôi phục" in read(admin.get(one))
    assert f'href="{one}"' in admin.get(f"/admin/{slug}").text, "it is found among the ended ones"
    assert send(admin, f"{one}/back", {}, one).location == f"{one}?done=brought_back"
    assert not over(find(key))
    assert acts() == ["ended", "brought_back"]
    again = send(admin, f"{one}/back", {}, one)
    assert (again.status_code, "không có gì để khôi phục" in read(again)) == (409, True)


@pytest.mark.parametrize(("slug", "name", "key", "find"), KEPT, ids=[one[0] for one in KEPT])
def test_what_was_ended_comes_back_by_the_interface(
    people: People, slug: str, name: str, key: str, find: Any
) -> None:
    one = f"/admin/{name}/{key}"
    assert people.admin.call("DELETE", f"{one}/end").json["code"] == "has_not_ended"
    assert people.admin.call("DELETE", one).json["ended_at"] is not None
    back = people.admin.call("DELETE", f"{one}/end")
    assert (back.status_code, back.json["ended_at"]) == (200, None)
    assert people.operator.call("DELETE", f"{one}/end").status_code == 403


def test_an_end_that_lies_ahead_is_called_off(people: People, admin: FlaskClient) -> None:
    later = (clock.now() + timedelta(days=9)).isoformat()
    people.admin.call("DELETE", "/admin/agencies/dien-luc", query_string={"at": later})
    assert "Sẽ kết thúc lúc" in read(admin.get("/admin/agencies/dien-luc"))
    assert "Đã kết thúc (" not in read(admin.get("/admin/agencies"))
    send(admin, "/admin/agencies/dien-luc/back", {}, "/admin/agencies/dien-luc")
    assert not over(agencies.by_code("dien-luc"))


def test_a_category_waits_for_its_group(admin: FlaskClient) -> None:
    child = categories.by_code("den-duong")
    assert child.parent is not None
    group = child.parent
    below = db.session.scalars(categories.listing().where(categories.Category.parent == group))
    for code in [*(one.code for one in below.all()), group.code]:
        send(admin, f"/admin/categories/{code}/end", {}, f"/admin/categories/{code}")
    one = "/admin/categories/den-duong"
    refused = send(admin, f"{one}/back", {}, one)
    assert (refused.status_code, over(child)) == (409, True)
    assert f"nhóm {group.code} đã kết thúc" in read(refused)
    send(admin, f"/admin/categories/{group.code}/back", {}, f"/admin/categories/{group.code}")
    assert send(admin, f"{one}/back", {}, one).status_code == 303
    assert not over(child)


def test_a_rule_waits_for_what_it_names(people: People) -> None:
    body = {"category": "den-duong", "word": "thử", "agency": "dien-luc"}
    rule = people.admin.call("POST", "/admin/routing-rules", json=body).json["id"]
    one = f"/admin/routing-rules/{rule}"
    people.admin.call("DELETE", one)
    for needed in ("categories/den-duong", "agencies/dien-luc"):
        people.admin.call("DELETE", f"/admin/{needed}")
        refused = people.admin.call("DELETE", f"{one}/end")
        assert (refused.status_code, refused.json["code"]) == (409, "needed_has_ended")
        assert needed.partition("/")[2] in refused.json["detail"]
        people.admin.call("DELETE", f"/admin/{needed}/end")
    assert people.admin.call("DELETE", f"{one}/end").status_code == 200


@pytest.mark.parametrize("area", ["25630", None])
def test_a_rule_that_was_replaced_stays_ended(people: People, area: str | None) -> None:
    body = {"category": "den-duong", "area": area, "word": "thử", "agency": "dien-luc"}
    old = people.admin.call("POST", "/admin/routing-rules", json=body).json["id"]
    people.admin.call("DELETE", f"/admin/routing-rules/{old}")
    other = {**body, "word": "khác"}
    people.admin.call("POST", "/admin/routing-rules", json=other)
    new = people.admin.call("POST", "/admin/routing-rules", json=body).json["id"]
    refused = people.admin.call("DELETE", f"/admin/routing-rules/{old}/end")
    assert (refused.status_code, refused.json["code"]) == (409, "replaced_meanwhile")
    assert str(new) in refused.json["detail"]
    assert over(rules.by_id(old))
    people.admin.call("DELETE", f"/admin/routing-rules/{new}")
    assert people.admin.call("DELETE", f"/admin/routing-rules/{old}/end").status_code == 200


def test_a_policy_comes_back_unless_it_was_replaced(people: People) -> None:
    held = policies.by_code(next(one.code for one in db.session.scalars(policies.listing())))
    body = {"code": "thu", "names": held.names, "category": "den-duong", "agency": "dien-luc",
            "acknowledge": held.acknowledge, "resolve": held.resolve,
            "extension_longest": held.extension_longest}  # fmt: skip
    assert people.admin.call("POST", "/admin/sla-policies", json=body).status_code == 201
    one = "/admin/sla-policies/thu"
    people.admin.call("DELETE", one)
    assert people.admin.call("DELETE", f"{one}/end").json["ended_at"] is None
    people.admin.call("DELETE", one)
    people.admin.call("POST", "/admin/sla-policies", json={**body, "code": "thu-moi"})
    refused = people.admin.call("DELETE", f"{one}/end")
    assert (refused.status_code, refused.json["code"]) == (409, "replaced_meanwhile")
    assert "thu-moi" in refused.json["detail"]


def test_a_calendar_comes_back_and_is_in_force_again(people: People) -> None:
    first = calendars.in_force()
    body = {"code": "moi", "names": first.names, "weekly": {"monday": [["08:00", "12:00"]]}}
    people.admin.call("POST", "/admin/calendars", json=body)
    one = f"/admin/calendars/{first.code}"
    people.admin.call("DELETE", one)
    assert calendars.in_force().code == "moi"
    assert people.admin.call("DELETE", f"{one}/end").json["ended_at"] is None
    assert calendars.in_force().code == first.code


def test_a_day_of_the_calendar_is_what_it_was_and_once_more_what_it_became(
    people: People, admin: FlaskClient
) -> None:
    def held() -> dict[str, Any]:
        found = {one.day.isoformat(): one for one in calendars.days_of(code, 2026)}.get(day)
        return {} if found is None else {"hours": found.hours, "names": found.names}

    day, code = "2026-03-10", calendars.in_force().code
    path = f"/admin/calendar?day={day}"
    assert "Trả lại như trước" not in read(admin.get(path))
    refused = people.admin.call("DELETE", f"/admin/calendars/{code}/days/{day}/change")
    assert (refused.status_code, refused.json["code"]) == (409, "day_never_changed")
    off = {"day": day, "state": "off", "names.vi": "Nghỉ bù", "names.en": "Swap"}
    assert send(admin, "/admin/calendar", off, path).location == f"{path}&done=changed"
    holiday = held()
    assert "Trước lần đổi gần nhất: như mọi tuần" in read(admin.get(path))
    send(admin, "/admin/calendar/back", {"day": day}, path)
    assert held() == {}
    assert "Trước lần đổi gần nhất: ngày nghỉ, Nghỉ bù" in read(admin.get(path))
    worked = {**off, "state": "worked", "hours": "08:00-12:00", "names.vi": "Làm bù"}
    send(admin, "/admin/calendar/back", {"day": day}, path)
    assert held() == holiday
    send(admin, "/admin/calendar", worked, path)
    assert (
        people.admin.call("DELETE", f"/admin/calendars/{code}/days/{day}/change").status_code == 204
    )
    assert held() == holiday, "with its name"


def test_an_account_signs_in_again_and_not_before_its_agency_is_back(
    people: People, admin: FlaskClient
) -> None:
    officer = accounts.by_email("officer.dien-luc@demo.example")
    assert officer.agency is not None
    one = f"/admin/accounts/{officer.email}"
    send(admin, f"{one}/end", {}, one)
    assert people.foreign_officer.get("/inbox").status_code == 401
    send(admin, "/admin/agencies/dien-luc/end", {}, "/admin/agencies/dien-luc")
    assert send(admin, f"{one}/back", {}, one).status_code == 409
    send(admin, "/admin/agencies/dien-luc/back", {}, "/admin/agencies/dien-luc")
    assert send(admin, f"{one}/back", {}, one).status_code == 303
    assert people.foreign_officer.get("/inbox").status_code == 401, "its old sessions stay closed"
    words = {"email": officer.email, "password": "demo-1022"}
    assert people.public.call("POST", "/sessions", json=words).status_code == 201
