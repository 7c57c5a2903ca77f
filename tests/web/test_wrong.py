"""Where no page answers, people read a page and programs a problem document."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from reports_service import create_app
from tests.personas import People

PAGE = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"  # as browsers ask


@pytest.fixture(scope="module")
def without_database(tmp_path_factory: pytest.TempPathFactory) -> FlaskClient:
    """A client of an application whose database cannot be opened; its page at /fail breaks."""
    folder = tmp_path_factory.mktemp("without")
    app: Flask = create_app(
        "test",
        SQLALCHEMY_DATABASE_URI=f"sqlite:///{folder}/away/none.sqlite3",
        DATA_DIR=str(folder),
        PHOTO_STORE=str(folder),
        MAIL_FOLDER=str(folder),
        TESTING=False,
    )

    def fail() -> None:
        raise ValueError("secret")

    app.add_url_rule("/fail", view_func=fail)
    client = app.test_client()
    client.set_cookie("session", "somebody-signed-in-here")
    return client


def opened(client: FlaskClient, path: str, accept: str = PAGE) -> Any:
    return client.get(path, headers={"Accept": accept})


@pytest.mark.parametrize("path", ["/nothere", "/admin/khong-co", "/docs/khong-co", "/static/x/y"])
def test_an_unknown_address_is_a_page_with_the_bar_and_a_way_home(
    path: str, people: People
) -> None:
    answer = opened(people.client, path)
    assert (answer.status_code, answer.mimetype) == (404, "text/html")
    assert "<h1>Không tìm thấy trang này</h1>" in answer.text
    assert '<header class="bar">' in answer.text
    assert '<a class="button" href="/">' in answer.text
    assert "đọc số" not in answer.text  # nobody need call about it
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_the_page_of_an_unknown_address_is_in_the_readers_language(people: People) -> None:
    answer = opened(people.client, "/nothere?lang=en&from=here")
    assert "<h1>There is no such page</h1>" in answer.text
    assert answer.headers["Content-Language"] == "en"
    assert 'href="?from=here&amp;lang=vi"' in answer.text


@pytest.mark.parametrize("accept", ["application/json", "*/*", "application/problem+json"])
def test_programs_are_answered_with_a_problem_document(accept: str, people: People) -> None:
    answer = opened(people.client, "/nothere", accept)
    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")
    assert answer.json["code"] == "address_unknown"


def test_the_interface_keeps_its_problem_documents_in_a_browser_too(people: People) -> None:
    answer = opened(people.client, "/api/v1/nothere")
    assert (answer.status_code, answer.mimetype) == (404, "application/problem+json")


def test_an_address_that_only_takes_forms_is_lost_to_who_opens_it(people: People) -> None:
    answer = opened(people.client, "/file/me-too")
    assert (answer.status_code, answer.mimetype) == (405, "text/html")
    assert "<h1>Không tìm thấy trang này</h1>" in answer.text


def test_a_fault_of_ours_is_a_page_that_needs_no_database(without_database: FlaskClient) -> None:
    answer = opened(without_database, "/fail")
    assert (answer.status_code, answer.mimetype) == (500, "text/html")
    assert "<h1>Hệ thống gặp trục trặc</h1>" in answer.text
    assert 'href="tel:1022"' in answer.text
    assert f"xin đọc số: {answer.headers['X-Request-Id']}" in answer.text
    assert "secret" not in answer.text


def test_a_database_that_is_away_is_said_on_a_page(without_database: FlaskClient) -> None:
    answer = opened(without_database, "/mine")
    assert (answer.status_code, answer.mimetype) == (503, "text/html")
    assert "<h1>Hệ thống tạm thời chưa trả lời</h1>" in answer.text
    assert answer.headers["Retry-After"]


def test_a_script_hears_of_a_database_that_is_away_as_before(without_database: FlaskClient) -> None:
    answer = opened(without_database, "/mine", "*/*")
    assert (answer.status_code, answer.mimetype) == (503, "application/problem+json")
