"""Who has a report open: kept for a minute, shown to who sees inside, nobody without Redis."""

from __future__ import annotations

from datetime import timedelta

from flask import Flask
from redis import Redis

from reports_service.core import queue
from tests.monday import Clock
from tests.personas import MONDAY, Caller, Filed, People


def beat(caller: Caller, filed: Filed) -> list[str]:
    answer = caller.call("PUT", f"/reports/{filed.code}/presence")
    assert answer.status_code == 200, answer.text
    return [one["name"] for one in answer.json["items"]]


def here(caller: Caller, filed: Filed) -> list[str]:
    return [one["name"] for one in caller.get(f"/reports/{filed.code}/presence").json["items"]]


def test_two_people_on_one_report_see_each_other(
    people: People, filed: Filed, redis_here: Redis
) -> None:
    assert beat(people.officer, filed) == []
    assert beat(people.head, filed) == ["Lê Minh Tuấn"]
    assert here(people.officer, filed) == ["Phạm Quốc Dũng"]
    assert here(people.operator, filed) == ["Lê Minh Tuấn", "Phạm Quốc Dũng"]


def test_reports_are_kept_apart(people: People, filed: Filed, redis_here: Redis) -> None:
    other = people.file(description="Đèn khác")
    beat(people.officer, other)
    assert here(people.head, filed) == []


def test_who_says_nothing_for_a_minute_is_gone(
    people: People, filed: Filed, redis_here: Redis, clock_at: Clock
) -> None:
    beat(people.officer, filed)
    clock_at(MONDAY + timedelta(seconds=40))
    assert beat(people.head, filed) == ["Lê Minh Tuấn"]
    clock_at(MONDAY + timedelta(seconds=61))
    assert here(people.operator, filed) == ["Phạm Quốc Dũng"]


def test_since_when_stays_while_it_goes_on_and_begins_anew_after_a_pause(
    people: People, filed: Filed, redis_here: Redis, clock_at: Clock
) -> None:
    def since() -> str:
        (one,) = people.head.get(f"/reports/{filed.code}/presence").json["items"]
        return one["since"]

    beat(people.officer, filed)
    clock_at(MONDAY + timedelta(seconds=50))
    beat(people.officer, filed)
    assert since() == "2026-03-09T02:00:00Z"
    clock_at(MONDAY + timedelta(minutes=5))
    beat(people.officer, filed)
    assert since() == "2026-03-09T02:05:00Z"


def test_who_leaves_is_gone_at_once(people: People, filed: Filed, redis_here: Redis) -> None:
    beat(people.officer, filed)
    left = people.officer.call("DELETE", f"/reports/{filed.code}/presence")
    assert left.status_code == 204
    assert here(people.head, filed) == []


def test_nothing_stays_behind_in_redis(people: People, filed: Filed, redis_here: Redis) -> None:
    beat(people.officer, filed)
    keys = redis_here.keys("reports:open:*")
    assert len(keys) == 1
    assert 0 < redis_here.ttl(keys[0]) <= 60


def test_strangers_see_nobody(people: People, filed: Filed, redis_here: Redis) -> None:
    beat(people.officer, filed)
    for caller in (people.foreign_officer, people.public, people.facilitator):
        assert caller.get(f"/reports/{filed.code}/presence").status_code in (401, 403)


def test_without_redis_nobody_is_shown_and_nothing_fails(people: People, filed: Filed) -> None:
    assert beat(people.officer, filed) == []
    assert beat(people.head, filed) == []


def test_a_redis_that_went_away_costs_one_wait_and_nothing_fails(
    app: Flask, people: People, filed: Filed, redis_here: Redis
) -> None:
    app.config["REDIS_URL"] = "redis://127.0.0.1:1/0"
    queue.init_queue(app)
    assert beat(people.officer, filed) == []
    assert app.extensions["waker"].quiet_until > 0
    assert beat(people.head, filed) == []
    left = people.officer.call("DELETE", f"/reports/{filed.code}/presence")
    assert left.status_code == 204
