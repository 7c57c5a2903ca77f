"""The bodies of the jobs, without a worker around them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from flask import Flask
from sqlalchemy import select

from reports_service.core import clock, outbox
from reports_service.core.db import db, unit_of_work
from reports_service.core.health import Tick
from reports_service.core.outbox import Effect
from reports_service.reports.models import DailyHead
from workers import jobs
from workers.task import Stopping

KIND = "of-the-job-tests"


@outbox.handles(KIND)
def goes_on(payload: dict[str, int]) -> None:
    """An effect that writes another, up to five."""
    if payload["number"] < 5:
        with unit_of_work():
            outbox.put(KIND, {"number": payload["number"] + 1})


def put_first() -> None:
    with unit_of_work():
        outbox.put(KIND, {"number": 1})


def test_the_outbox_is_worked_until_nothing_is_due(app: Flask) -> None:
    put_first()
    jobs.work_outbox()
    done = db.session.scalars(select(Effect.done_at).where(Effect.kind == KIND)).all()
    assert len(done) == 5
    assert None not in done


def test_a_periodic_job_leaves_a_tick_each_time(app: Flask) -> None:
    first, second = datetime(2026, 11, 23, tzinfo=UTC), datetime(2026, 11, 24, tzinfo=UTC)
    for moment in (first, second):
        with clock.moved_to(moment):
            jobs.sweep_outbox()
    tick = db.session.get_one(Tick, "sweep_outbox", populate_existing=True)
    assert tick.at == second


def test_the_daily_head_is_kept_once_for_the_local_day_that_ended(app: Flask) -> None:
    just_after_local_midnight = datetime(2026, 11, 23, 17, 5, tzinfo=UTC)
    for minutes in (0, 30):
        with clock.moved_to(just_after_local_midnight + timedelta(minutes=minutes)):
            jobs.keep_daily_head()
    kept = db.session.scalars(select(DailyHead)).all()
    assert [str(head.day) for head in kept] == ["2026-11-23"]


def test_old_effects_are_forgotten_by_a_job(app: Flask) -> None:
    put_first()
    jobs.work_outbox()
    with clock.moved_to(clock.now() + jobs.DONE_EFFECTS_KEPT + timedelta(days=1)):
        jobs.forget_effects()
    assert db.session.scalars(select(Effect).where(Effect.kind == KIND)).all() == []


def test_orphans_are_swept_by_a_job(app: Flask) -> None:
    jobs.sweep_orphans()
    assert db.session.get(Tick, "sweep_orphans") is not None


def test_ladders_are_climbed_by_a_job(app: Flask) -> None:
    jobs.climb_ladders()
    assert db.session.get(Tick, "climb_ladders") is not None


def test_a_horse_stops_when_it_is_asked() -> None:
    stopping = Stopping()
    assert not stopping()
    stopping.ask(10, None)
    assert stopping()
