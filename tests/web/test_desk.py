"""The desk of the 1022 centre, and the team of a head, by their pages."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from reports_service.core.db import db
from reports_service.reports.models import Report
from tests.personas import CONTACT, Filed, People
from tests.pictures import jpeg

UNSORTED: dict[str, Any] = {"category": None, "description": "đèn đường hỏng cả tuần"}


def client_of(people: People, name: str) -> FlaskClient:
    client = people.client.application.test_client()
    client.set_cookie("session", getattr(people, name).authorization.removeprefix("Bearer "))
    return client


@pytest.fixture
def operator(people: People) -> FlaskClient:
    return client_of(people, "operator")


def read(answer: TestResponse) -> str:
    return html.unescape(re.sub(r"\s+", " ", answer.text))


def send(client: FlaskClient, page: str, path: str = "", **data: str) -> TestResponse:
    """Send a form of a page, with the token and the version that the page carries."""
    text = client.get(page).text
    token = re.search(r'name="form_token" value="(\w+)"', text)
    version = re.search(r'name="version" value="([^"]+)"', text)
    assert token is not None
    hidden = {"form_token": token[1], **({"version": version[1]} if version else {})}
    return client.post(path or page, data={**hidden, **data})


def status_of(people: People, code: str) -> str:
    return str(people.operator.report(code)["status"])


def test_what_no_rule_places_waits_with_its_reason_and_is_routed_by_one_click(
    people: People, operator: FlaskClient
) -> None:
    filed = people.file(**UNSORTED)
    shown = read(operator.get(f"/triage?code={filed.code}"))
    assert "đèn đường hỏng cả tuần" in shown
    held = people.operator.report(filed.code)["inside"]["assignments"][-1]
    assert held["because"] in shown
    suggested = re.search(r'name="category" value="([^"]+)"', shown)
    assert suggested is not None
    done = send(
        operator, f"/triage?code={filed.code}", f"/triage/{filed.code}/kind", category=suggested[1]
    )
    assert done.status_code == 303, read(done)
    report = people.operator.report(filed.code)
    assert report["category"]["code"] == suggested[1]
    assert report["agency"]["code"] != filed.answer["agency"]["code"]
    assert filed.code not in operator.get("/triage").text


def test_the_centre_names_an_agency_itself_with_a_reason(
    people: People, operator: FlaskClient
) -> None:
    filed, lights = people.file(**UNSORTED), people.file()
    agency = lights.answer["agency"]["code"]
    page = f"/triage?code={filed.code}"
    bad = send(operator, page, f"/triage/{filed.code}/agency", agency="khong-co", reason="x")
    assert bad.status_code in (404, 422)
    good = send(operator, page, f"/triage/{filed.code}/agency", agency=agency, reason="Đèn ở đây")
    assert good.status_code == 303, read(good)
    assert people.operator.report(filed.code)["agency"]["code"] == agency


def test_a_decision_on_what_has_changed_meanwhile_is_not_carried_out(
    people: People, operator: FlaskClient, filed: Filed
) -> None:
    stale = operator.get(f"/reject/{filed.code}").text
    token = re.search(r'name="form_token" value="(\w+)"', stale)
    version = re.search(r'name="version" value="([^"]+)"', stale)
    assert token is not None and version is not None
    people.officer.does(filed.code, "acknowledgement")
    data = {"form_token": token[1], "version": version[1], "reason": "Không có gì ở đó."}
    answer = operator.post(f"/reject/{filed.code}", data=data)
    assert answer.status_code in (409, 412)
    assert "Không có gì ở đó." in read(answer)
    assert status_of(people, filed.code) != "rejected"


def test_refusing_needs_a_reason_that_the_reporter_reads(
    people: People, operator: FlaskClient
) -> None:
    filed = people.file(**UNSORTED)
    missing = send(operator, f"/reject/{filed.code}", reason="")
    assert missing.status_code == 422
    assert 'id="field-reason-wrong"' in missing.text
    done = send(operator, f"/reject/{filed.code}", reason="Không thuộc tỉnh.")
    assert done.status_code == 303, read(done)
    assert status_of(people, filed.code) == "rejected"


def test_a_complaint_is_referred_and_leaves_the_public_sight(
    people: People, operator: FlaskClient
) -> None:
    filed = people.file(**UNSORTED)
    done = send(
        operator, f"/refer/{filed.code}", to="Thanh tra tỉnh", reason="khiếu nại", restricted="yes"
    )
    assert done.status_code == 303, read(done)
    assert people.client.get(f"/r/{filed.code}").status_code == 404


def test_words_and_pictures_are_hidden_from_the_public_and_shown_again(
    people: People, operator: FlaskClient, filed: Filed
) -> None:
    page = f"/moderate/{filed.code}"
    nothing = send(operator, page, reason="số điện thoại")
    assert nothing.status_code in (409, 422)
    assert send(operator, page, text="hide", reason="số điện thoại").status_code == 303
    assert "Đèn tắt ba đêm" not in people.client.get(f"/r/{filed.code}").text
    assert send(operator, page, text="show", reason="không có gì").status_code == 303
    assert "Đèn tắt ba đêm" in people.client.get(f"/r/{filed.code}").text


def test_two_reports_stand_side_by_side_before_they_are_joined(
    people: People, operator: FlaskClient, filed: Filed
) -> None:
    other = people.file(description="cùng cột đèn ấy")
    candidates = read(operator.get(f"/merge/{other.code}"))
    assert filed.code in candidates
    page = f"/merge/{other.code}?into={filed.code}"
    beside = read(operator.get(page))
    assert "Đèn tắt ba đêm" in beside and "cùng cột đèn ấy" in beside
    done = send(operator, page, f"/merge/{other.code}", into=filed.code)
    assert done.status_code == 303, read(done)
    assert status_of(people, other.code) == "duplicate"
    itself = f"/merge/{filed.code}?into={filed.code}"
    assert send(operator, itself, f"/merge/{filed.code}", into=filed.code).status_code == 409
    assert 'role="alert"' in operator.get(f"/merge/{filed.code}?into=4829135570").text


def test_a_call_is_taken_down_once_and_read_back(people: People, operator: FlaskClient) -> None:
    before = db.session.scalar(select(func.count(Report.id)))
    key = re.search(r'name="idempotency_key" value="([^"]+)"', operator.get("/call").text)
    assert key is not None
    call = {
        "idempotency_key": key[1], "description": "Đèn tắt trước chợ", "category": "den-duong",
        "area": "25630", "address": "cổng chợ", "reporter.name": CONTACT["name"],
        "reporter.phone": CONTACT["phone"], "reporter.consent": "yes",
    }  # fmt: skip
    first, second = send(operator, "/call", **call), send(operator, "/call", **call)
    assert first.status_code == second.status_code == 303, read(first)
    assert first.location == second.location
    assert db.session.scalar(select(func.count(Report.id))) == (before or 0) + 1
    code = first.location.rsplit("/", 1)[1]
    told = read(operator.get(first.location))
    assert code in told and "đọc cho người gọi" in told
    assert people.operator.report(code)["channel"] == "hotline"
    known = read(operator.get("/call/similar?area=25630&category=den-duong"))
    assert code in known


def test_a_call_can_be_placed_on_the_map(people: People, operator: FlaskClient) -> None:
    point = {"location.lat": "11.287100", "location.lon": "106.131200"}
    filed = send(operator, "/call", description="ổ gà", idempotency_key="m", **point)
    assert filed.status_code == 303, read(filed)
    code = filed.location.rsplit("/", 1)[1]
    assert people.operator.report(code)["area"]["code"] == "25630"
    wrong = send(operator, "/call", description="ổ gà", **{**point, "location.lat": "nan"})
    assert wrong.status_code == 422


def test_a_call_without_a_place_stays_on_the_form(operator: FlaskClient) -> None:
    answer = send(operator, "/call", description="ở đâu đó", idempotency_key="k")
    assert answer.status_code == 422
    assert "ở đâu đó" in answer.text
    assert 'role="alert"' in answer.text
    assert 'href="#field-location"' in answer.text
    assert 'id="field-location"' in answer.text


def test_kinds_are_suggested_by_the_words_of_a_call(operator: FlaskClient) -> None:
    def suggested(words: str) -> list[str]:
        answer = send(operator, "/call", "/call/suggested", description=words)
        assert answer.status_code == 200
        return re.findall(r'data-kind="([^"]+)"', answer.text)

    assert suggested("den duong tat ba dem")[0] == "den-duong"
    assert len(suggested("rác, ổ gà, đèn, nước, cây đổ")) <= 3
    assert suggested("") == suggested("zzzz") == []
    shown = operator.get("/call").text
    choices = re.findall(r'<option value="([^"]+)"', shown)
    assert set(suggested("rác đèn cây")) <= set(choices), "each can be filed under"


def test_a_head_sees_the_team_what_waits_and_sends_somebody_on_leave(
    people: People, filed: Filed
) -> None:
    people.officer.does(filed.code, "acknowledgement")
    people.officer.does(filed.code, "extension", {"amount": 2, "reason": "chờ vật tư"})
    head = client_of(people, "head")
    shown = read(head.get("/team"))
    assert "chờ vật tư" in shown
    people_here = re.findall(r'<option value="([^"]+@[^"]+)"', shown)
    assert len(set(people_here)) >= 2
    away, deputy = sorted(set(people_here))[:2]
    days = {"first_day": "2026-03-09", "last_day": "2026-03-11"}
    wrong = send(head, "/team", "/team/absences", account=away, deputy=away, **days)
    assert wrong.status_code == 422
    done = send(head, "/team", "/team/absences", account=away, deputy=deputy, **days)
    assert done.status_code == 303, read(done)
    ends = re.search(r'action="(/team/absences/\d+/end)"', head.get("/team").text)
    assert ends is not None
    assert send(head, "/team", ends[1]).status_code == 303


def test_pictures_show_beside_the_decision(people: People, operator: FlaskClient) -> None:
    filed = people.file_with_photos(jpeg())
    assert operator.get(f"/moderate/{filed.code}").status_code == 200


@pytest.mark.parametrize("path", ["/triage", "/call", "/merge/{code}", "/reject/{code}"])
def test_the_desk_is_the_centres_alone(people: People, filed: Filed, path: str) -> None:
    for name in ("officer", "head", "leader", "facilitator"):
        assert client_of(people, name).get(path.format(code=filed.code)).status_code == 403
