"""Figures from cells equal figures counted straight from the rows, whatever is asked."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, assume, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from reports_service.core import clock, together
from reports_service.core.db import db, unit_of_work
from reports_service.core.outbox import Effect
from reports_service.core.reference import Snapshot
from reports_service.reports.chain import FIGURES
from reports_service.reports.models import Assignment, Report
from reports_service.statistics import backlog, promises, queries, reading
from reports_service.statistics.cells import book, recount, turns
from reports_service.statistics.cells.models import Cell, Sheet, Standing, Turn
from reports_service.statistics.reading import Axis
from reports_service.statistics.scope import Scope, scope_of
from reports_service.statistics.tallies import Tally
from reports_service.statistics.trend import By, spans
from tests.statistics import histories, rows
from tests.statistics.histories import NOW
from tests.statistics.rows import Filed, Held

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
LAST = NOW.astimezone(ZONE).date()
COLUMNS = {
    Axis.AGENCY: Assignment.agency_id,
    Axis.CATEGORY: Assignment.category_id,
    Axis.AREA: Assignment.area_id,
    Axis.CHANNEL: Assignment.channel,
}
FEW = settings(
    max_examples=25,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
filters = st.fixed_dictionaries(
    {
        "first": st.sampled_from(
            [
                date(2020, 1, 1),
                date(2026, 1, 1),
                date(2026, 11, 1),
                date(2026, 12, 1),
                date(2027, 1, 1),
            ]
            + [LAST - timedelta(days=days) for days in (0, 2, 4, 5)]
        ),
        "last": st.sampled_from(
            [LAST + timedelta(days=days) for days in (0, 1, 40, 400)]
            + [LAST, date(2026, 12, 2), date(2026, 12, 31), date(2027, 12, 31)]
        ),
        "category": st.sampled_from([None, None, "ha-tang", "den-duong", "-"]),
        "area": st.sampled_from([None, None, "80", "25630", "-"]),
        "channel": st.sampled_from([None, None, "hotline"]),
        "kind": st.sampled_from([None, None, "committee"]),
    }
)


presents = st.sampled_from([NOW, NOW, NOW + timedelta(days=30), NOW + timedelta(days=430)])


@FEW
@given(filed=histories.provinces(), asked=filters, present=presents)
def test_cells_say_what_the_rows_say(
    app: Flask, filed: Any, asked: Mapping[str, Any], present: datetime
) -> None:
    assume(asked["first"] <= asked["last"])
    with rows.taken_back(), clock.moved_to(present):
        Snapshot.forget_all()
        rows.write(rows.settle(histories.GRID[0]), filed)
        compare(scope_of(asked, present, ZONE))
        compare_course(scope_of(asked, present, ZONE))


@FEW
@given(
    filed=histories.provinces(),
    later=st.lists(st.tuples(st.integers(0, 99), histories.holdings()), min_size=1, max_size=6),
    asked=filters,
    present=presents,
)
def test_what_changed_is_recounted_and_nothing_else_is_lost(
    app: Flask, filed: Any, later: Any, asked: Mapping[str, Any], present: datetime
) -> None:
    """Also over the turn of a year, when a year becomes part of the past."""
    assume(asked["first"] <= asked["last"])
    with rows.taken_back(), ExitStack() as moves:
        moves.enter_context(clock.moved_to(NOW))
        Snapshot.forget_all()
        province = rows.settle(histories.GRID[0])
        rows.write(province, filed)
        moves.enter_context(clock.moved_to(present))
        everything = [(report, held) for report in filed for held in report.held]
        for number, other in later if everything else []:
            report, held = everything[number % len(everything)]
            kept = replace(other, agency=held.agency, opened_at=held.opened_at, id=held.id)
            rows.change(province, report, kept)
        while recount.catch_up():
            continue
        compare(scope_of(asked, present, ZONE))
        counted = contents()
        recount.rebuild()
        assert counted == contents()


def contents() -> dict[str, list[Any]]:
    """Every cell and sheet, byte by byte; but of months that are over, when they were counted."""
    cells = db.session.execute(
        select(Cell.axis, Cell.span, Cell.member, Cell.agency_id, Cell.counts, Cell.lengths)
    )
    sheets = db.session.execute(select(Sheet.kind, Sheet.month, Sheet.agency_id, Sheet.rows))
    stand = db.session.execute(select(Standing.agency_id, Standing.deadlines, Standing.opened))
    return {
        "cells": sorted(map(tuple, cells)),
        "sheets": sorted(map(tuple, sheets)),
        "standing": sorted(map(tuple, stand)),
    }


def compare(scope: Scope) -> None:
    """Every axis, the whole and the promises."""
    for axis, column in COLUMNS.items():
        straight, found = queries.tallies(scope, column), reading.tallies(scope, axis)
        for key in {*straight, *found}:
            same(found.get(key, Tally()), straight.get(key, Tally()))
    same(reading.total(scope), queries.total(scope))
    assert backlog.by_agency(scope) == backlog.of_rows(scope)
    assert reading.promised(scope)[None] == promises.counts(scope)


def compare_course(scope: Scope) -> None:
    """Each span of the period by itself: days where they are few, else weeks, or months."""
    days = (scope.period.last - scope.period.first).days + 1
    if days > 500:
        return
    by = By.DAY if days <= 8 else By.WEEK if days <= 50 else By.MONTH
    periods = spans(scope.period, by)
    for period, found in zip(periods, reading.course(scope, periods), strict=True):
        straight = queries.total(replace(scope, period=period))
        same(found, straight, codes_of_both() - {"open", "overdue", "paused"})


def same(found: Tally, straight: Tally, codes: set[str] | None = None) -> None:
    """Counts to the one, lengths to the rounding of a division."""
    codes = codes or codes_of_both()
    assert {code: found.counts[code] for code in codes} == {
        code: straight.counts[code] for code in codes
    }
    assert found.stars == straight.stars
    for hours, expected in zip(found.hours(), straight.hours(), strict=True):
        assert (hours.n, hours.still_open) == (expected.n, expected.still_open)
        for name in ("working", "elapsed"):
            spread, exact = getattr(hours, name), getattr(expected, name)
            if exact is None:
                assert spread is None  # a citizen's
                continue
            assert spread.median == about(exact.median)
            assert spread.p90 == about(exact.p90)


def about(value: float | None) -> Any:
    return None if value is None else pytest.approx(value, rel=1e-9)


def codes_of_both() -> set[str]:
    """What both count: straight, the number of lengths as well; in cells, what only they need."""
    counted = queries.conditions(NOW).values()
    return {code for codes in counted for code in codes if not code.startswith("hours_")}


DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
YEAR_END = datetime(2026, 12, 31, 16, 59, 50, tzinfo=UTC)  # ten seconds before midnight


def held(at: datetime, due: datetime) -> Held:
    return Held("long-hoa", at, due, due, acknowledge_by=due)


def test_deadlines_of_the_month_that_ended_count_while_a_change_from_before_waits(
    app: Flask,
) -> None:
    midnight = datetime(2026, 11, 30, 17, tzinfo=UTC)
    with clock.moved_to(midnight - timedelta(seconds=5)):
        province = rows.settle(midnight - 9 * DAY)
        db.session.commit()
        for _ in range(2):
            one = held(midnight - 5 * DAY, midnight - 2 * DAY)
            rows.file(province, [Filed([one], promised_by=midnight)])
    with clock.moved_to(midnight + timedelta(seconds=3)):
        assert recount.catch_up(limit=1) == 1
        assert reading.as_of() < midnight
        asked = {"first": date(2026, 11, 1), "last": date(2026, 11, 30)}
        assert reading.total(scope_of(asked, reading.as_of(), ZONE)).counts["due"] == 1


@pytest.mark.parametrize("first", [date(2020, 1, 1), date(2026, 1, 1)])
@pytest.mark.parametrize("last", [date(2026, 12, 31), date(2027, 12, 31)])
@pytest.mark.parametrize(
    "present",
    [
        datetime(2026, 10, 15, 3, tzinfo=UTC),
        datetime(2026, 10, 31, 17, tzinfo=UTC),  # the first second of November
        datetime(2026, 12, 31, 16, 59, 59, tzinfo=UTC),
    ],
)
def test_of_a_year_that_runs_only_the_deadlines_count_that_have_passed(
    app: Flask, first: date, last: date, present: datetime
) -> None:
    """Earlier in the year, in the month that runs, to the second, later in it, and next year."""
    with clock.moved_to(present):
        province = rows.settle(present - 99 * DAY)
        due = [present + part for part in (-60 * DAY, -DAY, -SECOND, 0 * DAY, SECOND, DAY, 3 * DAY)]
        due += [datetime(year, month, 5, tzinfo=UTC) for year in (2026, 2027) for month in (1, 12)]
        rows.write(
            province,
            [Filed([held(present - 90 * DAY, one)], promised_by=one) for one in due],
        )
        compare(scope_of({"first": first, "last": last}, present, ZONE))


def test_what_was_done_before_it_was_opened_took_no_time_wherever_it_is_counted(app: Flask) -> None:
    """As where the clock was put back in between."""
    with clock.moved_to(NOW):
        province = rows.settle(NOW - 9 * DAY)
        done = replace(held(NOW - 2 * DAY, NOW - DAY), outcome="resolved", worked=0.5, kind="fixed")
        done.ended_at = done.opened_at - 3600 * SECOND
        rows.write(province, [Filed([done], promised_by=NOW)])
        scope = scope_of({"first": LAST - 9 * DAY, "last": LAST}, NOW, ZONE)
        found, straight = reading.total(scope), queries.total(scope)
        assert found.hours() == straight.hours()
        assert (found.hours().resolve.n, found.hours().resolve.elapsed.median) == (1, 0)


def test_what_is_open_is_right_at_once_and_by_the_second(app: Flask) -> None:
    """While a change waits to be counted, after it, and when a deadline passes by itself."""
    province, due = rows.settle(NOW - 9 * DAY), NOW + timedelta(microseconds=7)
    db.session.commit()
    rows.write(province, [Filed([held(NOW - DAY, NOW - SECOND)], promised_by=NOW)])
    asked = {"first": LAST, "last": LAST}
    rows.file(province, [Filed([held(NOW - DAY, due)], promised_by=NOW)])
    for _ in ("it waits", "it is counted"):
        for second, overdue in ((due, 1), (due + timedelta(microseconds=1), 2)):
            with clock.moved_to(second):
                found = reading.total(scope_of(asked, second, ZONE))
                assert (found.counts["open"], found.counts["overdue"]) == (2, overdue)
        while recount.catch_up():
            continue


def test_a_report_that_went_on_while_figures_were_built_is_counted_once(app: Flask) -> None:
    """It was with one agency when that one's figures were built, and is with a later one."""
    with clock.moved_to(NOW):
        province = rows.settle(NOW - 9 * DAY)
        report = Filed([held(NOW - 5 * DAY, NOW - DAY)], promised_by=NOW)
        rows.write(province, [report])
        with unit_of_work():
            db.session.execute(update(Turn).values(built_at=None))
        first, *_, last = sorted(agency.id for agency in province.agencies.values())
        to = next(code for code, agency in province.agencies.items() if agency.id == last)
        db.session.get(Report, report.id).agency_id = first
        db.session.commit()
        recount.catch_up()  # builds the first agency
        db.session.get(Report, report.id).agency_id = province.agencies[to].id
        together.put(FIGURES, {"report_id": report.id})
        db.session.commit()
        while recount.catch_up():
            continue
        scope = scope_of({}, reading.as_of(), ZONE)
        assert (
            reading.total(scope).counts["received"] == queries.total(scope).counts["received"] == 1
        )


def test_the_year_that_ended_counts_once_though_the_worker_dies_while_it_becomes_the_past(
    app: Flask,
) -> None:
    with clock.moved_to(YEAR_END):
        province = rows.settle(YEAR_END - 99 * DAY)
        rows.write(province, [Filed([held(YEAR_END - DAY, YEAR_END)], promised_by=YEAR_END)])
    asked = {"first": date(2020, 1, 1), "last": date(2027, 1, 1)}
    with clock.moved_to(YEAR_END + DAY):
        turn = turns.take(to_build=True)
        assert turn is not None
        for agency in province.agencies.values():  # as far as a worker comes that is killed then
            with unit_of_work():
                book.save(book.year_of_agency(agency.id, 2026))
                book.save(book.past_of_agency(agency.id, 2027))
        assert reading.total(scope_of(asked, reading.as_of(), ZONE)).counts["received"] == 1
    with clock.moved_to(YEAR_END + 2 * DAY):
        while recount.catch_up():
            continue
        assert turns.past_before() == 2027
        compare(scope_of(asked, reading.as_of(), ZONE))


def test_a_course_of_months_that_begins_before_the_first_report_leaves_each_in_its_month(
    app: Flask,
) -> None:
    with clock.moved_to(NOW):
        rows.write(rows.settle(NOW - 99 * DAY), [Filed([held(NOW, NOW + DAY)], promised_by=NOW)])
    with clock.moved_to(NOW + 120 * DAY):
        recount.catch_up()
        asked = {"first": date(2026, 10, 1), "last": date(2027, 3, 31)}
        scope = scope_of(asked, reading.as_of(), ZONE)
        course = reading.course(scope, spans(scope.period, By.MONTH))
        assert [tally.counts["received"] for tally in course] == [0, 0, 1, 0, 0, 0]


def test_a_change_that_cannot_be_counted_is_given_up_and_holds_up_no_other(app: Flask) -> None:
    with clock.moved_to(NOW):
        province = rows.settle(NOW - 9 * DAY)
        db.session.commit()
        together.put(FIGURES, {"nothing": "that is known"})
        db.session.commit()
    with clock.moved_to(NOW + timedelta(seconds=1)):
        rows.file(province, [Filed([held(NOW, NOW + DAY)], promised_by=NOW)])
        while recount.catch_up():
            continue
        assert reading.total(scope_of({}, reading.as_of(), ZONE)).counts["received"] == 1
        (dead,) = db.session.scalars(select(Effect).where(Effect.dead_at.is_not(None)))
        assert "report_id" in (dead.last_error or "")


def test_no_two_cells_bear_one_version(app: Flask) -> None:
    """What is remembered of one would be taken for what is known of the other."""
    province = rows.settle(NOW - 99 * DAY)
    filed = [Filed([held(NOW - ago * DAY, NOW)], promised_by=NOW) for ago in (2, 35, 65)]
    rows.write(province, filed)
    versions = db.session.scalars(select(Cell.version)).all()
    assert len(versions) > len(filed)
    assert len(set(versions)) == len(versions)
    assert 0 not in versions
