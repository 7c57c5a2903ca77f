"""A reporter makes a new private link: the old one opens nothing, and nobody gets the new one."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from reports_service.core import clock
from reports_service.core.db import db
from reports_service.notifications.models import Delivery
from tests.personas import CONTACT, LIGHT, MONDAY, Filed, People, rows, work_outbox

Clock = Callable[[datetime], None]
KEY = {"Idempotency-Key": "renewal-1"}
TOKEN = re.compile(r'name="form_token" value="([0-9a-f]+)"')


def renewed(people: People, filed: Filed, **headers: str) -> str:
    answer = filed.reporter.call("POST", f"/reports/{filed.code}/tracking-token", headers=headers)
    assert answer.status_code == 201, answer.text
    assert answer.headers["Cache-Control"] == "no-store"
    return answer.json["tracking_token"]


def test_the_old_token_and_its_links_open_nothing_any_more(people: People) -> None:
    filed = people.file(reporter=CONTACT)
    old, new = filed.answer["tracking_token"], renewed(people, filed)
    assert new != old
    assert filed.reporter.get(f"/reports/{filed.code}").status_code == 401
    assert filed.reporter.get(f"/reports/{filed.code}/identity").status_code == 401
    assert filed.reporter.act(filed.code, "withdrawal").status_code == 401
    assert people.client.get(f"/r/{filed.code}/t/{old}").status_code == 404
    assert people.client.get(f"/r/{filed.code}/t/{new}").status_code == 303
    assert people.reporter(new).does(filed.code, "withdrawal")["status"] == "withdrawn"


def test_it_is_kept_nowhere(people: People) -> None:
    filed = people.file(reporter=CONTACT)
    tokens = {filed.answer["tracking_token"], renewed(people, filed, **KEY)}
    kept = "".join("".join(table) for table in rows().values())
    assert not [token for token in tokens if token in kept]


def test_it_is_a_fact_of_the_history_which_says_nothing_of_the_token(people: People) -> None:
    filed = people.file()
    renewed(people, filed)
    (event,) = [one for one in people.operator.report(filed.code)["timeline"]
                if one["kind"] == "token_renewed"]  # fmt: skip
    assert event["by"] == "reporter"
    assert event["facts"]["generation"] == 2
    assert people.operator.report(filed.code)["inside"]["history_holds"]


def test_who_lost_the_answer_gets_it_again_with_the_key_and_the_token_of_before(
    people: People,
) -> None:
    filed = people.file()
    first = renewed(people, filed, **KEY)
    assert renewed(people, filed, **KEY) == first
    path = f"/reports/{filed.code}/tracking-token"
    for headers in ({}, {"Idempotency-Key": "renewal-2"}):
        assert filed.reporter.call("POST", path, headers=headers).status_code == 401
    stranger = people.reporter("a" * 24)
    assert stranger.call("POST", path, headers=KEY).status_code == 401
    again = Filed(filed.code, filed.answer, people.reporter(first))
    second = renewed(people, again, **{"Idempotency-Key": "renewal-2"})
    assert second != first
    assert filed.reporter.call("POST", path, headers=KEY).status_code == 401, "two generations on"


def test_who_sends_the_filing_again_is_not_given_the_new_token(people: People) -> None:
    """The key of a filing opens nothing: whoever has it may not be the reporter any more."""
    key = {"Idempotency-Key": "filing-1"}
    first = people.public.call("POST", "/reports", json=LIGHT, headers=key)
    again = people.public.call("POST", "/reports", json=LIGHT, headers=key)
    assert again.json["tracking_token"] == first.json["tracking_token"]
    new = renewed(people, people.filed(first))
    again = people.public.call("POST", "/reports", json=LIGHT, headers=key)
    assert (again.status_code, again.json["code"]) == (200, first.json["code"])
    assert "tracking_token" not in again.json
    assert new not in again.text


def test_who_filed_for_somebody_prints_no_slip_with_the_new_link(
    app: Flask, people: People
) -> None:
    filed = people.file(people.facilitator, channel="facilitator")
    desk = app.test_client()
    assert people.facilitator.authorization
    desk.set_cookie("session", people.facilitator.authorization.removeprefix("Bearer "))
    assert desk.get(f"/file/slip/{filed.code}").status_code == 200
    renewed(people, filed)
    assert desk.get(f"/file/slip/{filed.code}").status_code == 403


@pytest.mark.parametrize("name", ["officer", "operator", "admin", "leader", "facilitator"])
def test_nobody_renews_it_for_the_reporter(people: People, name: str) -> None:
    filed = people.file()
    answer = getattr(people, name).call("POST", f"/reports/{filed.code}/tracking-token")
    assert answer.status_code == 403
    assert filed.reporter.get(f"/reports/{filed.code}").status_code == 200


def test_the_token_of_another_report_renews_none(people: People) -> None:
    filed, other = people.file(), people.file(category="rac-thai")
    answer = other.reporter.call("POST", f"/reports/{filed.code}/tracking-token")
    assert answer.status_code == 401


def test_the_reporter_is_mailed_the_new_link_and_devices_are_let_go(people: People) -> None:
    filed = people.file(reporter=CONTACT)
    work_outbox()
    with clock.moved_to(MONDAY + timedelta(minutes=1)):
        new = renewed(people, filed)
        work_outbox()
    told = db.session.query(Delivery).filter(Delivery.recipient.startswith("reporter:")).all()
    (mail,) = [one for one in told if one.event.kind == "token_renewed"]
    assert "liên kết" in mail.body
    assert new not in mail.body, "it is put in as the letter leaves"


def test_the_page_makes_a_new_link_and_this_device_takes_it(app: Flask, people: People) -> None:
    filed = people.file()
    own, other = app.test_client(), app.test_client()
    for device in (own, other):
        device.get(f"/r/{filed.code}/t/{filed.answer['tracking_token']}")
    shown = own.get(f"/r/{filed.code}/link")
    assert shown.headers["Cache-Control"] == "no-store"
    form = {"form_token": TOKEN.search(shown.text)[1]}  # type: ignore[index]
    form |= {"renewal": re.search(r'name="renewal" value="([^"]+)"', shown.text)[1]}  # type: ignore[index]
    before = own.get_cookie("mine")
    answer = own.post(f"/r/{filed.code}/link", data=form)
    assert answer.headers["Location"].endswith(f"/r/{filed.code}/link?done=report_link")
    after = own.get_cookie("mine")
    assert before is not None
    assert after is not None
    assert before.value != after.value
    assert own.get(f"/r/{filed.code}/link").status_code == 200
    assert other.get(f"/r/{filed.code}/link").status_code == 403
    assert f"/r/{filed.code}/withdrawal" not in other.get(f"/r/{filed.code}").text
    own.set_cookie("mine", before.value)  # the answer was lost, and the form is sent again
    assert own.post(f"/r/{filed.code}/link", data=form).status_code == 303
    kept: Any = own.get_cookie("mine")
    assert kept.value == after.value


def test_a_device_without_the_link_is_shown_none(app: Flask, people: People) -> None:
    filed = people.file()
    assert app.test_client().get(f"/r/{filed.code}/link").status_code == 403
