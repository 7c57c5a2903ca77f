"""The pages under /docs are made from the code and need neither script nor network."""

from __future__ import annotations

import html
import re

import pytest
from flask.testing import FlaskClient

from reports_service.core import words
from reports_service.domain.lifecycle import Action
from reports_service.domain.roles import ACTS, PERMISSIONS, Party

ENGLISH = {"Accept-Language": "en"}


def test_who_may_do_what_is_shown_from_the_table(client: FlaskClient) -> None:
    shown = html.unescape(page(client, "/docs/roles"))
    rows = re.findall(r'<th scope="row">([^<]+)</th>(.*?)</tr>', shown)
    assert len(rows) == len(ACTS) + len(PERMISSIONS)
    cells = {name: re.findall(r"<td>(.*?)</td>", row) for name, row in rows}
    given = cells[words.say("action_renew_token", "en")]
    assert [party for party, cell in zip(Party, given, strict=True) if cell] == [Party.REPORTER]
    reads = cells[words.say("need_see_figures", "en")]
    assert reads[-1] == "figures"
    assert "everywhere" in reads


def page(client: FlaskClient, path: str) -> str:
    answer = client.get(path, headers=ENGLISH)
    assert answer.status_code == 200
    return answer.text


def test_a_browser_that_opens_the_service_finds_the_way_to_the_documents(
    client: FlaskClient,
) -> None:
    assert 'href="/docs"' in page(client, "/")


def test_every_operation_is_described_with_who_may_call_it(client: FlaskClient) -> None:
    shown = page(client, "/docs")
    described = client.get("/openapi.json").json["paths"]
    for path in described:
        assert f"<code>{path}</code>" in shown
    calls = sum(
        method in ("get", "post", "put", "patch", "delete")
        for operations in described.values()
        for method in operations
    )
    assert len(re.findall(r"<p>For: [a-z]", shown)) == calls


def test_a_call_of_reporters_and_staff_names_both(client: FlaskClient) -> None:
    shown = page(client, "/docs")
    reopening = shown.split("<code>/api/v1/reports/{code}/reopening</code>")[1]
    assert "For: the reporter, operator, head, admin." in reopening[:600]


def test_every_error_code_is_explained_in_words(client: FlaskClient) -> None:
    shown = page(client, "/docs/errors")
    for code in ("report_unknown", "stale", "idempotency_key_reused", "point_outside"):
        assert f'id="{code}"' in shown
    assert "There is no report {report}." in shown


def test_a_problem_document_points_to_the_words_for_its_code(client: FlaskClient) -> None:
    problem = client.get("/api/v1/reports/123").json
    path, _, anchor = problem["type"].partition("#")
    assert f'id="{anchor}"' in page(client, path)


def test_the_lifecycle_is_shown_from_the_table(client: FlaskClient) -> None:
    shown = page(client, "/docs/lifecycle")
    for action in Action:
        assert words.say(f"action_{action}", "en") in shown


@pytest.mark.parametrize("path", ["/docs", "/docs/errors", "/docs/lifecycle"])
def test_a_page_loads_nothing_from_elsewhere(client: FlaskClient, path: str) -> None:
    shown = page(client, path)
    assert "<script" not in shown
    assert not re.findall(r'(?:src|href)="(?:https?:)?//', shown)


@pytest.mark.parametrize(
    ("path", "heading"),
    [("/docs/errors", "<h1>Mã lỗi</h1>"), ("/docs/lifecycle", "<h1>Vòng đời phản ánh</h1>")],
)
def test_pages_in_words_are_wholly_in_the_readers_language(
    client: FlaskClient, path: str, heading: str
) -> None:
    vietnamese = client.get(path, headers={"Accept-Language": "vi"}).text
    assert '<html lang="vi">' in vietnamese
    assert heading in vietnamese
    assert '<html lang="en">' in page(client, path)


def test_the_interface_is_described_in_english(client: FlaskClient) -> None:
    assert '<html lang="en">' in client.get("/docs", headers={"Accept-Language": "vi"}).text
