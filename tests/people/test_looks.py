"""Whoever looks at a reporter's data says what for, and the data officer reads it."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from tests.personas import CONTACT, MONDAY, Caller, Filed, People

AT = MONDAY.isoformat().replace("+00:00", "Z")


@pytest.fixture
def known(people: People) -> Filed:
    return people.file(reporter=CONTACT)


def looks(people: People, **filters: str) -> list[dict[str, str]]:
    answer = people.data_officer.get("/looks", **filters)
    assert answer.status_code == 200, answer.text
    return list(answer.json["items"])


def browser(caller: Caller) -> FlaskClient:
    client: FlaskClient = caller.client.application.test_client()
    client.set_cookie("session", str(caller.authorization).removeprefix("Bearer "))
    return client


def test_a_look_is_told_with_who_when_where_from_and_what_for(people: People, known: Filed) -> None:
    people.operator.get(f"/reports/{known.code}/identity", why="call_back")
    (look,) = looks(people)
    assert {**look, "at": look["at"][:16]} == {
        "at": AT[:16],
        "by": "operator@demo.example",
        "what": "identity",
        "report": known.code,
        "why": "call_back",
        "from": "127.0.0.1",
    }
    page = browser(people.data_officer).get("/looks?lang=en").text
    assert known.code in page and "To call back about it" in page


def test_a_reporters_own_look_is_told_without_an_address(people: People, known: Filed) -> None:
    known.reporter.get(f"/reports/{known.code}/identity")
    (look,) = looks(people)
    assert (look["by"], look["why"], look["from"]) == ("reporter", None, None)
    assert looks(people, staff="true") == []


def test_looks_are_found_by_report_and_account(people: People, known: Filed) -> None:
    other = people.file(reporter=CONTACT)
    for one in (known, other):
        people.operator.get(f"/reports/{one.code}/identity")
    assert {one["report"] for one in looks(people)} == {known.code, other.code}
    assert [one["report"] for one in looks(people, report=known.code)] == [known.code]
    assert len(looks(people, account="Operator@demo.example")) == 2
    assert looks(people, account="head@demo.example") == []
    assert looks(people, until=AT) == []


def test_a_reason_that_is_none_is_refused_and_shows_nothing(people: People, known: Filed) -> None:
    answer = people.operator.get(f"/reports/{known.code}/identity", why="curiosity")
    assert answer.status_code == 422
    assert looks(people) == []


def test_on_the_page_nothing_is_shown_without_a_reason(people: People, known: Filed) -> None:
    client = browser(people.operator)
    path = f"/work/{known.code}/contact"
    form = client.get(path).text
    token = re.search(r'name="form_token" value="([0-9a-f]+)"', form)
    assert token and CONTACT["phone"] not in form
    without = client.post(path, data={"form_token": token[1]})
    assert (without.status_code, CONTACT["phone"] in without.text) == (422, False)
    assert looks(people) == []
    shown = client.post(path, data={"form_token": token[1], "why": "danger"})
    assert shown.status_code == 200 and CONTACT["phone"] in shown.text
    assert shown.headers["Cache-Control"] == "no-store"
    assert [one["why"] for one in looks(people)] == ["danger"]


@pytest.mark.parametrize("name", ["officer", "head", "leader", "facilitator", "foreign_head"])
def test_agencies_see_neither_the_reporter_nor_who_looked(
    name: str, people: People, known: Filed
) -> None:
    caller = people.all()[name]
    assert caller.get(f"/reports/{known.code}/identity").status_code == 403
    assert browser(caller).get(f"/work/{known.code}/contact").status_code == 403
    assert caller.get("/looks").status_code == 403
    page = browser(people.officer).get(f"/work/{known.code}").text
    assert "/contact" not in page and CONTACT["phone"] not in page


def test_the_data_officer_sees_looks_and_nobodys_data(people: People, known: Filed) -> None:
    assert people.data_officer.get(f"/reports/{known.code}/identity").status_code == 403
    assert people.data_officer.get("/queue").status_code == 403
    assert "inside" not in people.data_officer.report(known.code)
