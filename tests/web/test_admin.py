"""What administrators keep by pages: lists, forms, the calendar's year, boundaries, the log."""

from __future__ import annotations

import html
import io
import re
from typing import Any

import orjson
import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from reports_service.accounts import service as accounts
from reports_service.agencies import service as agencies
from reports_service.core.audit import AuditEntry
from reports_service.core.db import db
from reports_service.routing import rules
from reports_service.sla import calendars, ladders
from tests.memory import edits_reference
from tests.personas import People
from tests.statements import statements

__all__ = ["edits_reference"]
LISTS = ("agencies", "categories", "rules", "policies", "ladders", "accounts")


@pytest.fixture
def admin(people: People, edits_reference: None) -> FlaskClient:
    client = people.client.application.test_client()
    client.set_cookie("session", people.admin.authorization.removeprefix("Bearer "))
    return client


def read(answer: TestResponse) -> str:
    return html.unescape(re.sub(r"\s+", " ", answer.text))


def send(client: FlaskClient, path: str, data: dict[str, Any], form: str = "") -> TestResponse:
    """Send a form with the token that its page carries."""
    token = re.search(r'name="form_token" value="(\w+)"', client.get(form or path).text)
    assert token is not None
    return client.post(path, data={**data, "form_token": token[1]})


def fields(client: FlaskClient, path: str) -> dict[str, str]:
    """What a form is filled in with."""
    found: dict[str, str] = {}
    text = re.sub(r"<template.*?</template>", "", client.get(path).text, flags=re.S)
    for tag in re.findall(r"<input [^>]+>", text):
        attributes = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        if attributes.get("type") != "checkbox" or " checked" in tag:
            found[attributes.get("name", "")] = html.unescape(attributes.get("value", ""))
    for name, inner in re.findall(
        r'<textarea[^>]* name="([^"]+)"[^>]*>(.*?)</textarea>', text, re.S
    ):
        found[name] = html.unescape(inner)
    for name, inner in re.findall(r'<select[^>]* name="([^"]+)"[^>]*>(.*?)</select>', text, re.S):
        chosen = re.search(r'value="([^"]*)" selected', inner)
        found[name] = chosen[1] if chosen else ""
    return {name: value for name, value in found.items() if name not in ("", "form_token", "q")}


def log_size() -> int:
    return db.session.scalar(select(func.count(AuditEntry.id))) or 0


@pytest.mark.parametrize("slug", LISTS)
def test_each_list_shows_what_there_is_and_finds_it_without_accents(
    admin: FlaskClient, slug: str
) -> None:
    shown = read(admin.get(f"/admin/{slug}"))
    names = re.findall(r'<th scope="row"><a href="[^"]+">([^<]+)</a>', shown)
    assert names
    found = read(admin.get(f"/admin/{slug}", query_string={"q": names[0].lower()}))
    assert names[0] in found
    assert "Không có mục nào" in read(admin.get(f"/admin/{slug}?q=zzzzz"))


@pytest.mark.parametrize("slug", LISTS)
def test_saving_a_form_as_it_is_changes_nothing(admin: FlaskClient, slug: str) -> None:
    first = re.search(
        rf'<th scope="row"><a href="(/admin/{slug}/[^"]+)">', admin.get(f"/admin/{slug}").text
    )
    assert first is not None
    before = fields(admin, first[1])
    assert before
    answer = send(admin, first[1], before)
    assert answer.status_code == 303, read(answer)
    assert fields(admin, first[1]) == before


def test_a_list_takes_as_many_statements_however_long(admin: FlaskClient) -> None:
    for slug in LISTS:
        with statements() as seen:
            admin.get(f"/admin/{slug}")
        assert len(seen) <= 8, (slug, len(seen))


def test_an_agency_is_added_changed_and_ended_and_each_is_logged_once(admin: FlaskClient) -> None:
    before = log_size()
    new = {"code": "so-thu", "names.vi": "Sở Thử", "names.en": "Trial", "kind": "department",
           "mailbox": "so-thu@demo.example", "phone": ""}  # fmt: skip
    assert send(admin, "/admin/agencies/new", new).location == "/admin/agencies/so-thu?done=added"
    assert "Đã thêm" in read(admin.get("/admin/agencies/so-thu?done=added"))
    send(admin, "/admin/agencies/so-thu", {**fields(admin, "/admin/agencies/so-thu"), "phone": "1"})
    assert agencies.by_code("so-thu").phone == "1"
    ended = send(admin, "/admin/agencies/so-thu/end", {}, "/admin/agencies/so-thu")
    assert ended.status_code == 303
    assert agencies.by_code("so-thu").ended_at is not None
    assert log_size() == before + 3
    log = read(admin.get("/admin/audit?object_kind=agency&object_key=so-thu"))
    assert log.count(">so-thu</a>") == 3


def test_what_is_wrong_is_said_on_top_and_beside_the_field_and_nothing_is_lost(
    admin: FlaskClient,
) -> None:
    bad = {"code": "", "names.vi": "Giữ lại tên này", "names.en": "", "kind": "x", "mailbox": "no"}
    answer = send(admin, "/admin/agencies/new", bad)
    shown = read(answer)
    assert answer.status_code == 422
    assert 'id="summary"' in shown
    for field in ("code", "kind", "mailbox"):
        assert f'id="field-{field}-wrong"' in shown, field
    assert "Giữ lại tên này" in shown
    assert "Trường code" not in shown
    said = [
        shown.index(f'href="#field-{name}"') for name in ("code", "names-en", "kind", "mailbox")
    ]
    assert said == sorted(said), "in the order of the form"
    assert send(admin, "/admin/agencies/new", {"code": "centre\x00"}).status_code == 422


def test_the_centre_cannot_end_and_the_page_says_why(admin: FlaskClient) -> None:
    centre = next(
        one.code for one in db.session.scalars(agencies.listing()) if one.kind == "centre"
    )
    answer = send(admin, f"/admin/agencies/{centre}/end", {}, f"/admin/agencies/{centre}")
    assert answer.status_code == 409
    assert agencies.by_code(centre).ended_at is None
    assert 'role="alert"' in answer.text


def test_the_last_administrator_stays(admin: FlaskClient) -> None:
    email = "admin@demo.example"
    others = [one for one in db.session.scalars(accounts.listing()) if one.role == "admin"]
    for one in others:
        answer = send(admin, f"/admin/accounts/{one.email}/end", {}, f"/admin/accounts/{one.email}")
    assert answer.status_code in (401, 302, 409)
    assert any(one.ended_at is None for one in others), email


def test_a_ladder_keeps_its_steps_and_takes_another(admin: FlaskClient) -> None:
    code = db.session.scalars(ladders.listing()).first()
    assert code is not None
    path = f"/admin/ladders/{code.code}"
    held = fields(admin, path)
    steps = len(ladders.by_code(code.code).steps)
    more = {f"steps.{steps}.names.vi": "Bậc mới", f"steps.{steps}.names.en": "New",
            f"steps.{steps}.tell": "leader", f"steps.{steps}.at": "0,95"}  # fmt: skip
    answer = send(admin, path, {**held, **more})
    assert answer.status_code == 303, read(answer)
    db.session.expire_all()
    assert len(ladders.by_code(code.code).steps) == steps + 1


def test_rules_are_tried_with_their_reason(admin: FlaskClient) -> None:
    rule = next(one for one in db.session.scalars(rules.listing()) if one.category)
    asked = {"category": rule.category.code, "area": "", "description": ""}
    shown = read(send(admin, "/admin/rules/try", asked))
    assert "Sẽ chuyển đến" in shown
    depends = next(one for one in db.session.scalars(rules.listing()) if one.question)
    sample = {"category": depends.category.code if depends.category else "", "area": ""}
    answered = {**sample, "question": depends.question, "answer": depends.answer}
    assert f'href="/admin/rules/{depends.id}"' in send(admin, "/admin/rules/try", answered).text
    assert f'href="/admin/rules/{depends.id}"' not in send(admin, "/admin/rules/try", sample).text
    wrong = send(admin, "/admin/rules/try", {"category": "khong-co"})
    assert wrong.status_code == 422


def test_a_day_of_the_calendar_becomes_a_holiday_and_an_ordinary_day_again(
    admin: FlaskClient,
) -> None:
    path = "/admin/calendar?day=2026-03-10"
    off = {"day": "2026-03-10", "state": "off", "names.vi": "Nghỉ bù", "names.en": "Swap"}
    assert send(admin, "/admin/calendar", off, path).status_code == 303
    (day,) = [
        one for one in calendars.days_of(calendars.in_force().code, 2026)
        if one.day.isoformat() == "2026-03-10"
    ]  # fmt: skip
    assert day.hours is None
    assert "off_unlike_week" in admin.get("/admin/calendar?year=2026").text
    wrong = {**off, "state": "worked", "hours": "8 giờ"}
    assert send(admin, "/admin/calendar", wrong, path).status_code == 422
    assert send(admin, "/admin/calendar", {**off, "state": "week"}, path).status_code == 303
    days = calendars.days_of(calendars.in_force().code, 2026)
    assert "2026-03-10" not in {one.day.isoformat() for one in days}


@pytest.mark.parametrize("query", ["day=x", "day=1900-01-01", "year=99999", "year=1"])
def test_a_year_that_nobody_can_mean_is_refused_in_words(admin: FlaskClient, query: str) -> None:
    answer = admin.get(f"/admin/calendar?{query}")
    assert answer.status_code == 422
    assert "<h1>" in answer.text


def test_boundaries_are_tried_before_they_are_brought_in(admin: FlaskClient) -> None:
    square = {
        "type": "Polygon",
        "coordinates": [[[106, 11], [106.1, 11], [106.1, 11.1], [106, 11]]],
    }
    properties = {"code": "80999", "name": "Xã Thử", "level": "commune", "parent": "80"}
    feature = {"type": "Feature", "properties": properties, "geometry": square}
    file = orjson.dumps({"type": "FeatureCollection", "features": [feature]})

    def sent(**more: str) -> TestResponse:
        return send(admin, "/admin/areas", {"file": (io.BytesIO(file), "x.geojson"), **more})

    assert "Chưa có gì được lưu" in read(sent())
    assert "80999" not in admin.get("/admin/areas").text
    assert "Đã nhập: 1 mới" in read(sent(really="yes"))
    assert "80999" in admin.get("/admin/areas").text
    broken = {"file": (io.BytesIO(b"{"), "x.json")}
    assert send(admin, "/admin/areas", broken).status_code in (400, 422)
