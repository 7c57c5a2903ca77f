"""Effects: written with the change, done after it, by one worker at a time, until they are done."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from reports_service.core import backoff, clock, outbox, outbox_upkeep
from reports_service.core.db import db, unit_of_work
from reports_service.core.health import Tick, ticked
from reports_service.core.outbox import Effect, LeaseLost
from reports_service.domain.errors import Unavailable
from tests.statements import plan

NOON = datetime(2026, 11, 23, 5, tzinfo=UTC)
MoveClock = Callable[[datetime], None]
_numbers = count(1)


class Worker:
    """Performs effects of a kind of its own; fails or calls ``meanwhile`` when told to."""

    def __init__(self) -> None:
        self.kind = f"kind{next(_numbers)}"
        self.done: list[Any] = []
        self.fails_on: set[str] = set()
        self.part_is_away = False
        self.meanwhile: Callable[[], None] = lambda: None
        outbox.handles(self.kind)(self.perform)

    def perform(self, payload: Mapping[str, Any]) -> None:
        self.meanwhile()
        if self.part_is_away:
            raise Unavailable(part="storage")
        if payload["name"] in self.fails_on:
            raise RuntimeError("the receiver is away")
        self.done.append(payload["name"])

    def put(self, *names: str) -> None:
        with unit_of_work():
            for name in names:
                outbox.put(self.kind, {"name": name})

    def rows(self) -> list[Effect]:
        found = select(Effect).where(Effect.kind == self.kind).order_by(Effect.id)
        return list(db.session.scalars(found.execution_options(populate_existing=True)))


@pytest.fixture
def worker() -> Worker:
    return Worker()


@pytest.fixture
def at_noon(moved_clock: MoveClock) -> MoveClock:
    moved_clock(NOON)
    return moved_clock


def test_an_effect_is_performed_once_and_then_done(worker: Worker) -> None:
    worker.put("a")
    assert outbox.work() == 1
    assert outbox.work() == 0
    assert worker.done == ["a"]
    assert worker.rows()[0].done_at is not None


def test_an_effect_of_a_change_that_failed_was_never_written(worker: Worker) -> None:
    with pytest.raises(RuntimeError), unit_of_work():
        outbox.put(worker.kind, {"name": "a"})
        raise RuntimeError("the change fails")
    assert outbox.work() == 0


def test_no_transaction_is_open_while_an_effect_is_performed(worker: Worker) -> None:
    open_then: list[bool] = []
    worker.meanwhile = lambda: open_then.append(db.session().in_transaction())
    worker.put("a")
    outbox.work()
    assert open_then == [False]


def test_an_effect_that_fails_stops_no_other(worker: Worker) -> None:
    worker.fails_on = {"a"}
    worker.put("a", "b")
    outbox.work()
    assert worker.done == ["b"]


def test_a_failed_effect_waits_longer_each_time(worker: Worker, at_noon: MoveClock) -> None:
    worker.fails_on = {"a"}
    worker.put("a")
    outbox.work()
    assert worker.rows()[0].last_error == "RuntimeError: the receiver is away"
    again_at = worker.rows()[0].due_at
    assert NOON + timedelta(seconds=3) < again_at < NOON + timedelta(seconds=7)
    assert outbox.work() == 0
    at_noon(again_at)
    outbox.work()
    assert worker.rows()[0].due_at - again_at > timedelta(seconds=7)


def test_the_wait_doubles_up_to_a_bound() -> None:
    assert timedelta(seconds=15) <= backoff.after(3) <= timedelta(seconds=25)
    assert backoff.after(10_000) <= backoff.LONGEST * 1.25


def test_a_failed_effect_is_done_once_its_receiver_is_back(
    worker: Worker, at_noon: MoveClock
) -> None:
    worker.fails_on = {"a"}
    worker.put("a")
    outbox.work()
    worker.fails_on = set()
    at_noon(NOON + timedelta(hours=1))
    outbox.work()
    row = worker.rows()[0]
    assert (row.attempts, row.last_error) == (2, None)
    assert row.done_at is not None


def test_waits_differ_so_that_what_failed_together_does_not_come_back_together() -> None:
    assert len({backoff.after(5) for _ in range(20)}) > 10


def test_while_a_part_is_away_effects_wait_shortly_and_none_is_given_up(
    worker: Worker, at_noon: MoveClock
) -> None:
    worker.part_is_away = True
    worker.put("a")
    now = NOON
    for _ in range(outbox.ATTEMPTS_MAX + 5):
        outbox.work()
        row = worker.rows()[0]
        assert timedelta(0) < row.due_at - now < timedelta(seconds=30)
        now = row.due_at
        at_noon(now)
    assert (row.dead_at, row.attempts) == (None, 0)
    worker.part_is_away = False
    outbox.work()
    assert worker.done == ["a"]


def test_what_was_written_by_a_clock_that_was_put_back_is_due_now(
    worker: Worker, at_noon: MoveClock
) -> None:
    at_noon(NOON + timedelta(hours=1))
    worker.put("a")
    at_noon(NOON)
    assert outbox.work() == 0
    assert outbox_upkeep.take_back_future() == 1
    outbox.work()
    assert worker.done == ["a"]


def test_what_was_put_off_by_a_clock_that_was_put_back_is_due_now(
    worker: Worker, at_noon: MoveClock
) -> None:
    worker.fails_on = {"a"}
    worker.put("a")
    at_noon(NOON + timedelta(hours=1))
    outbox.work()
    worker.fails_on = set()
    at_noon(NOON)
    assert outbox_upkeep.take_back_future() == 1
    outbox.work()
    assert worker.done == ["a"]


def test_what_waited_for_a_part_by_a_clock_that_was_put_back_is_due_now(
    worker: Worker, at_noon: MoveClock
) -> None:
    worker.put("a")
    at_noon(NOON + timedelta(hours=1))
    worker.part_is_away = True
    outbox.work()
    worker.part_is_away = False
    at_noon(NOON)
    assert outbox_upkeep.take_back_future() == 1
    outbox.work()
    assert worker.done == ["a"]


def test_what_waits_for_its_time_by_a_right_clock_waits_on(
    worker: Worker, at_noon: MoveClock
) -> None:
    with unit_of_work():
        outbox.put(worker.kind, {"name": "dated"}, due_at=NOON + timedelta(days=3))
    worker.fails_on = {"a"}
    worker.put("a")
    for number in range(12):
        worker.part_is_away = number % 2 == 0
        outbox.work()
        row = worker.rows()[1]
        assert outbox_upkeep.take_back_future() == 0
        at_noon(row.due_at)


def test_a_lease_by_a_clock_that_was_put_back_holds_nobody_up(
    worker: Worker, at_noon: MoveClock
) -> None:
    worker.put("a")
    at_noon(NOON + timedelta(hours=1))
    outbox.lease()  # and dies
    at_noon(NOON)
    outbox.work()
    assert worker.done == ["a"]


def test_an_effect_is_given_up_after_the_last_attempt(worker: Worker, at_noon: MoveClock) -> None:
    worker.fails_on = {"a"}
    worker.put("a")
    for day in range(outbox.ATTEMPTS_MAX + 5):
        at_noon(NOON + timedelta(days=day))
        outbox.work()
    row = worker.rows()[0]
    assert row.attempts == outbox.ATTEMPTS_MAX
    assert row.dead_at is not None
    assert row.last_error == "RuntimeError: the receiver is away"


def test_what_is_leased_is_not_leased_again(worker: Worker, at_noon: MoveClock) -> None:
    worker.put("a")
    assert len(outbox.lease()) == 1
    at_noon(NOON + outbox.LEASE - timedelta(seconds=1))
    assert outbox.lease() == []
    assert not outbox.anything_due()


def test_when_a_worker_dies_another_performs_its_effect(worker: Worker, at_noon: MoveClock) -> None:
    worker.put("a")
    outbox.lease()  # and dies
    at_noon(NOON + outbox.LEASE + timedelta(seconds=1))
    assert outbox.anything_due()
    outbox.work()
    assert worker.done == ["a"]


def test_an_orphan_does_not_begin_what_another_has_taken(
    worker: Worker, at_noon: MoveClock
) -> None:
    worker.put("a")
    (orphan,) = outbox.lease()
    at_noon(NOON + outbox.LEASE + timedelta(seconds=1))
    (successor,) = outbox.lease()
    assert not outbox.perform(orphan)
    assert worker.done == []
    assert outbox.perform(successor)


def test_an_orphan_that_wakes_up_late_writes_nothing(worker: Worker, at_noon: MoveClock) -> None:
    refused: list[str] = []

    def falls_asleep_then_writes() -> None:
        worker.meanwhile = lambda: None
        at_noon(NOON + outbox.LEASE + timedelta(seconds=1))
        outbox.work()
        try:
            with unit_of_work():
                ticked("orphan")
                outbox.renew()
        except LeaseLost as lost:
            refused.append(str(lost))
            raise

    worker.meanwhile = falls_asleep_then_writes
    worker.put("a")
    outbox.work()
    assert worker.done == ["a"]  # by its successor
    assert len(refused) == 1
    assert db.session.get(Tick, "orphan") is None
    row = worker.rows()[0]
    assert (row.fence, row.last_error) == (2, None)
    assert row.done_at is not None


def test_long_work_keeps_its_lease_by_renewing(worker: Worker, at_noon: MoveClock) -> None:
    def works_long() -> None:
        at_noon(NOON + outbox.LEASE - timedelta(seconds=1))
        outbox.renew()
        at_noon(NOON + 2 * outbox.LEASE - timedelta(seconds=2))
        assert outbox.lease() == []

    worker.meanwhile = works_long
    worker.put("a")
    outbox.work()
    assert worker.done == ["a"]


def test_an_effect_that_kills_each_worker_is_given_up(worker: Worker, at_noon: MoveClock) -> None:
    def dies() -> None:
        raise SystemExit

    worker.meanwhile = dies
    worker.put("a")
    for hour in range(outbox.ATTEMPTS_MAX):
        at_noon(NOON + timedelta(hours=hour))
        with pytest.raises(SystemExit):
            outbox.work()
        db.session.rollback()
    at_noon(NOON + timedelta(hours=outbox.ATTEMPTS_MAX))
    assert outbox.work() == 0
    assert worker.rows()[0].dead_at is not None


def test_a_worker_that_dies_costs_its_other_effects_no_attempt(
    worker: Worker, at_noon: MoveClock
) -> None:
    worker.put("a", "b")
    outbox.perform(outbox.lease()[0])
    assert [row.attempts for row in worker.rows()] == [1, 0]


def test_a_worker_that_stops_gives_back_what_it_has_not_begun(worker: Worker) -> None:
    worker.put("a", "b", "c")
    outbox.work(stopping=lambda: worker.done == ["a"])
    assert worker.done == ["a"]
    assert outbox.work() == 2
    assert worker.done == ["a", "b", "c"]


def test_an_effect_with_a_later_date_waits_for_it(worker: Worker, at_noon: MoveClock) -> None:
    with unit_of_work():
        outbox.put(worker.kind, {"name": "a"}, due_at=NOON + timedelta(hours=1))
    assert outbox.work() == 0
    at_noon(NOON + timedelta(hours=1))
    assert outbox.work() == 1


def test_effects_that_nobody_here_can_perform_are_left_to_others(worker: Worker) -> None:
    with unit_of_work():
        outbox.put("unknown-to-this-process", {})
    assert outbox.work() == 0


def test_a_simulated_past_has_its_effects_behind_it(worker: Worker) -> None:
    with outbox.counting_as_done():
        worker.put("a")
    assert outbox.work() == 0
    assert worker.rows()[0].done_at is not None


def test_effects_done_long_ago_are_forgotten_and_others_stay(
    worker: Worker, at_noon: MoveClock
) -> None:
    worker.put("old")
    outbox.work()
    at_noon(NOON + timedelta(days=31))
    worker.put("new")
    outbox.work()
    assert outbox_upkeep.forget(timedelta(days=30)) == 1
    assert [row.payload["name"] for row in worker.rows()] == ["new"]


def test_two_workers_at_once_never_take_the_same_effect(
    live_database: Flask, worker: Worker
) -> None:
    worker.put(*(f"{number}" for number in range(40)))
    together = threading.Barrier(4)

    def run() -> None:
        with live_database.app_context():
            together.wait(10)
            while outbox.work(limit=5):
                pass

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(worker.done, key=int) == [f"{number}" for number in range(40)]
    assert {row.fence for row in worker.rows()} == {1}


def test_leasing_reads_only_what_waits(worker: Worker) -> None:
    worker.put("a")
    said = plan(outbox.due_effects(clock.now(), 20))
    assert "ix_outbox_waiting" in said
    assert "TEMP B-TREE" not in said
    assert "Sort" not in said
