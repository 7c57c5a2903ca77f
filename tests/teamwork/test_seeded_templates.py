"""The templates that the demo province begins with."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest

from reports_service.teamwork import placeholders
from reports_service.teamwork.templates import ACTIONS
from tests.personas import Filed, People
from tests.province import SEEDS

TEMPLATES = tomllib.loads((SEEDS / "templates.toml").read_text("utf-8"))["template"]


def titled(template: dict[str, Any]) -> str:
    return f"{template['action']} {template['title']['en']}"


@pytest.mark.pure
@pytest.mark.parametrize("template", TEMPLATES, ids=titled)
def test_each_can_be_filled_and_says_the_same_in_both_languages(template: dict[str, Any]) -> None:
    assert template["action"] in ACTIONS
    vietnamese, english = template["text"]["vi"], template["text"]["en"]
    assert placeholders.unknown(vietnamese) == placeholders.unknown(english) == ()
    used = [name for name in placeholders.NAMES if f"{{{name}}}" in vietnamese]
    assert used == [name for name in placeholders.NAMES if f"{{{name}}}" in english]


@pytest.mark.pure
def test_no_two_of_one_act_have_one_title() -> None:
    titles = [(one["action"], one["title"]["vi"]) for one in TEMPLATES]
    assert len(set(titles)) == len(titles)


def test_an_officer_finds_words_for_every_act(people: People, filed: Filed) -> None:
    for action in ACTIONS:
        answer = people.officer.get(f"/reports/{filed.code}/templates", action=action)
        assert answer.json["items"], action
        assert not any("{" in one["text"] for one in answer.json["items"]), action


def test_those_of_a_category_stand_among_those_for_all(people: People, filed: Filed) -> None:
    answer = people.officer.get(f"/reports/{filed.code}/templates", action="resolve")
    titles = [one["title"] for one in answer.json["items"]]
    assert "Đã thay bóng đèn" in titles
    assert "Đã khắc phục" in titles
    assert "Đã thu gom rác" not in titles
