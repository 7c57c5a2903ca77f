"""The ladder: which step, and at which moment."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from reports_service.domain.escalation import Ladder, Step, StepRefused, Tell
from reports_service.domain.sla import Clock, Target, Unit
from reports_service.domain.targets import TargetRefused
from tests.domain.calendars import CALENDAR, at

WRITTEN = [
    {"name": "remind", "tell": "officer", "at": 0.75},
    {"name": "overdue", "tell": "head", "at": 1.0},
    {"name": "list", "tell": "leader", "after": {"amount": 1, "unit": "working_days"}},
]
LADDER = Ladder.parse(WRITTEN)
EIGHT_HOURS = Target(8, Unit.WORKING_HOURS)


def clock(target: Target = EIGHT_HOURS, when: str = "2026-01-05 08:00") -> Clock:
    return Clock.start(target, at(when), CALENDAR)


def test_the_officer_the_head_and_the_leader_hear_in_turn() -> None:
    assert LADDER.due_steps(clock(), CALENDAR, set()) == [
        (0, at("2026-01-05 16:00")),
        (1, at("2026-01-06 08:30")),
        (2, at("2026-01-07 17:00")),
    ]


def test_only_the_steps_due_by_now_are_climbed() -> None:
    assert LADDER.due_steps(clock(), CALENDAR, set(), at("2026-01-05 15:59")) == []
    assert LADDER.due_steps(clock(), CALENDAR, set(), at("2026-01-05 16:00")) == [
        (0, at("2026-01-05 16:00"))
    ]


def test_late_is_late_and_each_step_keeps_the_moment_it_was_due() -> None:
    late = LADDER.due_steps(clock(), CALENDAR, {0}, at("2026-03-02 08:00"))
    assert late == [(1, at("2026-01-06 08:30")), (2, at("2026-01-07 17:00"))]


def test_a_step_done_is_not_climbed_again() -> None:
    assert LADDER.next_step(clock(), CALENDAR, {0}) == (1, at("2026-01-06 08:30"))
    assert LADDER.next_step(clock(), CALENDAR, {0, 1, 2}) is None


def test_a_paused_clock_climbs_nothing() -> None:
    paused = clock().pause(at("2026-01-05 09:00"), CALENDAR)
    assert LADDER.next_step(paused, CALENDAR, set()) is None
    overdue = clock().pause(at("2026-01-09 09:00"), CALENDAR)
    assert LADDER.due_steps(overdue, CALENDAR, set(), at("2026-02-02 08:00")) == []


def test_an_ended_clock_climbs_nothing() -> None:
    assert LADDER.next_step(clock().end(at("2026-01-09 09:00")), CALENDAR, set()) is None


def test_a_pause_moves_the_steps_that_are_to_come() -> None:
    paused = clock().pause(at("2026-01-05 10:00"), CALENDAR)
    resumed = paused.resume(at("2026-01-07 07:30"), CALENDAR)
    assert LADDER.due_steps(resumed, CALENDAR, set())[:2] == [
        (0, at("2026-01-07 11:30")),
        (1, at("2026-01-07 15:30")),
    ]


def test_a_step_due_before_the_pause_keeps_its_moment() -> None:
    for asked in ("2026-01-05 16:00", "2026-01-05 16:30"):
        resumed = clock().pause(at(asked), CALENDAR).resume(at("2026-01-07 07:30"), CALENDAR)
        assert LADDER.next_step(resumed, CALENDAR, set()) == (0, at("2026-01-05 16:00"))


def test_an_extension_moves_the_steps() -> None:
    extended = clock().extend(EIGHT_HOURS, CALENDAR)
    assert LADDER.due_steps(extended, CALENDAR, set()) == [
        (0, at("2026-01-06 14:30")),
        (1, at("2026-01-07 09:00")),
        (2, at("2026-01-08 17:00")),
    ]


def test_whole_days_are_divided_by_their_working_time() -> None:
    # From Monday 13:30: 3.5 h and two days of 7.5 h, of which three quarters are 13.875 h.
    steps = LADDER.due_steps(clock(Target(2, Unit.WORKING_DAYS), "2026-01-05 13:30"), CALENDAR, ())
    assert steps[0] == (0, at("2026-01-07 10:22:30"))
    assert steps[1] == (1, at("2026-01-07 17:00"))
    assert steps[2] == (2, at("2026-01-08 17:00"))


def test_plain_hours_are_divided_by_plain_time() -> None:
    steps = LADDER.due_steps(clock(Target(4, Unit.HOURS), "2026-01-05 20:00"), CALENDAR, ())
    assert steps[:2] == [(0, at("2026-01-05 23:00")), (1, at("2026-01-06 00:00"))]


def test_all_of_the_time_is_the_deadline_itself_even_outside_working_hours() -> None:
    extended = clock().extend(Target(12, Unit.HOURS), CALENDAR)
    assert LADDER.due_steps(extended, CALENDAR, {0})[0] == (1, at("2026-01-06 20:30"))


def test_steps_written_out_of_order_come_in_time() -> None:
    ladder = Ladder(tuple(reversed(LADDER.steps)))
    assert [index for index, _ in ladder.due_steps(clock(), CALENDAR, set())] == [2, 1, 0]


def test_a_ladder_without_steps_climbs_nothing() -> None:
    assert Ladder(()).next_step(clock(), CALENDAR, set()) is None


def test_a_ladder_is_written_as_it_is_read() -> None:
    assert LADDER.serialise() == WRITTEN
    assert LADDER.steps[0] == Step("remind", Decimal("0.75"), Tell.OFFICER)


@pytest.mark.parametrize(
    "given",
    [
        {"name": "x", "tell": "officer", "at": 0},
        {"name": "x", "tell": "officer", "at": 1.5},
        {"name": "x", "tell": "officer", "at": "NaN"},
        {"name": "x", "tell": "officer", "at": "soon"},
        {"name": "x", "tell": "mayor", "at": 0.5},
        {"name": "x", "tell": "officer"},
    ],
)
def test_a_step_that_cannot_be_meant_so_is_refused(given: dict[str, Any]) -> None:
    with pytest.raises(StepRefused):
        Step.parse(given)


def test_a_step_after_no_known_time_is_refused() -> None:
    with pytest.raises(TargetRefused):
        Step.parse({"name": "x", "tell": "head", "after": {"amount": 1, "unit": "moons"}})
