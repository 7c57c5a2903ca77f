"""Working time: by example, and against a count minute by minute."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reports_service.domain.working_hours import (
    HoursRefused,
    LengthRefused,
    NoWorkingHours,
    OutsideCalendar,
    TimeWithoutZone,
    WorkingCalendar,
)
from tests.domain.brute_force import MinuteCount
from tests.domain.calendars import (
    AMSTERDAM,
    CALENDAR,
    DAY,
    MORNING,
    ROUND_THE_CLOCK,
    VIETNAM,
    WEEK,
    at,
    calendars,
    minutes_of,
    moments,
)

HOUR = timedelta(hours=1)
exhaustive = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])


def test_hours_run_on_after_lunch() -> None:
    assert CALENDAR.add(at("2026-01-05 10:30"), 2 * HOUR) == at("2026-01-05 14:30")


def test_hours_run_on_after_the_weekend() -> None:
    assert CALENDAR.add(at("2026-01-16 16:00"), 2 * HOUR) == at("2026-01-19 08:30")


def test_a_deadline_on_the_end_of_an_interval_stays_there() -> None:
    assert CALENDAR.add(at("2026-01-05 10:30"), HOUR) == at("2026-01-05 11:30")
    assert CALENDAR.add(at("2026-01-16 15:00"), 2 * HOUR) == at("2026-01-16 17:00")


def test_a_length_of_zero_is_due_at_once_even_at_night() -> None:
    assert CALENDAR.add(at("2026-01-03 22:00"), timedelta()) == at("2026-01-03 22:00")


def test_a_moment_at_night_waits_for_the_morning() -> None:
    assert CALENDAR.next_working_moment(at("2026-01-05 22:00")) == at("2026-01-06 07:30")
    assert CALENDAR.next_working_moment(at("2026-01-05 08:15")) == at("2026-01-05 08:15")


def test_an_interval_holds_its_start_and_not_its_end() -> None:
    assert CALENDAR.is_working(at("2026-01-05 07:30"))
    assert not CALENDAR.is_working(at("2026-01-05 11:30"))
    assert not CALENDAR.is_working(at("2026-01-05 07:29"))


def test_a_holiday_and_a_day_swapped_are_off_and_the_make_up_saturday_is_worked() -> None:
    assert CALENDAR.add(at("2025-12-31 16:30"), HOUR) == at("2026-01-05 08:00")
    assert CALENDAR.add(at("2026-01-09 16:30"), HOUR) == at("2026-01-10 08:30")
    assert CALENDAR.between(at("2026-01-10 00:00"), at("2026-01-11 00:00")) == 3 * HOUR


def test_a_working_day_wins_over_a_day_off_on_the_same_date() -> None:
    day = date(2026, 1, 10)
    calendar = WorkingCalendar(WEEK, [day], {day: MORNING}, VIETNAM)
    assert calendar.hours_of(day) == MORNING


def test_a_report_filed_on_saturday_is_due_on_tuesday() -> None:
    assert CALENDAR.end_of_working_day(at("2026-01-17 09:00"), 1) == at("2026-01-20 17:00")


def test_lunch_and_early_morning_belong_to_their_day() -> None:
    for filed in ("2026-01-05 03:00", "2026-01-05 12:15", "2026-01-05 16:59"):
        assert CALENDAR.end_of_working_day(at(filed), 1) == at("2026-01-06 17:00")


def test_filed_at_the_last_end_counts_as_the_next_working_day() -> None:
    assert CALENDAR.end_of_working_day(at("2026-01-05 17:00"), 1) == at("2026-01-07 17:00")
    assert CALENDAR.end_of_working_day(at("2026-01-09 17:00"), 0) == at("2026-01-10 11:00")


def test_whole_days_end_with_the_own_hours_of_a_make_up_day() -> None:
    assert CALENDAR.end_of_working_day(at("2026-01-08 10:00"), 2) == at("2026-01-10 11:00")


def test_a_deadline_on_the_last_end_still_belongs_to_its_day() -> None:
    assert CALENDAR.end_of_day_of(at("2026-01-05 17:00")) == at("2026-01-05 17:00")
    assert CALENDAR.end_of_day_of(at("2026-01-05 09:00")) == at("2026-01-05 17:00")
    assert CALENDAR.end_of_day_of(at("2026-01-05 17:00"), 1) == at("2026-01-06 17:00")


def test_working_days_are_counted_by_their_ends() -> None:
    assert CALENDAR.working_days_between(at("2026-01-05 08:00"), at("2026-01-12 08:00")) == 6
    assert CALENDAR.working_days_between(at("2026-01-12 08:00"), at("2026-01-05 08:00")) == -6


def test_time_backwards_is_negative() -> None:
    assert CALENDAR.between(at("2026-01-05 09:00"), at("2026-01-05 08:00")) == -HOUR


def test_answers_are_in_utc_whatever_zone_was_asked_in() -> None:
    due = CALENDAR.add(at("2026-01-05 03:00", AMSTERDAM), HOUR)
    assert due == at("2026-01-05 10:00")
    assert due.tzinfo is UTC


def test_an_hour_skipped_in_spring_is_not_worked() -> None:
    night = WorkingCalendar({6: ((time(1), time(4)),)}, [], {}, AMSTERDAM)
    assert night.between(at("2025-03-30 00:00"), at("2025-03-31 00:00")) == 2 * HOUR
    assert night.add(at("2025-03-29 12:00"), 2 * HOUR) == datetime(2025, 3, 30, 2, tzinfo=UTC)


def test_an_hour_repeated_in_autumn_is_worked_twice() -> None:
    night = WorkingCalendar({6: ((time(1), time(4)),)}, [], {}, AMSTERDAM)
    assert night.between(at("2025-10-26 00:00"), at("2025-10-27 00:00")) == 4 * HOUR


def test_half_of_a_repeated_hour_is_worked_in_two_pieces() -> None:
    night = WorkingCalendar({6: ((time(2), time(2, 30)),)}, [], {}, AMSTERDAM)
    assert night.add(at("2025-10-26 00:00"), HOUR) == datetime(2025, 10, 26, 1, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "day", "wall", "worked"),
    [
        # Far east the change falls on the UTC day before, and is of half an hour.
        ("Australia/Lord_Howe", date(2025, 4, 6), (time(0), time(4)), 4.5),
        # Far west it falls on the UTC day after: 22:59 is followed by the next day.
        ("America/Nuuk", date(2025, 3, 29), (time(20), time(0)), 3),
        ("America/Havana", date(2025, 3, 9), (time(0), time(4)), 3),
    ],
)
def test_clocks_changed_near_midnight_are_followed(
    zone: str, day: date, wall: tuple[time, time], worked: float
) -> None:
    calendar = WorkingCalendar({}, [], {day: (wall,)}, ZoneInfo(zone))
    start = datetime.combine(day, time(0), UTC) - timedelta(days=2)
    assert calendar.between(start, start + timedelta(days=5)) == worked * HOUR


def test_an_agency_on_duty_round_the_clock_works_plain_hours() -> None:
    calendar = WorkingCalendar(dict.fromkeys(range(7), ROUND_THE_CLOCK), [], {}, VIETNAM)
    start = at("2026-01-03 22:10")
    assert calendar.add(start, 30 * HOUR) == start + 30 * HOUR
    assert calendar.end_of_working_day(start, 0) == at("2026-01-04 00:00")


def test_microseconds_are_kept() -> None:
    start = at("2026-01-05 11:29:59.999999")
    assert CALENDAR.add(start, timedelta(microseconds=2)) == at("2026-01-05 13:30:00.000001")


def test_years_ahead_are_reached_in_one_question_and_counted_back() -> None:
    start, length = at("2026-01-05 08:00"), 100_000 * HOUR
    due = CALENDAR.add(start, length)
    assert due.year > 2070
    assert CALENDAR.between(start, due) == length


@pytest.mark.parametrize("year", [1, 1969, 2200, 9999])
def test_a_moment_in_a_far_year_is_refused(year: int) -> None:
    far = datetime(year, 6, 1, tzinfo=UTC)
    for ask in (
        lambda: CALENDAR.add(far, HOUR),
        lambda: CALENDAR.between(at("2026-01-05 08:00"), far),
        lambda: CALENDAR.end_of_working_day(far, 1),
        lambda: CALENDAR.is_working(far),
    ):
        with pytest.raises(OutsideCalendar):
            ask()


def test_the_last_moment_that_python_knows_is_refused_in_any_zone() -> None:
    for hours in (-23, 23):
        far = datetime.max.replace(tzinfo=timezone(timedelta(hours=hours)))
        with pytest.raises(OutsideCalendar):
            CALENDAR.add(far, HOUR)


def test_a_deadline_beyond_the_calendar_is_refused() -> None:
    with pytest.raises(OutsideCalendar):
        CALENDAR.add(at("2026-01-05 08:00"), timedelta.max)
    with pytest.raises(OutsideCalendar):
        CALENDAR.end_of_working_day(at("2026-01-05 08:00"), 10**12)


def test_a_calendar_without_hours_gives_no_deadline() -> None:
    empty = WorkingCalendar({0: ()}, [], {date(2026, 1, 10): ()}, VIETNAM)
    assert empty.between(at("2026-01-05 08:00"), at("2026-02-05 08:00")) == timedelta()
    assert not empty.is_working(at("2026-01-05 08:00"))
    for ask in (
        lambda: empty.add(at("2026-01-05 08:00"), HOUR),
        lambda: empty.end_of_working_day(at("2026-01-05 08:00"), 0),
        lambda: empty.next_working_moment(at("2026-01-05 08:00")),
    ):
        with pytest.raises(NoWorkingHours):
            ask()


def test_a_calendar_of_single_days_ends_with_the_last_of_them() -> None:
    once = WorkingCalendar({}, [], {date(2026, 1, 10): MORNING}, VIETNAM)
    assert once.add(at("2024-01-05 08:00"), 3 * HOUR) == at("2026-01-10 11:00")
    with pytest.raises(OutsideCalendar):
        once.add(at("2024-01-05 08:00"), 4 * HOUR)


def test_a_moment_without_a_zone_is_refused() -> None:
    naive = at("2026-01-05 08:00").replace(tzinfo=None)
    with pytest.raises(TimeWithoutZone):
        CALENDAR.add(naive, HOUR)


def test_a_negative_length_is_refused() -> None:
    with pytest.raises(LengthRefused):
        CALENDAR.add(at("2026-01-05 08:00"), -HOUR)
    with pytest.raises(LengthRefused):
        CALENDAR.end_of_working_day(at("2026-01-05 08:00"), -1)


@pytest.mark.parametrize(
    "hours",
    [
        ((time(11), time(8)),),
        ((time(8), time(8)),),
        ((time(8), time(12)), (time(11), time(17))),
        ((time(13), time(17)), (time(8), time(12))),
        ((time(8), time(0)), (time(13), time(17))),
        ((time(8, tzinfo=UTC), time(9, tzinfo=UTC)),),
    ],
)
def test_hours_that_cannot_be_meant_so_are_refused(hours: tuple[tuple[time, time], ...]) -> None:
    with pytest.raises(HoursRefused):
        WorkingCalendar({0: hours}, [], {}, VIETNAM)
    with pytest.raises(HoursRefused):
        WorkingCalendar({}, [], {date(2026, 1, 1): hours}, VIETNAM)


def test_a_weekday_that_is_none_is_refused() -> None:
    with pytest.raises(HoursRefused):
        WorkingCalendar({7: DAY}, [], {}, VIETNAM)


def test_the_order_of_questions_changes_no_answer() -> None:
    def fresh() -> WorkingCalendar:
        return WorkingCalendar(WEEK, [], {}, ZoneInfo("Europe/Amsterdam"))

    starts = [datetime(year, 3, 30, 1, 30, tzinfo=UTC) for year in (2050, 1971, 2026, 2199, 1990)]
    one = fresh()
    for start in starts[:3] + starts[4:]:
        assert one.add(start, 2000 * HOUR) == fresh().add(start, 2000 * HOUR)
        assert one.end_of_working_day(start, 700) == fresh().end_of_working_day(start, 700)


@exhaustive
@given(calendars(), moments, st.integers(1, 3000))
def test_adding_agrees_with_a_count_by_minutes(
    pair: tuple[WorkingCalendar, MinuteCount], start: datetime, minutes: int
) -> None:
    calendar, count = pair
    assert calendar.add(start, timedelta(minutes=minutes)) == count.add(start, minutes)


@exhaustive
@given(calendars(), moments, st.integers(0, 15_000))
def test_between_agrees_with_a_count_by_minutes(
    pair: tuple[WorkingCalendar, MinuteCount], start: datetime, minutes: int
) -> None:
    calendar, count = pair
    end = start + timedelta(minutes=minutes)
    assert calendar.between(start, end) == timedelta(minutes=count.between(start, end))


@exhaustive
@given(calendars(), moments, st.integers(0, 6))
def test_whole_days_agree_with_a_walk_over_days(
    pair: tuple[WorkingCalendar, MinuteCount], start: datetime, days: int
) -> None:
    calendar, count = pair
    assert calendar.end_of_working_day(start, days) == count.end_of_working_day(start, days)


@exhaustive
@given(calendars(), moments)
def test_the_next_working_moment_agrees_with_a_count_by_minutes(
    pair: tuple[WorkingCalendar, MinuteCount], start: datetime
) -> None:
    calendar, count = pair
    moment = start
    assert calendar.is_working(start) == count.works(start)
    while not count.works(moment):
        moment += timedelta(minutes=1)
    assert calendar.next_working_moment(start) == moment


@exhaustive
@given(
    calendars(),
    minutes_of(date(1971, 1, 1), 25_000),
    st.timedeltas(timedelta(), timedelta(days=400)),
    st.timedeltas(timedelta(), timedelta(days=400)),
)
def test_lengths_of_any_fineness_add_up_over_years(
    pair: tuple[WorkingCalendar, MinuteCount], start: datetime, one: timedelta, two: timedelta
) -> None:
    calendar, _ = pair
    middle = calendar.add(start, one)
    assert calendar.between(start, middle) == one
    assert calendar.add(middle, two) == calendar.add(start, one + two) or not two
    if one:
        just_before = middle - timedelta(microseconds=1)
        assert calendar.between(start, just_before) == one - timedelta(microseconds=1)
