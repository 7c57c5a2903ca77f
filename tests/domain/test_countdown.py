"""What is left until a deadline, as people say it."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports_service.domain.countdown import Left, Measure, Urgency, left
from reports_service.domain.targets import Target, Unit
from reports_service.domain.working_hours import WorkingCalendar

pytestmark = pytest.mark.pure

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
DAY = ((time(7, 30), time(11, 30)), (time(13, 30), time(17)))
CALENDAR = WorkingCalendar(dict.fromkeys(range(5), DAY), (), {}, ZONE)
MONDAY = datetime(2026, 3, 9, 9, tzinfo=ZONE)
EVENING = datetime(2026, 3, 9, 17, tzinfo=ZONE)  # the end of Monday's work
A_YEAR_S = 365 * 24 * 3600
moments = st.integers(0, A_YEAR_S).map(lambda after: MONDAY + timedelta(seconds=after))


def at(due: datetime, now: datetime = MONDAY, unit: Unit = Unit.WORKING_DAYS) -> Left:
    return left(due, now, unit, CALENDAR)


def test_until_the_end_of_today_hours_are_left() -> None:
    assert at(EVENING) == Left(Urgency.SOON, 6, Measure.HOURS)


def test_the_last_hour_is_said_in_minutes() -> None:
    assert at(EVENING, EVENING - timedelta(minutes=20)).measure is Measure.MINUTES


def test_lunch_does_not_count() -> None:
    noon = datetime(2026, 3, 9, 12, tzinfo=ZONE)
    assert at(EVENING, noon) == Left(Urgency.SOON, 3, Measure.HOURS)


def test_over_a_weekend_no_day_passes() -> None:
    friday = datetime(2026, 3, 13, 16, tzinfo=ZONE)
    assert at(datetime(2026, 3, 16, 17, tzinfo=ZONE), friday).amount == 1
    saturday = friday + timedelta(days=1)
    assert at(datetime(2026, 3, 13, 17, tzinfo=ZONE), saturday) == Left(
        Urgency.OVERDUE, 0, Measure.MINUTES
    )


@pytest.mark.parametrize(
    ("now", "amount", "measure"),
    [
        (datetime(2026, 3, 10, 9, 30, tzinfo=ZONE), 2, Measure.HOURS),
        (datetime(2026, 3, 11, 9, tzinfo=ZONE), 1, Measure.DAYS),
        (datetime(2026, 3, 13, 9, tzinfo=ZONE), 3, Measure.DAYS),
    ],
)
def test_what_is_late_is_counted_from_the_deadline(
    now: datetime, amount: int, measure: Measure
) -> None:
    assert at(EVENING, now) == Left(Urgency.OVERDUE, amount, measure)


def test_plain_hours_run_on_by_night() -> None:
    due = MONDAY + timedelta(hours=30)
    assert at(due, unit=Unit.HOURS).amount == 30
    assert at(MONDAY, due, Unit.HOURS) == Left(Urgency.OVERDUE, 30, Measure.PLAIN_HOURS)


def test_without_a_deadline_the_clock_rests() -> None:
    assert left(None, MONDAY, Unit.WORKING_DAYS, CALENDAR).urgency is Urgency.PAUSED


@given(moments, st.integers(1, 30))
def test_a_target_of_whole_days_has_all_of_them_left_when_it_begins(
    now: datetime, days: int
) -> None:
    due = Target(days, Unit.WORKING_DAYS).due(now, CALENDAR)
    assert at(due, now).amount == days


@given(moments, moments, st.sampled_from(Unit))
def test_nothing_is_left_that_is_not_there(due: datetime, now: datetime, unit: Unit) -> None:
    found = left(due, now, unit, CALENDAR)
    assert found.amount is not None
    assert found.amount >= 0
    assert (found.urgency is Urgency.OVERDUE) == (due < now)
