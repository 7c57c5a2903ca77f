"""What was wrong with a form is said as the form says it, and never as programs name fields."""

from __future__ import annotations

import marshmallow as ma
import pytest
from flask import Flask

from reports_service.domain.errors import Invalid
from reports_service.web.forms import labelled, plain, problem_of


class TextMissing(Invalid):
    """As services raise it."""

    code = "text_empty"


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("question", "«Câu hỏi»"),
        ("names.en", "«Tên tiếng Anh»"),
        ("reporter.phone", "«Điện thoại»"),
        ("steps.0.reason", "«Lý do»"),
        ("nobody_knows", "nobody_knows"),
    ],
)
def test_a_field_is_called_what_stands_beside_it(app: Flask, path: str, said: str) -> None:
    with app.test_request_context():
        assert labelled(path) == said


def test_places_of_rows_are_no_part_of_a_name() -> None:
    assert plain("steps.10.after.unit") == "steps.after.unit"


def test_what_a_schema_misses_is_asked_for(app: Flask) -> None:
    wrong = ma.ValidationError({"question": ["Missing data for required field."]})
    with app.test_request_context():
        problem, status = problem_of(wrong)
    assert (status, problem["detail"]) == (422, "Xin điền «Câu hỏi».")
    assert problem["errors"][0]["field"] == "question"
    assert problem["errors"][0]["code"] == "field_required", "programs read the same code"


def test_what_a_service_refuses_names_the_field_the_same_way(app: Flask) -> None:
    with app.test_request_context(headers={"Accept-Language": "en"}):
        problem, _ = problem_of(TextMissing(field="reason"))
    assert problem["errors"][0]["detail"] == "Please fill in «Reason»."
    assert "reason is" not in problem["detail"]


def test_a_form_of_its_own_names_its_fields_itself(app: Flask) -> None:
    wrong = ma.ValidationError({"code": ["Field may not be null."]})
    with app.test_request_context():
        problem, _ = problem_of(wrong, lambda path: f"«{path.upper()}»")
    assert problem["detail"] == "Xin điền «CODE»."
