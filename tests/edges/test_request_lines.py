"""A request's line of the service's log: which account or key asked, and why it was refused."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator

import pytest
from flask import Flask

from reports_service.accounts import service
from tests.accounts.doors import OFFICER, come_in
from tests.accounts.test_api_keys import caller as key_for
from tests.monday import app, clock_at, people
from tests.personas import People
from tests.web.staff import Desk

__all__ = ["app", "clock_at", "people"]
REQUESTS = "reports_service.requests"


class Lines:
    """What was logged of requests, in order."""

    def __init__(self, caplog: pytest.LogCaptureFixture) -> None:
        self.caplog = caplog

    def told(self) -> list[tuple[int, int | str | None, str | None]]:
        """Of each request its status, who asked, and the code of its refusal."""
        said = [one.msg for one in self.caplog.records if one.name == REQUESTS]
        assert OFFICER not in json.dumps(said, default=str)
        found = [one for one in said if isinstance(one, dict)]
        return [
            (one["status"], one.get("account") or one.get("key"), one.get("problem"))
            for one in found
        ]


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> Iterator[Lines]:
    """The lines of the requests of this test."""
    with caplog.at_level(logging.INFO, REQUESTS):
        yield Lines(caplog)


def test_who_was_refused_is_named_by_number_and_the_reason_by_code(
    people: People, lines: Lines
) -> None:
    officer, _ = come_in(people)
    number = service.by_email(OFFICER).id
    lines.caplog.clear()
    assert officer.get("/admin/audit").status_code == 403
    assert officer.get("/reports/00-000-000").status_code == 404
    assert officer.get("/queue").status_code == 200
    assert people.public.get("/queue").status_code == 401
    assert people.public.get("/categories").status_code == 200
    assert lines.told() == [
        (403, number, "role_lacks"),
        (404, number, "report_unknown"),
        (200, number, None),
        (401, None, "not_signed_in"),
        (200, None, None),
    ]


def test_pages_say_the_same(app: Flask, people: People, lines: Lines) -> None:
    officer, _ = come_in(people)
    number, desk = service.by_email(OFFICER).id, Desk(app, officer)
    lines.caplog.clear()
    assert desk.see("/admin/audit").status_code == 403
    assert desk.client.post("/sign-out", data={"form_token": "00"}).status_code == 403
    assert lines.told() == [(403, number, "role_lacks"), (403, number, "form_foreign")]


def test_a_key_is_named_by_its_public_part(people: People, lines: Lines) -> None:
    system = key_for(people, "figures")
    assert system.authorization
    _, public, secret = system.authorization.split("_")
    lines.caplog.clear()
    assert system.get("/admin/audit").status_code == 403
    assert lines.told() == [(403, f"key {public}", "scope_lacks")]
    assert secret not in lines.caplog.text
