"""Answers to extra questions: checked, and kept with the questions as they were."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from reports_service.categories import service
from reports_service.categories.answers import (
    AnswerInvalid,
    AnswerMissing,
    QuestionRefused,
    QuestionUnknown,
    answers_snapshot,
)
from reports_service.categories.models import Category
from reports_service.core import words
from reports_service.core.auth import SYSTEM
from reports_service.core.reference import Snapshot
from reports_service.domain.errors import Refusal
from tests.categories.conftest import question

NewCategory = Callable[..., Category]


def snapshot(answers: Mapping[str, Any]) -> list[dict[str, Any]]:
    facts = service.book().by_code("lids")
    assert facts is not None
    return answers_snapshot(facts, answers)


@pytest.fixture
def lids(category: NewCategory) -> Category:
    kinds = ("text", "number", "choice", "multi_choice", "yes_no", "date")
    return category("lids", questions=[question(kind, kind) for kind in kinds])


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("text", "Trụ số 12 🙂"),
        ("text", "đe\u0300n"),
        ("number", 0),
        ("number", -3.5),
        ("choice", "dien"),
        ("multi_choice", ["nuoc", "dien"]),
        ("yes_no", False),
        ("date", "2026-11-20"),
    ],
)
def test_an_answer_of_the_right_kind_is_kept_with_its_question(
    lids: Category, kind: str, value: Any
) -> None:
    (kept,) = snapshot({kind: value})
    assert (kept["code"], kept["kind"], kept["value"]) == (kind, kind, value)
    assert kept["label"] == {"vi": f"Câu hỏi {kind}", "en": f"Question {kind}"}


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("text", 12),
        ("text", "x" * 1001),
        ("text", "a\x00b"),
        ("text", "half \ud800"),
        ("number", "12"),
        ("number", True),
        ("number", float("nan")),
        ("number", float("inf")),
        ("number", 10**400),
        ("choice", "gas"),
        ("choice", "\ud800"),
        ("choice", ["dien"]),
        ("multi_choice", "dien"),
        ("multi_choice", ["dien", "gas"]),
        ("multi_choice", ["dien", "dien"]),
        ("multi_choice", [["dien"]]),
        ("yes_no", "yes"),
        ("yes_no", 1),
        ("date", "20/11/2026"),
        ("date", "2026-02-30"),
        ("date", "10000-01-01"),
        ("date", "20261120"),
        ("date", 20261120),
    ],
)
def test_an_answer_of_another_kind_is_refused_and_names_its_field(
    lids: Category, kind: str, value: Any
) -> None:
    with pytest.raises(AnswerInvalid) as refused:
        snapshot({kind: value})
    assert refused.value.values["field"] == f"answers.{kind}"
    assert words.knows(f"word_{refused.value.values['kind']}")
    for language in words.LANGUAGES:
        words.say(refused.value.code, language, **refused.value.values).encode()


def test_a_chosen_option_is_kept_with_its_label_in_both_languages(lids: Category) -> None:
    chosen, several = snapshot({"choice": "dien", "multi_choice": ["nuoc", "dien"]})
    assert chosen["value_label"] == {"vi": "Điện", "en": "Electricity"}
    assert several["value_label"] == {"vi": "Nước, Điện", "en": "Water, Electricity"}


@pytest.mark.parametrize("nothing", [{}, {"text": None}, {"text": "  "}, {"multi_choice": []}])
def test_what_is_not_answered_is_left_out(lids: Category, nothing: dict[str, Any]) -> None:
    assert snapshot(nothing) == []


@pytest.mark.parametrize("nothing", [{}, {"pole": None}, {"pole": " "}])
def test_a_required_answer_that_is_missing_is_refused(
    category: NewCategory, nothing: dict[str, Any]
) -> None:
    category("lids", questions=[question("pole", "text", required=True)])
    with pytest.raises(AnswerMissing) as refused:
        snapshot(nothing)
    assert refused.value.values["field"] == "answers.pole"


@pytest.mark.parametrize("code", ["colour", "x" * 500, "\ud800"])
def test_an_answer_to_no_question_is_refused(lids: Category, code: str) -> None:
    with pytest.raises(QuestionUnknown) as refused:
        snapshot({code: "red"})
    str(refused.value.values["field"]).encode()


def test_what_was_kept_stays_when_the_question_changes(lids: Category) -> None:
    (kept,) = snapshot({"choice": "dien"})
    renamed = question("choice", "choice", label={"vi": "Khác", "en": "Other"})
    service.change(SYSTEM, "lids", {"questions": [renamed]})
    Snapshot.renew_all()
    assert kept["label"]["vi"] == "Câu hỏi choice"
    assert snapshot({"choice": "dien"})[0]["label"]["vi"] == "Khác"


@pytest.mark.parametrize(
    "questions",
    [
        [question("a", "text"), question("a", "number")],
        [question("a", "choice", options=[])],
        [question("a", "text", options=[{"code": "x", "vi": "X", "en": "X"}])],
        [question("a", "choice", options=[{"code": "x", "vi": "X", "en": "X"}] * 2)],
    ],
)
def test_questions_that_cannot_be_answered_are_refused(
    category: NewCategory, questions: list[dict[str, Any]]
) -> None:
    refused: type[Refusal] = QuestionRefused
    with pytest.raises(refused):
        category("lids", questions=questions)
