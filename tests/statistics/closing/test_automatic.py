"""Months close by themselves on a set day, once, whoever runs the job and how often."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Engine, event, select

from reports_service.core import clock
from reports_service.core import db as core_db
from reports_service.core.auth import SYSTEM
from reports_service.core.db import db
from reports_service.core.outbox import Effect
from reports_service.statistics.closing import automatic, service
from reports_service.statistics.closing.models import ClosedPeriod, PeriodCheck
from reports_service.statistics.closing.months import Month
from reports_service.statistics.closing.service import NothingToCorrect
from tests.personas import at_once
from tests.statistics import rows
from tests.statistics.closing import october
from tests.statistics.closing.october import NOW, ZONE
from tests.statistics.rows import Filed, Province
from tests.statistics.typical import DAY, SETTLED
from workers import jobs

Clock = Callable[[datetime], None]


def closed_months() -> list[str]:
    return list(db.session.scalars(select(ClosedPeriod.month).order_by(ClosedPeriod.month)))


def told() -> list[str]:
    kinds = select(Effect).where(Effect.kind == service.MONTH_CLOSED)
    return [effect.payload["month"] for effect in db.session.scalars(kinds)]


@pytest.mark.parametrize(
    ("local", "on_day", "newest"),
    [
        ("2026-11-09T23:59", 10, "2026-09"),
        ("2026-11-10T00:00", 10, "2026-10"),
        ("2026-11-30T00:00", 31, "2026-10"),
        ("2026-11-29T23:00", 31, "2026-09"),
        ("2027-01-10T12:00", 10, "2026-12"),
        ("2026-11-10T00:00", 0, None),
    ],
)
def test_a_month_is_due_on_the_set_local_day_of_the_next(
    local: str, on_day: int, newest: str | None
) -> None:
    now = datetime.fromisoformat(local).replace(tzinfo=ZONE).astimezone(UTC)
    found = automatic.newest_due(now, on_day, ZONE)
    assert (found and str(found)) == newest


def test_a_month_closes_by_itself_and_only_once(
    app: Flask, work: list[Filed], moved_clock: Clock
) -> None:
    moved_clock(datetime(2026, 11, 9, 16, 59, tzinfo=UTC))
    jobs.close_months()
    assert closed_months() == []
    moved_clock(datetime(2026, 11, 9, 17, 1, tzinfo=UTC))
    for _ in range(2):
        jobs.close_months()
    assert closed_months() == ["2026-10"]
    period = db.session.scalars(select(ClosedPeriod)).one()
    assert period.frozen_by == "system"


def test_months_that_were_missed_are_caught_up_and_leaders_hear_of_the_newest(
    app: Flask, province: Province, work: list[Filed]
) -> None:
    rows.write(province, [october.resolved(at=october.IN_OCTOBER - 90 * DAY)])
    jobs.close_months()
    assert closed_months() == ["2026-07", "2026-10"]  # nothing was reported in between
    assert told() == ["2026-10"]


def test_a_deployment_may_leave_closing_to_its_administrators(
    app: Flask, work: list[Filed], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "CLOSE_MONTH_ON_DAY", 0)
    jobs.close_months()
    assert closed_months() == []


def test_two_workers_close_a_month_once(live_database: Flask) -> None:
    october.some_work(rows.settle(SETTLED))
    db.session.commit()

    def close() -> list[str]:
        return automatic.close_due_months(10, ZONE)

    answers = at_once(live_database, NOW, close, close)
    assert sorted(map(len, answers)) == [0, 1]
    db.session.rollback()
    assert closed_months() == ["2026-10"]
    assert told() == ["2026-10"]


def test_the_nightly_look_finds_what_nobody_corrected(
    app: Flask, province: Province, work: list[Filed]
) -> None:
    jobs.close_months()
    jobs.check_closed_months()
    check = db.session.get_one(PeriodCheck, "2026-10")
    assert check.differing == 0
    row = october.assignment_of(work[0])
    row.rating, row.rated_at = 2, NOW
    db.session.commit()
    rows.write(province, [])
    jobs.check_closed_months()
    assert db.session.get_one(PeriodCheck, "2026-10", populate_existing=True).differing > 0


def test_months_are_walked_over_the_turn_of_the_year() -> None:
    months = list(Month(2025, 11).until(Month(2026, 2)))
    assert [str(one) for one in months] == ["2025-11", "2025-12", "2026-01", "2026-02"]
    assert Month(2026, 1).before(13) == Month(2024, 12)
    assert Month(2024, 2).last.day == 29
    period = Month(2026, 10).period(ZONE)
    assert period.ends - period.begins == timedelta(days=31)


def test_while_a_month_is_read_anybody_may_write(live_database: Flask) -> None:
    province = rows.settle(SETTLED)
    work = october.some_work(province)
    in_turn: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if core_db._writing.get():
            in_turn.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        with clock.moved_to(NOW):
            service.close(SYSTEM, october.OCTOBER, ZONE)
            row = october.assignment_of(work[0])
            row.rating, row.rated_at = 2, NOW
            db.session.commit()
            rows.write(province, [])
            in_turn.clear()
            automatic.check_closed_months(ZONE)
            service.correct(SYSTEM, october.OCTOBER, "Chấm điểm muộn", ZONE)
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    assert any("INSERT INTO period_checks" in one for one in in_turn)
    assert any("INSERT INTO period_corrections" in one for one in in_turn)
    assert not any("FROM assignments" in one or "FROM figure" in one for one in in_turn)


def test_two_administrators_state_one_correction_once(live_database: Flask) -> None:
    province = rows.settle(SETTLED)
    work = october.some_work(province)
    with clock.moved_to(NOW):
        automatic.close_due_months(10, ZONE)
    row = october.assignment_of(work[0])
    row.rating, row.rated_at = 2, NOW
    db.session.commit()
    rows.write(province, [])

    def correct() -> str:
        try:
            return service.correct(SYSTEM, october.OCTOBER, "Chấm điểm muộn", ZONE).reason
        except NothingToCorrect as refusal:
            return refusal.code

    answers = at_once(live_database, NOW, correct, correct)
    assert sorted(answers) == ["Chấm điểm muộn", "period_stands"]
    db.session.rollback()
    assert [one.number for one in service.closed(october.OCTOBER).corrections] == [1]
