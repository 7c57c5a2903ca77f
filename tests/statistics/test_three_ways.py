"""The same figures three ways, over random histories: served, by SQL, and from events alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reports_service.core.db import db
from reports_service.core.reference import Snapshot
from reports_service.domain.errors import Refusal
from reports_service.domain.measures import FIRST_SIGN
from reports_service.reports.models import Assignment
from reports_service.statistics import promises, queries, reading
from reports_service.statistics.figures import figures, figures_of_all
from reports_service.statistics.scope import Period, scope_of
from reports_service.statistics.verification import histories, served, walk
from reports_service.statistics.verification.counted import Counting
from reports_service.statistics.verification.differences import Difference
from reports_service.statistics.verification.duplicates import Duplicates
from reports_service.statistics.verification.standing import rebuilt
from reports_service.statistics.verification.walk import Walked
from tests import monday
from tests.personas import MONDAY, work_outbox
from tests.statistics.lives import ACTS, BEFORE, Life, nobody_told

LATE = 9  # a variant: odd, for other choices than 0 makes
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
Clock = Callable[[datetime], None]
numbers = st.integers(0, 999)
steps = st.lists(st.tuples(numbers, numbers, numbers, numbers), min_size=25, max_size=50)


app = monday.app  # these lives are lived in the demo province


@pytest.fixture
def alone(app: Flask) -> Iterator[Callable[[], Any]]:
    """Call it before each life: what the one before left is gone."""
    open_ones: list[Any] = []

    def begin() -> None:
        db.session.remove()
        if open_ones:
            open_ones.pop().rollback()
        open_ones.append(db.engine.begin_nested())
        Snapshot.forget_all()

    yield begin
    db.session.remove()
    open_ones.pop().rollback()
    Snapshot.forget_all()


def found(period: Period | None = None) -> list[Difference]:
    """What verifying finds, as people read it where a test fails."""
    db.session.commit()
    return list(walk.verify(ZONE, period))


@given(steps=steps)
@settings(
    max_examples=8,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_any_history_gives_the_same_rows_and_figures_from_its_events_alone(
    alone: Callable[[], Any], moved_clock: Clock, steps: list[tuple[int, int, int, int]]
) -> None:
    alone()
    moved_clock(MONDAY)
    life = Life(MONDAY, moved_clock)
    for step in steps:
        life.step(*step)
    moved_clock(life.now + timedelta(hours=1))
    nobody_told()
    work_outbox()
    assert found() == []
    assert straight_sql_differs() == []


def test_after_every_act_the_rows_and_figures_are_those_of_the_events(
    alone: Callable[[], Any], moved_clock: Clock
) -> None:
    """Each act on a report of its own; and once more, late, where late is not too late."""
    alone()
    moved_clock(MONDAY)
    life = Life(MONDAY, moved_clock)
    for act in sorted(ACTS.keys() - {"file"}):
        _prepared(life, act)
        life.do(act, life.codes[-1])
    assert life.done.keys() == ACTS.keys() - {"file"}
    for act in sorted(ACTS.keys() - {"file"}):
        _prepared(life, act)
        _pass(life, timedelta(days=9))
        with suppress(Refusal):
            life.do(act, life.codes[-1], LATE)
    _pass(life, timedelta(hours=1))
    nobody_told()
    work_outbox()
    assert found() == []
    assert straight_sql_differs() == []


def _prepared(life: Life, act: str) -> None:
    """A street light is out, and what must come before the act has happened."""
    life.file(0, category="den-duong")
    for name in BEFORE.get(act, ()):
        _pass(life, timedelta(hours=1))
        life.do(name, life.codes[-1])
    _pass(life, timedelta(minutes=7))


def _pass(life: Life, length: timedelta) -> None:
    life.now += length
    life.at(life.now)


def straight_sql_differs() -> list[Difference]:
    """What the straight SQL over the rows counts otherwise than plain Python from the events."""
    as_of = reading.as_of()
    every = Period(MONDAY.date() - timedelta(days=1), as_of.astimezone(ZONE).date(), ZONE)
    scope = scope_of({"first": every.first, "last": every.last}, as_of, ZONE)
    counting, duplicates = Counting([every], as_of), Duplicates()
    for history in histories.histories():
        report, _ = rebuilt(history)
        list(duplicates.keep(history.report, report))
        counting.count(report)
    list(duplicates.settle(counting))
    by_agency, _, reports = counting.of_period(every)
    tallies = queries.tallies(scope, Assignment.agency_id)
    assert by_agency.keys() <= tallies.keys()
    of_all = figures_of_all(queries.total(scope), promises.counts(scope))
    citizens = {**of_all["promises"], FIRST_SIGN: of_all[FIRST_SIGN]}
    return [
        *(
            difference
            for agency_id, counted in by_agency.items()
            for difference in served.unequal(
                counted.figures(), served.plain(figures(tallies[agency_id])), "", str(agency_id)
            )
        ),
        *served.unequal(reports.figures(), served.plain(citizens), "", None),
    ]


def test_nothing_is_compared_where_nothing_happened(alone: Callable[[], Any]) -> None:
    alone()
    walked = Walked()
    assert list(walk.verify(ZONE, walked=walked)) == []
    assert (walked.reports, walked.events, len(walked.periods)) == (0, 0, 0)
