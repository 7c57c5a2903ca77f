"""Refusals become problem documents, in the reader's language, and faults tell nothing."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from marshmallow import ValidationError
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException, UnprocessableEntity

from reports_service import create_app
from reports_service.core import http_errors, words
from reports_service.core.auth import RoleLacks
from reports_service.core.schemas import Choice
from reports_service.domain import errors
from reports_service.domain.errors import Invalid, Refusal
from reports_service.domain.lifecycle import Action, Party, Status, advance
from reports_service.reports.reporter_acts import ReopeningTooLate

pytestmark = pytest.mark.pure


class Unplaced(Refusal):
    """A kind that nobody placed; without words, so that no page of the documents lists it."""

    code = "unplaced"


@pytest.fixture(scope="module")
def raising(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Answers of an application whose one route raises what it is given; no database is asked."""
    folder = tmp_path_factory.mktemp("raising")
    app: Flask = create_app(
        "test",
        SQLALCHEMY_DATABASE_URI=f"sqlite:///{folder}/none.sqlite3",
        DATA_DIR=str(folder),
        PHOTO_STORE=str(folder),
        MAIL_FOLDER=str(folder),
        TESTING=False,
    )
    raised: list[Exception] = []

    def fail() -> None:
        raise raised[-1]

    app.add_url_rule("/fail", view_func=fail)

    def answer(error: Exception, language: str = "vi") -> Any:
        raised.append(error)
        return app.test_client().get("/fail", headers={"Accept-Language": language})

    return answer


@pytest.mark.parametrize(
    ("refusal", "status"),
    [
        (Invalid(field="x"), 422),
        (errors.NotFound(), 404),
        (errors.NotSignedIn(), 401),
        (errors.NotAllowed(), 403),
        (errors.Conflict(), 409),
        (errors.Stale(report="1"), 412),
        (errors.VersionMissing(), 428),
        (errors.Malformed(), 400),
        (errors.MediaTypeUnknown(), 415),
        (errors.TooLarge(most="1 MB"), 413),
        (errors.Unavailable(part="database"), 503),
    ],
)
def test_each_kind_of_refusal_has_its_status(refusal: Refusal, status: int, raising: Any) -> None:
    answer = raising(refusal)
    assert answer.status_code == status
    assert answer.mimetype == "application/problem+json"
    problem = answer.json
    assert problem["code"] == refusal.code
    assert problem["type"] == f"/docs/errors#{refusal.code}"
    assert problem["status"] == status
    assert problem["request_id"]


def test_a_refusal_speaks_the_readers_language(raising: Any) -> None:
    with pytest.raises(errors.TransitionRefused) as refused:
        advance(Status.CLOSED, Action.ACKNOWLEDGE, Party.OFFICER)
    assert "đã đóng" in raising(refused.value).json["detail"]
    english = raising(refused.value, "en")
    assert "closed" in english.json["detail"]
    assert english.headers["Content-Language"] == "en"
    assert "closed" in raising(refused.value, "de, en;q=0.5").json["detail"]


def test_a_refusal_that_blames_a_field_names_it(raising: Any) -> None:
    (blamed,) = raising(Invalid(field="a.b")).json["errors"]
    assert blamed["field"] == "a.b"


def test_a_moment_is_said_in_local_time(raising: Any) -> None:
    until = datetime(2026, 4, 15, 2, tzinfo=UTC)
    assert "09:00 15/04/2026" in raising(ReopeningTooLate(until=until)).json["detail"]


def test_roles_and_needs_are_said_in_words(raising: Any) -> None:
    detail = raising(RoleLacks(role="officer", need="administer"), "en").json["detail"]
    assert "administer" not in detail or "officer" in detail
    assert "{" not in detail


@pytest.mark.parametrize("error", [ValueError("secret"), KeyError("secret")])
def test_a_fault_of_ours_tells_nothing_of_itself(error: Exception, raising: Any) -> None:
    answer = raising(error)
    assert answer.status_code == 500
    assert answer.mimetype == "application/problem+json"
    assert "secret" not in answer.text


def test_a_database_that_is_away_is_said_to_be_away(raising: Any) -> None:
    answer = raising(OperationalError("SELECT", {}, Exception("secret")))
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    assert "secret" not in answer.text


def test_a_kind_that_is_placed_nowhere_is_a_fault_of_ours() -> None:
    with pytest.raises(KeyError):
        http_errors.status_of(Unplaced)


@pytest.mark.parametrize("language", ["vi", "en"])
def test_codes_that_must_be_sent_stand_in_a_refusal_as_they_are_sent(
    language: str, raising: Any
) -> None:
    with pytest.raises(ValidationError) as refused:
        Choice(["facilitator", "hotline"]).deserialize("operator")
    (refusal,) = refused.value.messages
    detail = raising(refusal, language).json["detail"]
    assert "facilitator, hotline" in detail
    assert "operator" in detail


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("vi", "Thiếu trường a. Không có trường tên b."),
        ("en", "a is missing. There is no field named b."),
    ],
)
def test_the_detail_of_wrong_fields_is_the_sentences_about_them(
    language: str, said: str, raising: Any
) -> None:
    problem = raising(
        wrong_fields({"a": ["Missing data for required field."], "b": ["Unknown field."]}), language
    ).json
    assert problem["detail"] == said
    assert [error["field"] for error in problem["errors"]] == ["a", "b"]


def test_a_body_that_is_no_object_is_said_to_be_none(raising: Any) -> None:
    problem = raising(wrong_fields({"_schema": ["Invalid input type."]})).json
    assert problem["detail"] == "Nội dung gửi lên phải là một đối tượng JSON."
    assert problem["errors"][0]["field"] == "body"


def test_a_title_is_in_the_readers_language(raising: Any) -> None:
    titles = [raising(errors.NotFound(), language).json["title"] for language in ("vi", "en")]
    assert titles == ["Không tìm thấy", "Not found"]


def test_every_status_has_a_title_in_words() -> None:
    statuses = [*http_errors.STATUS.values(), 400, 405, 408, 429, 431, 500]
    assert all(words.knows(f"title_{int(status)}") for status in statuses)


def wrong_fields(messages: dict[str, list[str]]) -> HTTPException:
    """What webargs raises for a body that its schema refuses."""
    error = UnprocessableEntity()
    error.data = {"messages": {"json": messages}}  # type: ignore[attr-defined]  # as webargs does
    return error
