"""A device's own reports: one cookie, the newest first, believed only where tokens are compared."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from reports_service.web.citizen import mine
from tests.personas import Filed, People

TOKEN = "a" * 24


@pytest.fixture
def device(app: Flask, people: People) -> FlaskClient:
    """A device that knows no report yet."""
    return app.test_client()


def private(filed: Filed) -> str:
    return f"/r/{filed.code}/t/{filed.answer['tracking_token']}"


def cookie(device: FlaskClient) -> str:
    kept = device.get_cookie("mine")
    return kept.value if kept else ""


def test_a_private_link_makes_a_report_ones_own_and_shows_it(
    device: FlaskClient, filed: Filed
) -> None:
    answer = device.get(private(filed))
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/r/{filed.code}")
    token = filed.answer["tracking_token"]
    assert cookie(device) == f"{filed.code.replace('-', '')}-{token}"
    assert device.get(f"/done/{filed.code}").status_code == 200


def test_the_newest_stands_first_and_thirty_are_kept(app: Flask) -> None:
    entries = ".".join(f"{n:010d}-{TOKEN}" for n in range(40))
    with app.test_request_context(headers={"Cookie": f"mine={entries}"}):
        kept = mine.remembered()
    assert len(kept) == 30
    assert kept[0] == ("000-000-0000", TOKEN)


@pytest.mark.parametrize("value", ["", "x", "123-abc", f"0000000000-{TOKEN}x", "..", "\x00"])
def test_a_cookie_that_is_none_of_ours_says_nothing(app: Flask, value: str) -> None:
    with app.test_request_context(headers={"Cookie": f"mine={value}"}):
        assert mine.remembered() == []


def test_a_report_is_remembered_once_and_forgotten_alone(
    device: FlaskClient, people: People, app: Flask
) -> None:
    first, second = people.file(), people.file()
    for one in (first, second, first):
        device.get(private(one))
    codes = [part.partition("-")[0] for part in cookie(device).split(".")]
    assert codes == [first.code.replace("-", ""), second.code.replace("-", "")]
    with app.test_request_context(headers={"Cookie": f"mine={cookie(device)}"}):
        answer = app.response_class()
        mine.forget(answer, first.code)
        assert mine.token_for(second.code) == second.answer["tracking_token"]
        assert mine.token_for("nothing") is None
    left = re.search(r"mine=([^;]+)", answer.headers["Set-Cookie"])[1]
    assert left == f"{second.code.replace('-', '')}-{second.answer['tracking_token']}"


def test_a_wrong_private_link_says_what_to_do_and_remembers_nothing(
    device: FlaskClient, filed: Filed
) -> None:
    answer = device.get(f"/r/{filed.code}/t/{TOKEN}")
    assert answer.status_code == 404
    assert "Đường dẫn riêng này không đúng" in answer.text
    assert cookie(device) == ""


def test_a_cookie_made_by_hand_opens_nothing(device: FlaskClient, filed: Filed) -> None:
    device.set_cookie("mine", f"{filed.code.replace('-', '')}-{TOKEN}")
    assert device.get(f"/done/{filed.code}").status_code == 404


def test_a_restricted_report_does_not_exist_without_its_token(
    device: FlaskClient, people: People
) -> None:
    hidden = people.file(category="gay-roi")
    wrong = device.get(f"/r/{hidden.code}/t/{TOKEN}")
    nothing = device.get(f"/r/123-456-7890/t/{TOKEN}")
    assert (wrong.status_code, nothing.status_code) == (404, 404)
    assert "riêng này" not in wrong.text
    assert device.get(private(hidden)).status_code == 303
