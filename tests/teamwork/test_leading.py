"""The load of a team, what waits for the head's decision, and what changed hands."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from reports_service.accounts.models import Account
from tests.monday import Clock
from tests.personas import LIGHTS, MONDAY, Filed, People
from tests.statements import statements
from tests.teamwork.conftest import hire

LAN = "lan@demo.example"
OFFICER = "officer@demo.example"


def load(people: People) -> dict[str | None, dict[str, Any]]:
    answer = people.head.get("/team")
    assert answer.status_code == 200, answer.text
    return {one["email"]: one for one in answer.json["items"]}


def give(people: People, officer: str, filed: Filed | None = None) -> Filed:
    filed = filed or people.file()
    people.head.does(filed.code, "assignment", {"agency": LIGHTS, "officer": officer})
    return filed


def test_each_officer_stands_with_what_they_hold(
    people: People, filed: Filed, lan: Account, clock_at: Clock
) -> None:
    give(people, OFFICER, filed)
    clock_at(MONDAY + timedelta(hours=4))
    give(people, OFFICER)
    clock_at(MONDAY + timedelta(hours=6))
    give(people, OFFICER)
    give(people, LAN)
    people.file()
    now = load(people)
    assert [now[one]["open"] for one in (OFFICER, LAN, "head@demo.example", None)] == [3, 1, 0, 1]
    assert now[OFFICER]["median_age_h"] == 2
    assert now[LAN]["median_age_h"] == 0
    assert now["head@demo.example"]["median_age_h"] is None
    assert list(now)[-2:] == ["head@demo.example", None]


def test_the_median_of_two_lies_between_them(people: People, clock_at: Clock) -> None:
    give(people, OFFICER)
    clock_at(MONDAY + timedelta(hours=3))
    give(people, OFFICER)
    clock_at(MONDAY + timedelta(hours=4))
    assert load(people)[OFFICER]["median_age_h"] == 2.5


def test_what_is_due_soon_and_what_is_overdue(
    people: People, filed: Filed, clock_at: Clock
) -> None:
    held = people.officer.does(filed.code, "acknowledgement")["inside"]["assignments"][-1]
    assert held["resolve_by"] == "2026-03-16T10:00:00Z", "Monday, at five"
    assert (load(people)[OFFICER]["due_soon"], load(people)[OFFICER]["overdue"]) == (0, 0)
    clock_at(MONDAY + timedelta(days=2))
    assert (load(people)[OFFICER]["due_soon"], load(people)[OFFICER]["overdue"]) == (0, 0)
    clock_at(MONDAY + timedelta(days=3))
    assert (load(people)[OFFICER]["due_soon"], load(people)[OFFICER]["overdue"]) == (0, 0)
    clock_at(MONDAY + timedelta(days=4))
    assert (load(people)[OFFICER]["due_soon"], load(people)[OFFICER]["overdue"]) == (1, 0)
    assert people.officer.get("/queue", state="due_soon").json["items"] != [], "as the queue says"
    clock_at(MONDAY + timedelta(days=8))
    assert (load(people)[OFFICER]["due_soon"], load(people)[OFFICER]["overdue"]) == (0, 1)


def test_who_is_away_is_shown_with_the_deputy(people: People, lan: Account) -> None:
    days = {"first_day": "2026-03-09", "last_day": "2026-03-10", "deputy": LAN}
    people.officer.call("POST", "/absences", json=days)
    shown = load(people)
    assert shown[OFFICER]["absence"]["deputy"]["name"] == "Nguyễn Thị Lan"
    assert shown[LAN]["absence"] is None


def test_an_extension_waits_with_its_reason_and_what_granting_it_means(
    people: People, filed: Filed
) -> None:
    people.officer.does(filed.code, "acknowledgement")
    asked = {"amount": 2, "unit": "working_days", "reason": "Chờ vật tư"}
    people.officer.does(filed.code, "extension", asked)
    (waiting,) = people.head.get("/team/extensions").json["items"]
    assert waiting["report"] == filed.code
    assert (waiting["reason"], waiting["amount"]) == ("Chờ vật tư", 2)
    assert waiting["requested_by"] == waiting["officer"] == "Lê Minh Tuấn"
    assert load(people)[OFFICER]["extensions_waiting"] == 1
    approved = people.head.call(
        "POST", f"/reports/{filed.code}/extension/approval", json={}, etag=waiting["etag"]
    )
    assert approved.status_code == 201, approved.text
    held = approved.json["inside"]["assignments"][-1]
    assert held["resolve_by"] == waiting["would_be_by"] != waiting["resolve_by"]
    assert people.head.get("/team/extensions").json["items"] == []
    assert load(people)[OFFICER]["extensions_waiting"] == 0


def test_what_was_handed_over_is_shown_both_ways(
    people: People, filed: Filed, clock_at: Clock
) -> None:
    out = people.file()
    people.head.does(filed.code, "return", {"reason": "Không phải của chúng tôi"})
    clock_at(MONDAY + timedelta(hours=1))
    people.head.does(out.code, "assignment", {"agency": "dien-luc", "reason": "Đường dây điện"})
    moved = people.head.get("/team/hand-overs").json["items"]
    assert [(one["report"], one["kind"], one["reason"]) for one in moved] == [
        (out.code, "transferred", "Đường dây điện"),
        (filed.code, "handed_back", "Không phải của chúng tôi"),
    ]
    assert (moved[0]["from_agency"]["code"], moved[0]["to_agency"]["code"]) == (LIGHTS, "dien-luc")
    assert len(people.foreign_head.get("/team/hand-overs").json["items"]) == 1
    clock_at(MONDAY + timedelta(days=10))
    assert people.head.get("/team/hand-overs", days=5).json["items"] == []


def test_a_head_sees_the_own_team_and_an_administrator_any(people: People) -> None:
    assert people.officer.get("/team").status_code == 403
    other = people.foreign_head.get("/team", agency=LIGHTS)
    assert (other.status_code, other.json["code"]) == (403, "team_not_yours")
    assert people.head.get("/team", agency=LIGHTS).status_code == 200
    seen = people.admin.get("/team", agency=LIGHTS).json["items"]
    assert OFFICER in [one["email"] for one in seen]
    assert people.admin.get("/team", agency="x").status_code == 404


def test_a_larger_team_with_more_work_asks_no_more(people: People, filed: Filed) -> None:
    paths = (
        *("/team", "/team/extensions", "/team/hand-overs", "/absences", "/filters", "/templates"),
        f"/reports/{filed.code}/templates?action=note",
        f"/reports/{filed.code}/colleagues?q=",
    )
    extension = {"amount": 1, "unit": "working_days", "reason": "x"}

    def work() -> None:
        code = give(people, OFFICER).code
        people.officer.does(code, "acknowledgement")
        people.officer.does(code, "extension", extension)
        people.head.does(people.file().code, "return", {"reason": "x"})

    work()
    for path in paths:
        assert people.head.call("GET", path).status_code == 200
    few = {path: asked(people, path) for path in paths}
    for number in range(4):
        hire(f"o{number}@demo.example", f"Cán bộ {number}")
        give(people, f"o{number}@demo.example")
        work()
        day = {"first_day": "2026-03-09", "last_day": "2026-03-09", "deputy": OFFICER}
        people.head.call("POST", "/absences", json={**day, "account": f"o{number}@demo.example"})
        people.head.call("POST", "/filters", json={"name": f"{number}", "query": ""})
        words = {"titles": {"vi": "x"}, "texts": {"vi": "{category}"}, "category": "den-duong"}
        people.head.call("POST", "/templates", json={"action": "note", **words})
    assert {path: asked(people, path) for path in paths} == few


def asked(people: People, path: str) -> int:
    with statements() as sent:
        assert people.head.call("GET", path).status_code == 200
    return len(sent)
