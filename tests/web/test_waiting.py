"""What lets pages work without network, as the service answers it."""

from __future__ import annotations

import json
import re
from html import unescape
from urllib.parse import urljoin

import pytest
from flask import Flask
from flask.testing import FlaskClient

from reports_service.web import assets
from tests.personas import People

SHELL = ("/", "/file", "/mine", "/waiting", "/offline")


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.mark.parametrize("path", SHELL)
def test_pages_of_citizens_may_be_kept(client: FlaskClient, path: str) -> None:
    assert client.get(path).headers["Offline-Copy"] == "yes"


@pytest.mark.parametrize("path", SHELL)
@pytest.mark.parametrize("role", ["facilitator", "officer", "admin"])
def test_no_page_is_kept_while_somebody_is_signed_in(
    client: FlaskClient, people: People, path: str, role: str
) -> None:
    session = getattr(people, role).authorization.removeprefix("Bearer ")
    client.set_cookie("session", session)
    assert "Offline-Copy" not in client.get(path).headers


def test_no_other_page_is_kept(client: FlaskClient, people: People) -> None:
    code = people.file().code
    for path in (f"/r/{code}", "/sign-in", "/r/0000000000", "/file/token", "/styleguide"):
        assert "Offline-Copy" not in client.get(path).headers, path


def test_the_worker_changes_with_any_file_that_pages_load(client: FlaskClient) -> None:
    answer = client.get("/sw.js")
    assert (answer.mimetype, answer.headers["Cache-Control"]) == ("text/javascript", "no-cache")
    (path,) = re.findall(r'"(/static/[^"]+)"', answer.text)
    assert assets.version() in path
    module = client.get(path)
    assert module.status_code == 200
    at = f"http://localhost{path}"
    for name in re.findall(r'"(\.[^"]+\.js)"', module.text):
        assert client.get(urljoin(at, name)).status_code == 200, name


def test_a_form_that_is_sent_later_gets_a_token_that_holds(client: FlaskClient) -> None:
    answer = client.get("/file/token")
    assert answer.headers["Cache-Control"] == "no-store"
    headers = {"X-Form-Token": answer.json["token"], "Accept": "application/json"}
    assert client.post("/file", headers=headers).status_code == 422
    assert client.post("/file", headers={"Accept": "application/json"}).status_code == 403


@pytest.mark.parametrize("language", ["vi", "en"])
def test_the_page_of_what_waits_brings_its_words_along(client: FlaskClient, language: str) -> None:
    shown = client.get("/waiting", query_string={"lang": language}).text
    words = json.loads(unescape(re.findall(r"data-words='([^']+)'", shown)[0]))
    assert "{number}" in words["state_photo"]
    assert "{code}" in words["state_received"]
    assert "<noscript>" in shown


def test_the_page_without_network_speaks_both_languages(client: FlaskClient) -> None:
    shown = client.get("/offline").text
    assert "Không có mạng" in shown
    assert "No network" in shown


def test_pages_of_staff_load_nothing_for_what_waits(client: FlaskClient, people: People) -> None:
    assert "offline/badge.js" in client.get("/").text
    client.set_cookie("session", people.officer.authorization.removeprefix("Bearer "))
    assert "offline/badge.js" not in client.get("/").text
