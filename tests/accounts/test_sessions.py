"""Sessions: recognised by their owners, noted as used, ended one by one or all at once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from argon2 import PasswordHasher
from flask import Flask
from sqlalchemy import select, update

from reports_service.accounts import keeping, sessions
from reports_service.accounts.browsers import browser_of, system_of
from reports_service.accounts.models import Account, Session
from reports_service.accounts.service import by_email
from reports_service.core.db import db, unit_of_work
from tests.accounts.doors import ADMIN, HOME, OFFICE, OFFICER, PHONE, come_in, knock
from tests.personas import MONDAY, People

Clock = Callable[[datetime], None]
EDGE = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/131.0.0.0 Safari/537.36 Edg/131.0.0.0"
COC_COC = "Mozilla/5.0 (Windows NT 10.0) coc_coc_browser/120.0.0 Chrome/114.0.0.0 Safari/537.36"
SAFARI = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) Version/18.1 Mobile Safari/604.1"


@pytest.mark.parametrize(
    ("said", "browser", "system"),
    [
        (PHONE, "Chrome", "Android"),
        (EDGE, "Edge", "Windows"),
        (COC_COC, "Cốc Cốc", "Windows"),
        (SAFARI, "Safari", "iPhone"),
        ("curl/8.5.0", "curl", ""),
        ("", "", ""),
        ("<script>alert(1)</script>", "", ""),
    ],
)
def test_a_browser_is_named_as_its_owner_knows_it(said: str, browser: str, system: str) -> None:
    assert (browser_of(said), system_of(said)) == (browser, system)


def test_ones_own_sessions_are_listed_with_what_one_recognises_them_by(people: People) -> None:
    phone, _ = come_in(people, "head@demo.example", at=HOME)
    desk, _ = come_in(people, "head@demo.example", at=OFFICE, agent=EDGE)
    listed = desk.get("/account/sessions").json["items"]
    mine = [one for one in listed if one["browser"]]
    seen = {(one["browser"], one["system"], one["address_prefix"], one["current"]) for one in mine}
    assert seen == {
        ("Chrome", "Android", "203.0.113.0/24", False),
        ("Edge", "Windows", "198.51.100.0/24", True),
    }
    assert not any(HOME in str(one) or "token" in str(one) for one in listed)
    assert phone.get("/account/sessions").status_code == 200


def test_one_session_is_ended_and_another_ones_owners_are_not_reached(people: People) -> None:
    phone, _ = come_in(people)
    desk, _ = come_in(people)
    listed = phone.get("/account/sessions").json["items"]
    own = next(one["id"] for one in listed if one["current"])
    foreign = people.head.call("DELETE", f"/account/sessions/{own}")
    assert (foreign.status_code, foreign.json["code"]) == (404, "session_unknown")
    assert desk.call("DELETE", f"/account/sessions/{own}").status_code == 204
    assert phone.get("/inbox").status_code == 401
    assert desk.get("/inbox").status_code == 200


def test_all_others_are_ended_at_once(people: People) -> None:
    phone, _ = come_in(people)
    desk, _ = come_in(people)
    assert desk.call("DELETE", "/account/sessions").json["ended"] == 2  # the fixture's, too
    assert phone.get("/inbox").status_code == 401
    assert desk.get("/inbox").status_code == 200


def test_an_administrator_lists_and_ends_the_sessions_of_others(people: People) -> None:
    phone, _ = come_in(people)
    path = f"/admin/accounts/{OFFICER}/sessions"
    listed = people.admin.get(path).json["items"]
    assert [one["browser"] for one in listed if one["browser"]] == ["Chrome"]
    assert not any(one["current"] for one in listed)
    chosen = next(one["id"] for one in listed if one["browser"])
    assert people.admin.call("DELETE", f"{path}/{chosen}").status_code == 204
    assert phone.get("/inbox").status_code == 401
    assert people.admin.call("DELETE", path).json == {"ended": 1}
    assert people.officer.get("/inbox").status_code == 401
    acts = people.admin.get("/admin/audit", object_kind="account", object_key=OFFICER).json
    assert [one["act"] for one in acts["items"]][:3] == [
        "sessions_ended", "session_ended", "signed_in",
    ]  # fmt: skip


def test_use_is_noted_each_quarter_of_an_hour_and_not_at_each_request(
    people: People, clock_at: Clock
) -> None:
    phone, _ = come_in(people)

    def used() -> str | None:
        listed = phone.get("/account/sessions").json["items"]
        return next(one["last_used_at"] for one in listed if one["current"])

    assert used() is None
    clock_at(MONDAY + timedelta(minutes=14))
    assert used() is None
    clock_at(MONDAY + timedelta(minutes=16))
    phone.get("/inbox")
    assert used() == "2026-03-09T02:16:00Z"


def test_a_session_that_nobody_uses_ends_before_its_time(
    people: People, moved_clock: Clock, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "SESSION_IDLE_HOURS", 3)
    moved_clock(MONDAY)
    phone, _ = come_in(people)
    for hours in (2.9, 5.8, 8.7):
        moved_clock(MONDAY + timedelta(hours=hours))
        assert phone.get("/inbox").status_code == 200
    moved_clock(MONDAY + timedelta(hours=11.8))
    assert phone.get("/inbox").status_code == 401


def test_sessions_that_ended_are_forgotten_after_three_months(
    people: People, clock_at: Clock
) -> None:
    come_in(people)
    clock_at(MONDAY + sessions.ENDED_KEPT + timedelta(days=2))
    keeping.forget_old()
    kept = db.session.scalars(select(Session).where(Session.browser != "")).all()
    assert kept == []
    assert people.officer.get("/inbox").status_code == 200, "one that holds stays"


def test_a_password_is_hashed_anew_when_the_parameters_are_others(people: People) -> None:
    old = PasswordHasher(time_cost=1, memory_cost=8192, parallelism=1).hash("demo-1022")
    with unit_of_work():
        db.session.execute(update(Account).values(password_hash=old).where(Account.email == ADMIN))
    assert knock(people, ADMIN).status_code == 201
    db.session.expire_all()
    renewed = by_email(ADMIN).password_hash
    assert renewed != old
    assert renewed.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert knock(people, ADMIN).status_code == 201
    db.session.expire_all()
    assert by_email(ADMIN).password_hash == renewed, "not each time"
