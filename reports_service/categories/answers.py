"""Answers to a category's extra questions: checked, and kept with the questions as they were."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from datetime import date
from enum import StrEnum
from typing import Any

from reports_service.categories.book import CategoryFacts
from reports_service.domain.errors import Invalid

TEXT_LONGEST = 1000
NUMBER_LARGEST = 1e12


class QuestionKind(StrEnum):
    """What an extra question takes."""

    TEXT = "text"
    NUMBER = "number"
    CHOICE = "choice"
    MULTI_CHOICE = "multi_choice"
    YES_NO = "yes_no"
    DATE = "date"


class QuestionUnknown(Invalid):
    """The category asks no such question."""

    code = "question_unknown"


class AnswerMissing(Invalid):
    """A question that must be answered was not."""

    code = "answer_missing"


class AnswerInvalid(Invalid):
    """The answer is not of the kind that the question takes."""

    code = "answer_invalid"


def answers_snapshot(category: CategoryFacts, answers: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The answers with their questions: [{code, label, kind, value, value_label?}].

    An unanswered question is left out. Raises ``QuestionUnknown``, ``AnswerMissing``,
    ``AnswerInvalid``, each naming the field ``answers.<code>``.
    """
    questions = {question["code"]: question for question in category.questions}
    for code in answers:
        if code not in questions:
            raise QuestionUnknown(field=f"answers.{code[:60]}", category=category.code)
    return [
        _answered(question, answers[code])
        for code, question in questions.items()
        if _is_given(question, answers)
    ]


def _is_given(question: Mapping[str, Any], answers: Mapping[str, Any]) -> bool:
    given = answers.get(question["code"]) not in (None, "", [])
    if not given and question.get("required"):
        raise AnswerMissing(field=f"answers.{question['code']}")
    return given


def _answered(question: Mapping[str, Any], value: Any) -> dict[str, Any]:
    kind = QuestionKind(question["kind"])
    if not _CHECKS[kind](question, value):
        raise AnswerInvalid(
            field=f"answers.{question['code']}", kind=f"{kind}", value=str(value)[:60]
        )
    kept = {
        "code": question["code"],
        "label": question["label"],
        "kind": str(kind),
        "value": value,
    }
    if kind is QuestionKind.CHOICE:
        kept["value_label"] = _label(question, value)
    elif kind is QuestionKind.MULTI_CHOICE:
        labels = [_label(question, one) for one in value]
        kept["value_label"] = {
            language: ", ".join(label[language] for label in labels) for language in ("vi", "en")
        }
    return kept


def _label(question: Mapping[str, Any], value: str) -> dict[str, str]:
    option = next(one for one in question["options"] if one["code"] == value)
    return {"vi": option["vi"], "en": option["en"]}


def _options(question: Mapping[str, Any]) -> set[str]:
    return {option["code"] for option in question.get("options", ())}


def _is_text(_question: Mapping[str, Any], value: Any) -> bool:
    return isinstance(value, str) and len(value) <= TEXT_LONGEST and "\x00" not in value


def _is_number(_question: Mapping[str, Any], value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return math.isfinite(value) and abs(value) <= NUMBER_LARGEST


def _is_choice(question: Mapping[str, Any], value: Any) -> bool:
    return isinstance(value, str) and value in _options(question)


def _is_multi_choice(question: Mapping[str, Any], value: Any) -> bool:
    return (
        isinstance(value, list)
        and all(_is_choice(question, one) for one in value)
        and len(set(value)) == len(value)
    )


def _is_yes_no(_question: Mapping[str, Any], value: Any) -> bool:
    return isinstance(value, bool)


def _is_date(_question: Mapping[str, Any], value: Any) -> bool:
    try:
        return isinstance(value, str) and bool(date.fromisoformat(value))
    except ValueError:
        return False


_CHECKS: Mapping[QuestionKind, Callable[[Mapping[str, Any], Any], bool]] = {
    QuestionKind.TEXT: _is_text,
    QuestionKind.NUMBER: _is_number,
    QuestionKind.CHOICE: _is_choice,
    QuestionKind.MULTI_CHOICE: _is_multi_choice,
    QuestionKind.YES_NO: _is_yes_no,
    QuestionKind.DATE: _is_date,
}
