"""/admin/sla-policies, /admin/calendars and /admin/ladders over HTTP."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from reports_service.domain.roles import Role
from tests.sessions import signed_in

NAMES = {"vi": "Thời hạn chung", "en": "Default"}
POLICY = {
    "code": "default",
    "names": NAMES,
    "acknowledge": {"amount": 8, "unit": "working_hours"},
    "resolve": {"amount": 7, "unit": "working_days"},
    "extension_longest": {"amount": 7, "unit": "working_days"},
}
CALENDAR = {
    "code": "office",
    "names": {"vi": "Giờ hành chính", "en": "Office hours"},
    "weekly": {"monday": [["07:30", "11:30"], ["13:30", "17:00"]]},
}
LADDER = {
    "code": "plain",
    "names": {"vi": "Thông thường", "en": "Plain"},
    "steps": [{"names": {"vi": "Nhắc", "en": "Remind"}, "tell": "officer", "at": 0.75}],
}
NEW = (("sla-policies", POLICY), ("calendars", CALENDAR), ("ladders", LADDER))


@pytest.mark.parametrize(("kind", "body"), NEW)
def test_what_an_administrator_adds_is_listed_and_found(
    client: FlaskClient, kind: str, body: dict[str, Any]
) -> None:
    admin = signed_in(Role.ADMIN)
    added = client.post(f"/api/v1/admin/{kind}", json=body, headers=admin)
    assert added.status_code == 201, added.json
    one = client.get(f"/api/v1/admin/{kind}/{body['code']}", headers=admin).json
    listed = client.get(f"/api/v1/admin/{kind}", headers=admin).json
    assert listed["items"] == [one] == [added.json]
    again = client.post(f"/api/v1/admin/{kind}", json=body, headers=admin)
    assert (again.status_code, again.json["code"][-7:]) == (409, "_exists")


@pytest.mark.parametrize(("kind", "body"), NEW)
def test_names_change_and_the_code_stays(
    client: FlaskClient, kind: str, body: dict[str, Any]
) -> None:
    admin = signed_in(Role.ADMIN)
    client.post(f"/api/v1/admin/{kind}", json=body, headers=admin)
    names = {"vi": "Tên mới", "en": "New name"}
    url = f"/api/v1/admin/{kind}/{body['code']}"
    changed = client.patch(url, json={"names": names}, headers=admin).json
    assert (changed["names"], changed["code"]) == (names, body["code"])


@pytest.mark.parametrize(("kind", "body"), NEW)
def test_others_than_administrators_are_kept_out(
    client: FlaskClient, kind: str, body: dict[str, Any]
) -> None:
    head = signed_in(Role.LEADER)
    assert client.post(f"/api/v1/admin/{kind}", json=body, headers=head).status_code == 403
    assert client.get(f"/api/v1/admin/{kind}").status_code == 401


def test_the_last_default_policy_cannot_be_ended(client: FlaskClient) -> None:
    admin = signed_in(Role.ADMIN)
    client.post("/api/v1/admin/sla-policies", json=POLICY, headers=admin)
    refused = client.delete("/api/v1/admin/sla-policies/default", headers=admin)
    assert (refused.status_code, refused.json["code"]) == (409, "default_policy_needed")


def test_an_unknown_category_is_refused_by_name(client: FlaskClient) -> None:
    body = {**POLICY, "category": "nowhere"}
    refused = client.post("/api/v1/admin/sla-policies", json=body, headers=signed_in(Role.ADMIN))
    assert refused.status_code in (404, 422)
    assert "nowhere" in refused.json["detail"]


@pytest.mark.parametrize("amount", [0, -1, "NaN", 1e9, True])
def test_a_length_that_nobody_can_mean_is_refused(client: FlaskClient, amount: Any) -> None:
    body = {**POLICY, "resolve": {"amount": amount, "unit": "hours"}}
    refused = client.post("/api/v1/admin/sla-policies", json=body, headers=signed_in(Role.ADMIN))
    assert refused.status_code == 422
    assert refused.json["errors"][0]["field"] == "resolve.amount"


def test_a_week_that_overlaps_is_refused_in_words(client: FlaskClient) -> None:
    body = {**CALENDAR, "weekly": {"monday": [["07:30", "11:30"], ["11:00", "12:00"]]}}
    refused = client.post("/api/v1/admin/calendars", json=body, headers=signed_in(Role.ADMIN))
    assert (refused.status_code, refused.json["code"]) == (422, "hours_refused")
    assert "11:00-12:00" in refused.json["detail"]


def test_a_day_is_put_shown_and_taken_away(client: FlaskClient) -> None:
    admin = signed_in(Role.ADMIN)
    client.post("/api/v1/admin/calendars", json=CALENDAR, headers=admin)
    days = "/api/v1/admin/calendars/office/days"
    holiday = {"hours": None, "names": {"vi": "Quốc khánh", "en": "National Day"}}
    assert client.put(f"{days}/2026-09-02", json=holiday, headers=admin).status_code == 200
    (shown,) = client.get(f"{days}?year=2026", headers=admin).json["items"]
    assert shown == {"day": "2026-09-02", "source": None, **holiday}
    assert client.get(f"{days}?year=2025", headers=admin).json["items"] == []
    assert client.delete(f"{days}/2026-09-02", headers=admin).status_code == 204
    assert client.get(f"{days}?year=2026", headers=admin).json["items"] == []


def test_what_is_no_day_is_refused_in_words(client: FlaskClient) -> None:
    admin = signed_in(Role.ADMIN)
    client.post("/api/v1/admin/calendars", json=CALENDAR, headers=admin)
    refused = client.delete("/api/v1/admin/calendars/office/days/10000-01-01", headers=admin)
    assert (refused.status_code, refused.json["code"]) == (422, "day_refused")


def test_a_day_without_hours_is_told_how_a_day_off_is_written(client: FlaskClient) -> None:
    admin = signed_in(Role.ADMIN)
    client.post("/api/v1/admin/calendars", json=CALENDAR, headers=admin)
    day = {"hours": [], "names": {"vi": "Quốc khánh", "en": "National Day"}}
    path = "/api/v1/admin/calendars/office/days/2026-09-02"
    refused = client.put(path, json=day, headers=admin)
    assert (refused.status_code, refused.json["errors"][0]["field"]) == (422, "hours")
    assert '"hours": null' in refused.json["detail"]


@pytest.mark.parametrize(
    "when", [{}, {"at": 0}, {"at": 0.5, "after": {"amount": 1, "unit": "hours"}}]
)
def test_a_step_stands_at_exactly_one_moment(client: FlaskClient, when: dict[str, Any]) -> None:
    step = {"names": {"vi": "Nhắc", "en": "Remind"}, "tell": "head", **when}
    body = {**LADDER, "steps": [step]}
    refused = client.post("/api/v1/admin/ladders", json=body, headers=signed_in(Role.ADMIN))
    assert (refused.status_code, refused.json["code"]) == (422, "step_refused")
