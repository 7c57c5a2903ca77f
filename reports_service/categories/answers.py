"""Answers to a category's extra questions: checked, and kept with the questions as they were."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
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


class QuestionRefused(Invalid):
    """A question is there twice, or its kind and its options do not go together."""

    code = "question_refused"


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
            raise QuestionUnknown(field=f"answers.{_shown(code)}", category=category.code)
    return [
        _answered(question, answers[code])
        for code, question in questions.items()
        if _is_given(question, answers)
    ]


def check_questions(questions: Sequence[Mapping[str, Any]]) -> None:
    """Codes are there once, choices have options, others none. Raises ``QuestionRefused``."""
    seen: set[str] = set()
    for place, question in enumerate(questions):
        options = [option["code"] for option in question.get("options", ())]
        choosing = question["kind"] in (QuestionKind.CHOICE, QuestionKind.MULTI_CHOICE)
        twice = question["code"] in seen or len(set(options)) < len(options)
        if twice or choosing != bool(options):
            raise QuestionRefused(field=f"questions.{place}", question=question["code"])
        seen.add(question["code"])


def _is_given(question: Mapping[str, Any], answers: Mapping[str, Any]) -> bool:
    value = answers.get(question["code"])
    given = bool(value.strip()) if isinstance(value, str) else value not in (None, [])
    if not given and question.get("required"):
        raise AnswerMissing(field=f"answers.{question['code']}")
    return given


def _answered(question: Mapping[str, Any], value: Any) -> dict[str, Any]:
    kind = QuestionKind(question["kind"])
    if not _CHECKS[kind](question, value):
        field = f"answers.{question['code']}"
        raise AnswerInvalid(field=field, kind=f"answer_{kind}", value=_shown(value))
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


def _shown(value: Any) -> str:
    """A wrong answer as the refusal repeats it: short, and without what no text holds."""
    return str(value)[:60].encode(errors="replace").decode()


def _label(question: Mapping[str, Any], value: str) -> dict[str, str]:
    option = next(one for one in question["options"] if one["code"] == value)
    return {"vi": option["vi"], "en": option["en"]}


def _options(question: Mapping[str, Any]) -> set[str]:
    return {option["code"] for option in question.get("options", ())}


def _is_text(_question: Mapping[str, Any], value: Any) -> bool:
    if not isinstance(value, str) or len(value) > TEXT_LONGEST:
        return False
    return not any(mark == "\x00" or "\ud800" <= mark <= "\udfff" for mark in value)


def _is_number(_question: Mapping[str, Any], value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return abs(value) <= NUMBER_LARGEST  # false for NaN, too


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
        return isinstance(value, str) and date.fromisoformat(value).isoformat() == value
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
