"""Guessing is slow, and keeps nobody out but who guesses."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from reports_service.accounts import guessing, keeping
from reports_service.accounts.guessing import TriedTooOften, Visit
from reports_service.accounts.models import Guesses
from reports_service.core import clock
from reports_service.core.db import db, unit_of_work
from reports_service.domain import lockout
from tests.accounts.doors import ELSEWHERE, HOME, OFFICE, OFFICER, come_in, knock
from tests.personas import MONDAY, People, at_once

Clock = Callable[[datetime], None]


def guess(email: str, at: str, times: int) -> None:
    """Fail that often; passwords are not even looked at for it."""
    for _ in range(times):
        guessing.begin(email, Visit(address=at))


def test_after_a_few_failures_the_right_password_has_to_wait_too(
    people: People, clock_at: Clock
) -> None:
    guess(OFFICER, ELSEWHERE, lockout.STRANGER.free)
    assert knock(people, password="sai-mat-khau", at=ELSEWHERE).status_code == 401
    answer = knock(people, at=ELSEWHERE)
    assert (answer.status_code, answer.json["code"]) == (429, "tried_too_often")
    assert answer.headers["Retry-After"] == "5"
    assert "5 giây" in answer.json["detail"]
    clock_at(MONDAY + timedelta(seconds=5))
    assert knock(people, at=ELSEWHERE).status_code == 201


def test_waits_grow_and_a_success_forgets_them(people: People, clock_at: Clock) -> None:
    guess(OFFICER, ELSEWHERE, lockout.STRANGER.free + 1)
    clock_at(MONDAY + timedelta(seconds=5))
    guess(OFFICER, ELSEWHERE, 1)
    with pytest.raises(TriedTooOften) as refused:
        guess(OFFICER, ELSEWHERE, 1)
    assert refused.value.values["seconds"] == 10
    clock_at(MONDAY + timedelta(seconds=15))
    come_in(people, at=ELSEWHERE)
    guess(OFFICER, ELSEWHERE, lockout.STRANGER.free)


def test_a_stranger_who_guesses_does_not_keep_the_owner_out(people: People) -> None:
    _, said = come_in(people, at=HOME)
    for number in range(lockout.ALL_STRANGERS.free + 1):
        guess(OFFICER, f"192.0.2.{number}", 1)
    assert knock(people, at=OFFICE).status_code == 429, "no stranger comes in now, from anywhere"
    assert knock(people, at=HOME).status_code == 201, "the address is known"
    elsewhere = knock(people, at=OFFICE, device=said["device"])
    assert elsewhere.status_code == 201, "the device is known"


def test_failures_on_a_device_count_for_that_device_alone(people: People) -> None:
    _, phone = come_in(people, at=OFFICE)
    _, desk = come_in(people, at=OFFICE)
    for _ in range(lockout.KNOWN.free + 1):
        guessing.begin(OFFICER, Visit(device=phone["device"], address=OFFICE))
    assert knock(people, at=OFFICE, device=phone["device"]).status_code == 429
    assert knock(people, at=OFFICE, device=desk["device"]).status_code == 201


def test_a_device_that_was_invented_is_a_stranger(people: People) -> None:
    for number in range(lockout.STRANGER.free + 1):
        guessing.begin(OFFICER, Visit(device=f"invented-{number}", address=ELSEWHERE))
    assert knock(people, at=ELSEWHERE, device="invented-anew").status_code == 429


def test_a_device_of_one_account_is_a_stranger_to_another(people: People) -> None:
    _, own = come_in(people, "head@demo.example", at=ELSEWHERE)
    guess(OFFICER, ELSEWHERE, lockout.STRANGER.free + 1)
    assert knock(people, at=ELSEWHERE, device=own["device"]).status_code == 429
    assert knock(people, "head@demo.example", at=ELSEWHERE).status_code == 201


def test_an_address_that_tries_many_accounts_waits_and_its_owners_devices_do_not(
    people: People,
) -> None:
    _, said = come_in(people, at=OFFICE)
    for number in range(lockout.ADDRESS.free + 1):
        guess(f"nobody-{number}@demo.example", OFFICE, 1)
    assert knock(people, "head@demo.example", at=OFFICE).status_code == 429
    assert knock(people, "head@demo.example", at=HOME).status_code == 201
    assert knock(people, at=OFFICE, device=said["device"]).status_code == 201


def test_who_signs_in_to_their_own_account_does_not_clear_an_address_for_guessing(
    people: People,
) -> None:
    guess("nobody@demo.example", OFFICE, 3)
    come_in(people, at=OFFICE)
    left = db.session.get(Guesses, guessing.of("address", OFFICE), populate_existing=True)
    assert left is not None
    assert left.failures == 3


def test_what_is_unknown_is_answered_and_slowed_as_what_is_known(people: People) -> None:
    answers = {}
    for email in (OFFICER, "khong-co@demo.example"):
        wrong = knock(people, email, "sai-mat-khau", at=ELSEWHERE)
        guess(email, ELSEWHERE, lockout.STRANGER.free)
        waits = knock(people, email, "sai-mat-khau", at=ELSEWHERE)
        answers[email] = [
            (one.status_code, one.json["code"], one.json["detail"]) for one in (wrong, waits)
        ]
    known, unknown = answers.values()
    assert known == unknown
    assert [status for status, _, _ in known] == [401, 429]


def test_a_hundred_guesses_at_once_count_as_a_hundred(live_province: Flask, people: People) -> None:
    def one() -> bool:
        try:
            guessing.begin(OFFICER, Visit(address=ELSEWHERE))
        except TriedTooOften:
            return False
        return True

    looked_at = at_once(live_province, MONDAY, *[one] * 20)
    assert looked_at.count(True) == lockout.STRANGER.free + 1


def test_no_row_says_whose_account_or_address_it_is(people: People) -> None:
    guess(OFFICER, ELSEWHERE, 1)
    rows = db.session.execute(select(Guesses.__table__)).all()
    assert rows
    assert not any(part in repr(rows) for part in (OFFICER, ELSEWHERE))


def test_after_a_day_failures_are_forgotten_and_swept(people: People, clock_at: Clock) -> None:
    guess(OFFICER, ELSEWHERE, lockout.STRANGER.free)
    clock_at(MONDAY + lockout.FORGOTTEN_AFTER + timedelta(seconds=1))
    guess(OFFICER, ELSEWHERE, lockout.STRANGER.free)
    guess(OFFICER, ELSEWHERE, 1)
    clock_at(clock.now() + lockout.FORGOTTEN_AFTER + timedelta(seconds=1))
    keeping.forget_old()
    assert db.session.scalars(select(Guesses)).all() == []


def test_a_device_that_was_not_seen_for_a_year_is_a_stranger_again(
    people: People, clock_at: Clock
) -> None:
    _, said = come_in(people, at=HOME)
    clock_at(MONDAY + guessing.PLACES_KEPT + timedelta(days=1))
    with unit_of_work():
        db.session.execute(Guesses.__table__.delete())
    guess(OFFICER, ELSEWHERE, lockout.STRANGER.free + 1)
    assert knock(people, at=ELSEWHERE, device=said["device"]).status_code == 429
