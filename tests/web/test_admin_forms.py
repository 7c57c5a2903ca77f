"""An administrator's form: several rows at once, and a rule that is tried before it is saved."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from reports_service.categories import service as categories
from reports_service.core.db import db
from reports_service.routing import rules
from reports_service.routing import service as routing
from reports_service.routing.models import RoutingRule
from tests.memory import edits_reference
from tests.personas import LIGHTS
from tests.web.test_admin import admin, fields, read, send

__all__ = ["admin", "edits_reference"]
CATEGORY = "/admin/categories/den-duong"
NEW_RULE = "/admin/rules/new"
SAMPLE = {"sample.category": "den-duong", "sample.area": "25630"}
DRAFT = {"category": "den-duong", "area": "25630", "agency": "dien-luc", "position": "0"}


def question(place: int, code: str) -> dict[str, str]:
    begin = f"questions.{place}."
    return {f"{begin}code": code, f"{begin}label.vi": f"Hỏi {code}?",
            f"{begin}label.en": f"Ask {code}?", f"{begin}kind": "text"}  # fmt: skip


def codes() -> list[str]:
    db.session.expire_all()
    return [one["code"] for one in categories.by_code("den-duong").questions]


def test_several_questions_are_added_in_one_go(admin: FlaskClient) -> None:
    held, before = fields(admin, CATEGORY), codes()
    more = {**question(len(before), "mot"), **question(len(before) + 1, "hai")}
    answer = send(admin, CATEGORY, {**held, **more})
    assert answer.status_code == 303, read(answer)
    assert codes() == [*before, "mot", "hai"]


def test_without_script_a_button_brings_one_more_row_and_saves_nothing(admin: FlaskClient) -> None:
    before = codes()
    first = fields(admin, CATEGORY)
    assert f"questions.{len(before)}.code" in first
    assert f"questions.{len(before) + 1}.code" not in first
    typed = {**first, **question(len(before), "mot"), "more": "questions"}
    answer = send(admin, CATEGORY, typed)
    assert answer.status_code == 200
    assert f'name="questions.{len(before) + 1}.code"' in answer.text
    assert 'value="mot"' in answer.text, "what was typed is still there"
    assert codes() == before
    new = send(admin, "/admin/categories/new", {**question(0, "mot"), "more": "questions"})
    assert 'name="questions.1.code"' in new.text


def test_the_row_that_script_adds_is_in_the_page_once_for_each_list(admin: FlaskClient) -> None:
    for path, rows in ((CATEGORY, "questions"), ("/admin/ladders/new", "steps")):
        shown = admin.get(path).text
        (template,) = re.findall(r"<template[^>]*>(.*?)</template>", shown, re.S)
        assert f'name="{rows}.ROW.' in template
        assert 'id="field-' in template
        assert re.search(r'id="[^"]*ROW', template), "so that labels find their fields"


def test_a_place_that_no_row_can_have_is_passed_over(admin: FlaskClient) -> None:
    before = codes()
    for place in ("ROW", "²", "9" * 12):
        odd = {**fields(admin, CATEGORY), f"questions.{place}.code": "x"}
        assert send(admin, CATEGORY, {**odd, "more": "questions"}).status_code == 200
        assert send(admin, CATEGORY, odd).status_code == 303
    assert codes() == before


def test_a_row_that_is_ticked_is_left_out(admin: FlaskClient) -> None:
    send(admin, CATEGORY, {**fields(admin, CATEGORY), **question(len(codes()), "mot")})
    before = codes()
    place = before.index("mot")
    assert f'name="questions.{place}.drop"' in admin.get(CATEGORY).text
    dropped = {**fields(admin, CATEGORY), f"questions.{place}.drop": "yes"}
    assert send(admin, CATEGORY, dropped).status_code == 303
    assert codes() == [code for code in before if code != "mot"]


def how_many() -> int:
    return db.session.scalar(select(func.count(RoutingRule.id))) or 0


def today() -> routing.Trial:
    return routing.try_out(category="den-duong", area="25630", location=None, text="", answers={})


def test_a_new_rule_is_tried_on_its_form_and_not_saved(admin: FlaskClient) -> None:
    before = how_many()
    assert "Thử trước khi lưu" in read(admin.get(NEW_RULE))
    shown = read(send(admin, f"{NEW_RULE}/try", {**DRAFT, **SAMPLE, "word": ""}, NEW_RULE))
    assert "Quy tắc này sẽ được dùng." in shown
    now = today()
    assert now.agency.code == LIGHTS != "dien-luc"
    assert f"Hiện nay chuyển đến: {now.agency.names['vi']}" in shown
    assert f'href="/admin/rules/{now.decision.rule_id}"' in shown
    assert 'value="dien-luc" selected' in shown, "the form is as it was filled in"
    assert how_many() == before
    assert today().agency.code == LIGHTS


def test_a_rule_that_is_less_specific_loses_and_one_for_something_else_does_not_hold(
    admin: FlaskClient,
) -> None:
    wide = {"agency": "dien-luc", "position": "0", **SAMPLE}
    assert "có quy tắc khác được dùng trước" in read(send(admin, f"{NEW_RULE}/try", wide, NEW_RULE))
    other = {**DRAFT, **SAMPLE, "word": "cột sắt"}
    path = f"{NEW_RULE}/try"
    assert "không phù hợp với phản ánh" in read(send(admin, path, other, NEW_RULE))
    said = {**other, "sample.description": "Đổ một cột sắt"}
    assert "Quy tắc này sẽ được dùng." in read(send(admin, path, said, NEW_RULE))
    asked = {**DRAFT, **SAMPLE, "question": "mau", "answer": "do"}
    assert "không phù hợp với phản ánh" in read(send(admin, path, asked, NEW_RULE))
    answered = {**asked, "sample.question": "mau", "sample.answer": "do"}
    assert "Quy tắc này sẽ được dùng." in read(send(admin, path, answered, NEW_RULE))


def test_a_change_is_tried_in_the_place_of_the_rule_itself(admin: FlaskClient) -> None:
    rule = rules.by_id(int(today().decision.rule_id or 0))
    one = f"/admin/rules/{rule.id}"
    held = fields(admin, one)
    assert held["sample.category"] == held["category"], "tried at first on what it names"
    moved = {**held, **SAMPLE, "agency": "dien-luc", "to_committee": ""}
    shown = read(send(admin, f"{one}/try", moved, one))
    assert "Quy tắc này sẽ được dùng." in shown
    assert "Sẽ chuyển đến: " + today().agency.names["vi"] not in shown
    narrowed = {**moved, "word": "không ai nói"}
    assert "không phù hợp với phản ánh" in read(send(admin, f"{one}/try", narrowed, one))
    db.session.expire_all()
    assert rules.by_id(rule.id).agency.code == LIGHTS


@pytest.mark.parametrize(
    ("wrong", "field"),
    [({"agency": ""}, "agency"), ({"sample.area": "99999"}, "sample-area"),
     ({"sample.description": "x" * 6000}, "sample-description")],
)  # fmt: skip
def test_what_is_wrong_with_a_trial_stands_beside_its_field(
    admin: FlaskClient, wrong: dict[str, str], field: str
) -> None:
    answer = send(admin, f"{NEW_RULE}/try", {**DRAFT, **SAMPLE, **wrong}, NEW_RULE)
    assert answer.status_code == 422
    assert f'id="field-{field}-wrong"' in answer.text
