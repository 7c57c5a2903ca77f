"""Who was not let in stands in the log: what failed, once a wait, and never what was typed."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from flask import Flask

from reports_service.accounts import guessing, turned_away
from reports_service.accounts.guessing import Visit
from reports_service.accounts.identities import OidcNoAccount, OidcRefused
from reports_service.core import audit
from reports_service.domain import lockout
from tests.accounts.doors import ELSEWHERE, HOME, OFFICE, OFFICER, come_in, enrol, knock
from tests.logbook.test_http import acts, log
from tests.personas import MONDAY, People
from tests.web.staff import Desk

Clock = Callable[[datetime], None]
ISSUER = "https://id.example"


def of_officer(people: People, act: str) -> list[dict[str, Any]]:
    return log(people, object_kind="account", object_key=OFFICER, act=act)


def test_a_wrong_code_is_written_down_without_the_code(people: People, clock_at: Clock) -> None:
    enrol(people.officer)
    clock_at(MONDAY + timedelta(minutes=5))
    assert knock(people, code="135790").status_code == 401
    (entry,) = of_officer(people, "second_factor_failed")
    assert (entry["actor"], entry["address"]) == ("", HOME)
    assert "135790" not in json.dumps(log(people))
    assert knock(people).json["code"] == "second_factor_needed"
    assert len(of_officer(people, "second_factor_failed")) == 1, "none was shown: nothing is wrong"


def test_a_wait_is_written_down_when_it_first_refuses_somebody_and_only_then(
    people: People, clock_at: Clock
) -> None:
    for _ in range(lockout.STRANGER.free + 1):
        knock(people, password="mat-khau-doan", at=ELSEWHERE)
    assert of_officer(people, "sign_in_waits") == [], "nobody had to wait yet"
    for _ in range(4):
        assert knock(people, password="mat-khau-doan", at=ELSEWHERE).status_code == 429
    (entry,) = of_officer(people, "sign_in_waits")
    assert entry["detail"] == {"seconds": 5}
    assert entry["address"] == ELSEWHERE
    clock_at(MONDAY + timedelta(seconds=5))
    assert knock(people, password="mat-khau-doan", at=ELSEWHERE).status_code == 401
    for _ in range(4):
        assert knock(people, at=ELSEWHERE).status_code == 429
    assert [one["detail"]["seconds"] for one in of_officer(people, "sign_in_waits")] == [10, 5]
    assert "mat-khau-doan" not in json.dumps(log(people))


def test_a_wait_that_everybody_shares_is_written_down_once_for_all(people: People) -> None:
    for number in range(lockout.ALL_STRANGERS.free + 1):
        guessing.begin(OFFICER, Visit(address=f"192.0.2.{number}"))
    for number in range(5):
        assert knock(people, at=f"198.51.100.{number}").status_code == 429
    assert len(of_officer(people, "sign_in_waits")) == 1


def test_of_an_address_that_is_nobodys_a_wait_names_nothing(people: People) -> None:
    for number in range(lockout.ADDRESS.free + 1):
        guessing.begin(f"{number}-0912345678@x.vn", Visit(address=OFFICE))
    for number in range(3):
        assert knock(people, f"0912345678-{number}@x.vn", at=OFFICE).status_code == 429
    (entry,) = log(people, act="sign_in_waits")
    assert entry["object_key"] == "–"
    assert "0912345678" not in json.dumps(log(people))


def test_what_a_flood_adds_to_the_log_ends(people: People) -> None:
    before = audit.head().number
    for number in range(3 * lockout.AFTER_PROVIDER.free):
        refusal = OidcRefused(name="Cổng") if number % 2 else OidcNoAccount()
        turned_away.after_provider(refusal, ISSUER, Visit(address=ELSEWHERE))
    for _ in range(60):
        knock(people, password="sai", at=ELSEWHERE)
    added = audit.head().number - before
    # Of the provider's each that is free and the one that began the wait; of passwords the same,
    # and the first of those that had to wait.
    assert added == lockout.AFTER_PROVIDER.free + 1 + lockout.STRANGER.free + 1 + 1


def test_who_waits_is_told_as_before_and_comes_in_when_it_is_over(
    people: People, clock_at: Clock
) -> None:
    for _ in range(lockout.STRANGER.free + 1):
        knock(people, password="sai", at=ELSEWHERE)
    for _ in range(2):
        assert knock(people, at=ELSEWHERE).headers["Retry-After"] == "5"
    clock_at(MONDAY + timedelta(seconds=5))
    come_in(people, at=ELSEWHERE)
    assert acts(people, object_key=OFFICER)[0] == "signed_in"


def test_the_page_and_the_table_say_these_acts_in_words(app: Flask, people: People) -> None:
    turned_away.after_provider(OidcRefused(name="Cổng"), ISSUER, Visit(address=ELSEWHERE))
    turned_away.after_provider(OidcNoAccount(), ISSUER, Visit(address=ELSEWHERE))
    for _ in range(lockout.STRANGER.free + 2):
        knock(people, password="sai", at=ELSEWHERE)
    desk = Desk(app, people.admin)
    for language, said in {
        "en": ("Had to wait", "Refused after the sign-in provider", "To wait, seconds"),
        "vi": ("Phải chờ vì sai", "Không nhận lời xác nhận", "Phải chờ, giây"),
    }.items():
        shown = desk.see("/admin/audit", lang=language).text
        table = desk.see("/admin/audit.csv", lang=language).get_data(as_text=True)
        assert all(words in shown for words in said)
        assert all(words in table for words in said[:2])
        for code in ("sign_in_waits", "oidc_refused", "oidc_no_account"):
            assert f",{code}," not in table
