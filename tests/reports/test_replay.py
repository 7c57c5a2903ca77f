"""A report rebuilt from events alone: what they say counts, and what they lack is named."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from reports_service.core.db import db
from reports_service.reports.holding import whole_seconds
from reports_service.reports.models import Assignment, Event, Report
from reports_service.reports.replay import FactsLacking, Rebuilt
from tests.personas import CONTACT, MONDAY, Filed, People

FILED: dict[str, Any] = {
    "status": "assigned",
    "channel": "app",
    "priority": "normal",
    "restricted": False,
    "promised_by": "2026-03-20T10:00:00+00:00",
    "recurrence_number": 1,
    "recurrence_of": None,
    "category_id": 3,
    "area_id": None,
    "assignment": 1,
    "agency": 7,
    "triage": False,
    "acknowledge_by": "2026-03-10T10:00:00+00:00",
    "resolve_by": "2026-03-20T10:00:00+00:00",
    "own_resolve_by": "2026-03-20T10:00:00+00:00",
}


def replayed(code: str) -> Rebuilt:
    report = Rebuilt()
    for event in db.session.scalars(
        select(Event).join(Report).where(Report.code == code.replace("-", "")).order_by(Event.seq)
    ):
        report.happened(event.kind, event.at, event.facts)
    return report


def test_dates_are_those_that_the_event_recorded() -> None:
    """Whatever the calendar of today would make of them."""
    report = Rebuilt()
    report.happened("filed", MONDAY, FILED)
    (held,) = report.held
    assert held.own_resolve_by == datetime(2026, 3, 20, 10, tzinfo=UTC)
    assert (held.agency_id, held.opened_at, held.outcome) == (7, MONDAY, None)
    moved = {"status": "in_progress", "assignment": 1, "rating": None}
    paused = {"acknowledge_by": None, "resolve_by": None, "own_resolve_by": None}
    report.happened("question_asked", MONDAY, {**moved, **paused})
    assert held.own_resolve_by is None
    assert report.status == "in_progress"


@pytest.mark.parametrize("fact", sorted(FILED))
def test_a_fact_that_an_event_lacks_is_named(fact: str) -> None:
    lacking = {name: value for name, value in FILED.items() if name != fact}
    with pytest.raises(FactsLacking) as named:
        Rebuilt().happened("filed", MONDAY, lacking)
    assert named.value.name == fact


def test_an_event_of_an_assignment_that_nobody_opened_is_refused() -> None:
    with pytest.raises(FactsLacking):
        Rebuilt().happened("acknowledged", MONDAY, {"status": "in_progress", "assignment": 4})


def test_a_life_with_a_question_a_result_and_a_reopening(people: People, clock_at: Any) -> None:
    filed = people.file(reporter=CONTACT)
    clock_at(MONDAY + timedelta(hours=1, microseconds=700_000))
    people.officer.does(filed.code, "acknowledgement")
    people.officer.does(filed.code, "question", {"question": "Trụ số mấy?"})
    clock_at(MONDAY + timedelta(days=2))
    filed.reporter.does(filed.code, "replies", {"text": "Số 5"})
    clock_at(MONDAY + timedelta(days=3, microseconds=1))
    people.officer.does(filed.code, "resolution", {"kind": "answered", "note": "Xong"})
    filed.reporter.does(filed.code, "feedback", {"fixed": False, "rating": 2, "comment": "Tối"})
    rebuilt = replayed(filed.code)
    first, second = rebuilt.held
    rows = db.session.scalars(select(Assignment).join(Report).order_by(Assignment.number)).all()
    for held, row in zip((first, second), rows, strict=True):
        for name in held.__slots__:
            assert getattr(held, name) == getattr(row, name), name
    assert first.acknowledge_elapsed_s == first.acknowledge_working_s == 3600
    assert (first.rating, first.reopened_at) == (2, MONDAY + timedelta(days=3, microseconds=1))
    assert first.resolve_working_s < first.resolve_elapsed_s == 3 * 24 * 3600
    assert rebuilt.resolved_at is None


def test_erasing_a_reporter_leaves_all_that_figures_need(people: People, filed: Filed) -> None:
    before = replayed(filed.code)
    filed.reporter.undoes(filed.code, "identity")
    assert replayed(filed.code) == before


def test_what_recurs_is_named_by_its_code(people: People, clock_at: Any) -> None:
    first = people.file()
    people.officer.does(first.code, "resolution", {"kind": "answered", "note": "Xong"})
    first.reporter.does(first.code, "feedback", {"fixed": True})
    clock_at(MONDAY + timedelta(days=30))
    again = replayed(people.file().code)
    assert (again.recurrence_of, again.recurrence_number) == (first.code.replace("-", ""), 2)


@pytest.mark.parametrize(
    ("length", "seconds"),
    [
        (timedelta(seconds=59, microseconds=999_999), 59),
        (timedelta(), 0),
        (timedelta(microseconds=-1), 0),
    ],
)
def test_lengths_are_whole_seconds_and_never_negative(length: timedelta, seconds: int) -> None:
    assert whole_seconds(length) == seconds
