"""``reports accounts`` and ``reports sample-photo``: a new deployment's first steps."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient

from reports_service.accounts import service
from reports_service.attachments.exif import read_facts
from reports_service.cli import reports
from reports_service.core import clock


def run(*arguments: str) -> str:
    result = CliRunner().invoke(reports, ["--lang", "en", *arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


@pytest.fixture
def first_admin(app: Flask) -> str:
    run(
        "accounts", "add", "first@example.org", "--role", "admin", "--name", "First",
        "--password", "a long secret",
    )  # fmt: skip
    return "first@example.org"


def test_the_first_administrator_is_made_on_the_command_line_and_can_sign_in(
    first_admin: str, client: FlaskClient
) -> None:
    signed_in = client.post(
        "/api/v1/sessions", json={"email": first_admin, "password": "a long secret"}
    )
    assert signed_in.status_code == 201
    assert signed_in.json["role"] == "admin"


def test_a_new_password_ends_the_sessions_of_the_old_one(
    first_admin: str, client: FlaskClient
) -> None:
    token = client.post(
        "/api/v1/sessions", json={"email": first_admin, "password": "a long secret"}
    ).json["token"]
    run("accounts", "password", first_admin, "--password", "another secret")
    inbox = client.get("/api/v1/inbox", headers={"Authorization": f"Bearer {token}"})
    assert inbox.status_code == 401


def test_accounts_are_listed_with_their_role(first_admin: str) -> None:
    assert first_admin in run("accounts", "list")


def test_the_number_that_a_log_names_is_somebodys(first_admin: str) -> None:
    number = service.by_email(first_admin).id
    assert first_admin in run("accounts", "who", str(number))
    unknown = CliRunner().invoke(reports, ["--lang", "en", "accounts", "who", "987654"])
    assert (unknown.exit_code, "no account 987654" in unknown.output) == (1, True)


def test_a_short_password_is_refused_in_words(app: Flask) -> None:
    result = CliRunner().invoke(
        reports,
        ["--lang", "en", "accounts", "add", "a@example.org", "--role", "leader", "--name", "A",
         "--password", "short"],
    )  # fmt: skip
    assert result.exit_code == 1
    assert "at least 8 characters" in result.output


@pytest.mark.pure
def test_the_sample_photo_says_where_and_when_it_was_taken(tmp_path: Path) -> None:
    at = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
    with clock.moved_to(at):
        run("sample-photo", str(tmp_path / "lamp.jpg"))
    with (tmp_path / "lamp.jpg").open("rb") as photo:
        facts = read_facts(photo, ZoneInfo("Asia/Ho_Chi_Minh"), at)
    assert (facts.lat, facts.lon) == pytest.approx((11.2871, 106.1312))
    assert facts.taken_at == at
