"""A facilitator files for others: their channel, their slip, today's number."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from reports_service.core.db import db
from reports_service.reports.models import Report
from reports_service.reports.tracking import token_of
from tests.monday import Clock
from tests.personas import MONDAY, Caller, People
from tests.statements import statements
from tests.web.filing import OUT, SCRIPT, fill_in, hidden, send, words

FORM = "/file/for-others"
SLIP = re.compile(r"/file/slip/(\d{3}-\d{3}-\d{4})$")


def browser(app: Flask, caller: Caller) -> FlaskClient:
    client = app.test_client()
    client.set_cookie("session", (caller.authorization or "").removeprefix("Bearer "))
    return client


@pytest.fixture
def facilitator(app: Flask, people: People) -> FlaskClient:
    """The demo's facilitator at the desk of the village hall."""
    return browser(app, people.facilitator)


def code_of(answer) -> str:
    assert answer.status_code == 303, words(answer)
    return SLIP.search(answer.headers["Location"])[1]


def filed(code: str) -> Report:
    return db.session.scalars(select(Report).where(Report.code == code.replace("-", ""))).one()


def test_a_facilitator_files_for_somebody_and_prints_a_slip(facilitator: FlaskClient) -> None:
    answer = fill_in(facilitator, opened=FORM, **OUT)
    report = filed(code_of(answer))
    assert report.channel == "facilitator"
    assert report.filed_by_id is not None
    slip = facilitator.get(answer.headers["Location"])
    assert f"/t/{token_of(report)}" in slip.text
    assert "Người tiếp theo, cùng chỗ này" in words(slip)


def test_the_facilitators_device_does_not_take_the_report_for_its_own(
    facilitator: FlaskClient,
) -> None:
    answer = fill_in(facilitator, opened=FORM, **OUT)
    assert not any(c.startswith("mine=") for c in answer.headers.getlist("Set-Cookie"))


def test_the_next_form_keeps_the_place_and_nothing_else(facilitator: FlaskClient) -> None:
    answer = fill_in(facilitator, opened=FORM, **{**OUT, "reporter.name": "", "asked": "yes"})
    slip = facilitator.get(answer.headers["Location"])
    again = re.search(r'href="(/file/for-others\?[^"]+)"', slip.text)[1]
    page = facilitator.get(again.replace("&amp;", "&"))
    assert re.search(r'<option value="25630" selected', page.text)
    assert 'value="trước số 12"' in page.text
    assert "Đèn tắt ba đêm" not in page.text


def test_the_number_of_today_begins_anew_at_midnight(
    facilitator: FlaskClient, clock_at: Clock
) -> None:
    for _ in range(2):
        code_of(fill_in(facilitator, opened=FORM, **OUT))
    assert "Hôm nay anh/chị đã giúp gửi: 2" in words(facilitator.get(FORM))
    clock_at(MONDAY + timedelta(hours=15, minutes=1))  # 00:01 in Tây Ninh
    assert "Hôm nay anh/chị đã giúp gửi: 0" in words(facilitator.get(FORM))


def test_only_ones_own_slips_are_printed_and_only_within_a_day(
    app: Flask, people: People, facilitator: FlaskClient, clock_at: Clock
) -> None:
    theirs = code_of(fill_in(facilitator, opened=FORM, **OUT))
    assert facilitator.get(f"/file/slip/{people.file().code}").status_code == 404
    assert facilitator.get("/file/slip/123").status_code == 404
    assert browser(app, people.officer).get(f"/file/slip/{theirs}").status_code == 403
    assert app.test_client().get(f"/file/slip/{theirs}").status_code == 302
    clock_at(MONDAY + timedelta(days=1, seconds=1))
    assert facilitator.get(f"/file/slip/{theirs}").status_code == 403


def test_a_restricted_report_has_its_slip_too(facilitator: FlaskClient) -> None:
    answer = fill_in(facilitator, opened=FORM, **{**OUT, "category": "gay-roi"})
    code = code_of(answer)
    assert facilitator.get(answer.headers["Location"]).status_code == 200
    assert facilitator.get(f"/r/{code}").status_code == 404


def test_nobody_else_files_for_others(app: Flask, people: People) -> None:
    citizen = app.test_client()
    assert citizen.get(FORM).status_code == 302
    form = {**hidden(citizen.get("/file")), **OUT, "on_behalf": "yes"}
    assert send(citizen, form, headers=SCRIPT).status_code == 401
    officer = browser(app, people.officer)
    assert officer.get(FORM).status_code == 403
    form = {**hidden(officer.get("/file")), **OUT, "on_behalf": "yes"}
    assert send(officer, form, headers=SCRIPT).status_code == 403


def test_a_script_is_led_to_the_slip(facilitator: FlaskClient) -> None:
    answer = fill_in(facilitator, opened=FORM, headers=SCRIPT, **OUT)
    assert answer.json["next"] == f"/file/slip/{answer.json['code']}"


def test_the_facilitators_day_begins_at_the_form(people: People, app: Flask) -> None:
    client = app.test_client()
    token = re.search(r'name="form_token" value="(\w+)"', client.get("/sign-in").text)[1]
    given = {"email": "facilitator@demo.example", "password": "demo-1022", "form_token": token}
    assert client.post("/sign-in", data=given).headers["Location"] == FORM
    assert 'href="/file/for-others"' in client.get("/").text


def test_the_queries_do_not_grow_with_what_was_filed(facilitator: FlaskClient) -> None:
    def asked() -> int:
        facilitator.get(FORM)
        with statements() as sent:
            facilitator.get(FORM)
        return len(sent)

    code_of(fill_in(facilitator, opened=FORM, **OUT))
    before = asked()
    for _ in range(3):
        code_of(fill_in(facilitator, opened=FORM, **OUT))
    assert asked() == before
