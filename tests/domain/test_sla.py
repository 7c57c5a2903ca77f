"""Targets and clocks: pauses, extensions and the two deadlines."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports_service.domain.sla import (
    Clock,
    ClockEnded,
    ClockPaused,
    ClockPhase,
    ClockRunning,
    ExtensionTooLate,
    Target,
    TargetRefused,
    Unit,
)
from reports_service.domain.working_hours import OutsideCalendar, TimeWithoutZone, WorkingCalendar
from tests.domain.brute_force import MinuteCount
from tests.domain.calendars import CALENDAR, at, calendars, moments

FOUR_HOURS = Target(4, Unit.WORKING_HOURS)
TWO_DAYS = Target(2, Unit.WORKING_DAYS)
SIX_PLAIN = Target(6, Unit.HOURS)
MONDAY = "2026-01-05 08:00"


def started(target: Target, when: str = MONDAY) -> Clock:
    return Clock.start(target, at(when), CALENDAR)


def test_each_unit_counts_its_own_time() -> None:
    assert started(FOUR_HOURS).due_at == at("2026-01-05 14:00")
    assert started(TWO_DAYS).due_at == at("2026-01-07 17:00")
    assert started(SIX_PLAIN, "2026-01-05 23:00").due_at == at("2026-01-06 05:00")


def test_a_part_of_an_hour_is_exact() -> None:
    assert started(Target(Decimal("0.1"), Unit.WORKING_HOURS)).due_at == at("2026-01-05 08:06")


def test_a_target_of_nothing_is_due_at_once() -> None:
    clock = started(Target(0, Unit.WORKING_HOURS), "2026-01-03 22:00")
    assert clock.due_at == at("2026-01-03 22:00")
    assert clock.fraction_used(at("2026-01-03 22:00"), CALENDAR) == 1


@pytest.mark.parametrize(
    "given",
    [
        {"amount": -1, "unit": "hours"},
        {"amount": 1.5, "unit": "working_days"},
        {"amount": "NaN", "unit": "hours"},
        {"amount": "many", "unit": "hours"},
        {"amount": float("inf"), "unit": "hours"},
        {"amount": 10**9, "unit": "hours"},
        {"amount": True, "unit": "hours"},
        {"amount": 1, "unit": "weeks"},
        {"unit": "hours"},
        {"amount": 1},
    ],
)
def test_a_target_that_cannot_be_meant_so_is_refused(given: dict[str, Any]) -> None:
    with pytest.raises(TargetRefused):
        Target.parse(given)


def test_a_target_is_written_as_it_is_read() -> None:
    for amount, unit in ((4, "working_hours"), (0.5, "hours"), (7, "working_days")):
        written = {"amount": amount, "unit": unit}
        assert Target.parse(written).serialise() == written
    assert Target.parse({"amount": "4.0", "unit": "hours"}).serialise()["amount"] == 4


def test_a_deadline_beyond_the_calendar_is_refused_in_words() -> None:
    with pytest.raises(OutsideCalendar):
        Target(1_000_000, Unit.HOURS).due(datetime(9999, 1, 1, tzinfo=UTC), CALENDAR)


def test_plain_hours_want_a_zone_too() -> None:
    with pytest.raises(TimeWithoutZone):
        SIX_PLAIN.due(at(MONDAY).replace(tzinfo=None), CALENDAR)


def test_the_reply_gives_back_what_was_left_of_the_working_time() -> None:
    paused = started(FOUR_HOURS).pause(at("2026-01-05 10:00"), CALENDAR)
    assert (paused.due_at, paused.own_due_at) == (None, None)
    assert paused.remaining == timedelta(hours=2)
    resumed = paused.resume(at("2026-01-08 16:00"), CALENDAR)
    assert resumed.due_at == resumed.own_due_at == at("2026-01-09 08:30")


def test_plain_hours_are_kept_as_plain_time() -> None:
    paused = started(SIX_PLAIN).pause(at("2026-01-05 12:00"), CALENDAR)
    assert paused.resume(at("2026-01-10 22:00"), CALENDAR).due_at == at("2026-01-11 00:00")


def test_whole_days_round_up_to_the_end_of_the_day() -> None:
    # Left on Tuesday at 10:00: 1.5 h, 3.5 h and a Wednesday of 7.5 h.
    paused = started(TWO_DAYS).pause(at("2026-01-06 10:00"), CALENDAR)
    assert paused.remaining == timedelta(hours=12.5)
    assert paused.resume(at("2026-01-12 07:00"), CALENDAR).due_at == at("2026-01-13 17:00")
    assert paused.resume(at("2026-01-12 16:30"), CALENDAR).due_at == at("2026-01-14 17:00")


@pytest.mark.parametrize("target", [FOUR_HOURS, TWO_DAYS, SIX_PLAIN])
def test_a_question_taken_back_at_once_moves_nothing(target: Target) -> None:
    clock = started(target)
    again = clock.pause(at("2026-01-05 09:10"), CALENDAR).resume(at("2026-01-05 09:10"), CALENDAR)
    assert (again.due_at, again.own_due_at) == (clock.due_at, clock.own_due_at)


def test_a_pause_over_the_night_costs_no_working_time() -> None:
    paused = started(FOUR_HOURS).pause(at("2026-01-05 12:00"), CALENDAR)
    assert paused.resume(at("2026-01-05 13:00"), CALENDAR).due_at == at("2026-01-05 14:00")


def test_an_extension_moves_the_deadline_and_not_the_own_one() -> None:
    clock = started(TWO_DAYS).extend(TWO_DAYS, CALENDAR)
    assert clock.due_at == at("2026-01-09 17:00")
    assert clock.own_due_at == at("2026-01-07 17:00")
    assert started(FOUR_HOURS).extend(FOUR_HOURS, CALENDAR).due_at == at("2026-01-06 08:30")


def test_a_pause_moves_both_deadlines_of_an_extended_clock() -> None:
    clock = started(FOUR_HOURS).extend(FOUR_HOURS, CALENDAR)
    paused = clock.pause(at("2026-01-05 10:00"), CALENDAR)
    resumed = paused.resume(at("2026-01-06 07:30"), CALENDAR)
    assert resumed.own_due_at == at("2026-01-06 09:30")
    assert resumed.due_at == at("2026-01-06 15:30")


def test_a_question_after_the_deadline_mends_nothing() -> None:
    clock = started(FOUR_HOURS)
    paused = clock.pause(at("2026-01-05 14:01"), CALENDAR)
    assert (paused.due_at, paused.own_due_at) == (clock.due_at, clock.own_due_at)
    assert paused.state_at(at("2026-01-05 15:00")) is ClockPhase.PAUSED
    resumed = paused.resume(at("2026-01-06 09:00"), CALENDAR)
    assert resumed.state_at(at("2026-01-06 09:00")) is ClockPhase.OVERDUE
    for ended in (resumed.end(at("2026-01-06 09:00")), paused.end(at("2026-01-06 09:00"))):
        assert ended.state_at(at("2026-01-06 09:00")) is ClockPhase.MISSED


def test_a_question_at_the_very_deadline_is_in_time() -> None:
    paused = started(FOUR_HOURS).pause(at("2026-01-05 14:00"), CALENDAR)
    assert paused.remaining == timedelta()
    resumed = paused.resume(at("2026-01-06 09:00"), CALENDAR)
    assert resumed.due_at == resumed.own_due_at == at("2026-01-06 09:00")


def test_a_question_between_the_two_deadlines_saves_only_the_extended_one() -> None:
    clock = started(FOUR_HOURS).extend(FOUR_HOURS, CALENDAR)
    paused = clock.pause(at("2026-01-05 16:00"), CALENDAR)
    assert (paused.due_at, paused.own_due_at) == (None, at("2026-01-05 14:00"))
    ended = paused.resume(at("2026-01-07 08:00"), CALENDAR).end(at("2026-01-07 09:00"))
    now = at("2026-01-08 08:00")
    assert (ended.state_at(now), ended.own_state_at(now)) == (ClockPhase.MET, ClockPhase.MISSED)


def test_done_at_the_deadline_is_met_and_a_microsecond_later_missed() -> None:
    clock = started(FOUR_HOURS)
    due = at("2026-01-05 14:00")
    late = due + timedelta(microseconds=1)
    assert clock.state_at(due) is ClockPhase.RUNNING
    assert clock.state_at(late) is ClockPhase.OVERDUE
    assert clock.end(due).state_at(late) is ClockPhase.MET
    assert clock.end(late).state_at(late) is ClockPhase.MISSED


def test_an_ended_clock_was_still_running_before() -> None:
    ended = started(FOUR_HOURS).end(at("2026-01-05 13:40"))
    assert ended.state_at(at("2026-01-05 13:00")) is ClockPhase.RUNNING


def test_a_clock_ended_while_paused_has_a_deadline_and_is_met() -> None:
    paused = started(FOUR_HOURS).pause(at("2026-01-05 10:00"), CALENDAR)
    ended = paused.end(at("2026-01-06 08:00"), CALENDAR)
    assert ended.due_at == ended.own_due_at == at("2026-01-06 10:00")
    assert ended.state_at(at("2026-01-07 08:00")) is ClockPhase.MET
    assert paused.end(at("2026-01-06 08:00")).due_at == at("2026-01-06 08:00")


def test_what_the_state_forbids_is_refused() -> None:
    running = started(FOUR_HOURS)
    when = at("2026-01-05 09:00")
    paused, ended = running.pause(when, CALENDAR), running.end(when)
    with pytest.raises(ClockPaused):
        paused.pause(when, CALENDAR)
    with pytest.raises(ClockPaused):
        paused.extend(TWO_DAYS, CALENDAR)
    with pytest.raises(ClockRunning):
        running.resume(when, CALENDAR)
    for act in (
        lambda: ended.pause(when, CALENDAR),
        lambda: ended.resume(when, CALENDAR),
        lambda: ended.extend(TWO_DAYS, CALENDAR),
        lambda: ended.end(when),
    ):
        with pytest.raises(ClockEnded):
            act()


def test_an_extension_asked_for_after_the_deadline_is_refused() -> None:
    clock = started(FOUR_HOURS)
    assert clock.extend(FOUR_HOURS, CALENDAR, asked_at=at("2026-01-05 14:00")).due_at
    with pytest.raises(ExtensionTooLate):
        clock.extend(FOUR_HOURS, CALENDAR, asked_at=at("2026-01-05 14:01"))


def test_a_server_some_milliseconds_behind_turns_no_clock_back() -> None:
    clock = started(FOUR_HOURS)
    paused = clock.pause(at("2026-01-05 07:59:59.990"), CALENDAR)
    assert paused.paused_at == clock.started_at
    assert paused.remaining == timedelta(hours=4)


def test_the_part_used_stands_still_with_the_clock() -> None:
    clock = started(FOUR_HOURS)
    assert clock.fraction_used(at("2026-01-05 10:00"), CALENDAR) == 0.5
    paused = clock.pause(at("2026-01-05 10:00"), CALENDAR)
    assert paused.fraction_used(at("2026-01-07 10:00"), CALENDAR) == 0.5
    resumed = paused.resume(at("2026-01-07 10:00"), CALENDAR)
    assert resumed.fraction_used(at("2026-01-06 10:00"), CALENDAR) == 0.5
    assert resumed.fraction_used(at("2026-01-07 11:00"), CALENDAR) == 0.75
    assert resumed.fraction_used(at("2026-01-07 17:00"), CALENDAR) == 1.75
    assert resumed.end(at("2026-01-07 11:00")).fraction_used(at(MONDAY), CALENDAR) == 0


acts = st.lists(st.tuples(st.sampled_from(["pause", "resume", "extend"]), st.integers(0, 900)))


def lived(clock: Clock, history: list[tuple[str, int]], calendar: WorkingCalendar) -> Clock:
    """The clock after those acts of the history that it allows, minutes apart."""
    now = clock.started_at
    for act, minutes in history:
        now += timedelta(minutes=minutes)
        if act == "resume" and clock.paused_at:
            clock = clock.resume(now, calendar)
        elif act == "pause" and not clock.paused_at:
            clock = clock.pause(now, calendar)
        elif act == "extend" and not clock.paused_at:
            clock = clock.extend(Target(1, Unit.WORKING_HOURS), calendar)
    return clock


targets = st.one_of(
    st.builds(Target, st.integers(1, 20), st.sampled_from([Unit.HOURS, Unit.WORKING_HOURS])),
    st.builds(Target, st.integers(0, 4), st.just(Unit.WORKING_DAYS)),
)


@settings(deadline=None, max_examples=100)
@given(calendars(), moments, targets, acts)
def test_a_clock_is_read_back_as_it_was_written(
    pair: tuple[WorkingCalendar, MinuteCount],
    start: datetime,
    target: Target,
    history: list[tuple[str, int]],
) -> None:
    clock = lived(Clock.start(target, start, pair[0]), history, pair[0])
    assert Clock.from_dict(json.loads(json.dumps(clock.to_dict()))) == clock


@settings(deadline=None, max_examples=100)
@given(calendars(), moments, targets, acts)
def test_a_deadline_once_missed_stays_missed_whatever_is_asked(
    pair: tuple[WorkingCalendar, MinuteCount],
    start: datetime,
    target: Target,
    history: list[tuple[str, int]],
) -> None:
    clock = Clock.start(target, start, pair[0])
    late = (clock.own_due_at or start) + timedelta(minutes=1)
    clock = clock.pause(late, pair[0]).resume(late, pair[0])
    clock = lived(clock, history, pair[0])
    ended = clock.end(late + timedelta(days=30), pair[0])
    assert ended.own_state_at(late + timedelta(days=60)) is ClockPhase.MISSED


@settings(deadline=None, max_examples=60)
@given(calendars(), moments, st.integers(1, 12), st.lists(st.integers(0, 500), max_size=5))
def test_a_working_clock_agrees_with_minutes_ticked_off_one_by_one(
    pair: tuple[WorkingCalendar, MinuteCount], start: datetime, hours: int, gaps: list[int]
) -> None:
    """Each gap is a spell of running and of standing still by turns; then it runs to its end."""
    calendar, count = pair
    clock = Clock.start(Target(hours, Unit.WORKING_HOURS), start, calendar)
    now, left, quarter = start, hours * 60, None
    for index, minutes in enumerate(gaps):
        spent = 0 if index % 2 else count.between(now, now + timedelta(minutes=minutes))
        if spent >= left:
            break
        if spent and left - spent <= hours * 15 and quarter is None:
            quarter = count.add(now, left - hours * 15)
        now, left = now + timedelta(minutes=minutes), left - spent
        clock = clock.resume(now, calendar) if index % 2 else clock.pause(now, calendar)
    if clock.paused_at:
        clock = clock.resume(now, calendar)
    assert clock.due_at == count.add(now, left)
    if quarter is None:
        quarter = count.add(now, left - hours * 15)
    assert clock.moment_when_used(Fraction(3, 4), calendar) == quarter
