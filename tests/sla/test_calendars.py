"""The calendar in force, its days, and what cannot be a calendar."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from reports_service.core import clock
from reports_service.core.audit import AuditEntry
from reports_service.core.auth import SYSTEM
from reports_service.core.db import db
from reports_service.core.reference import Snapshot
from reports_service.domain.working_hours import HoursRefused, NoWorkingHours, WorkingCalendar
from reports_service.sla import calendars, service
from reports_service.sla.hours import DayRefused, read_day
from reports_service.sla.models import Calendar
from reports_service.sla.service import CalendarMissing

NAMES = {"vi": "Lịch", "en": "Calendar"}
SATURDAY = date(2026, 1, 10)
FRIDAY = date(2026, 1, 2)


def fresh() -> WorkingCalendar:
    Snapshot.forget_all()
    return service.calendar()


def new(code: str, **week: list[list[str]]) -> Calendar:
    return calendars.add(SYSTEM, {"code": code, "names": NAMES, "weekly": week})


def test_without_a_calendar_no_deadline_is_counted() -> None:
    with pytest.raises(CalendarMissing):
        fresh()


def test_hours_are_local(office: Calendar) -> None:
    monday_at_seven_thirty = datetime(2026, 3, 2, 0, 30, tzinfo=UTC)
    assert fresh().is_working(monday_at_seven_thirty)
    assert not fresh().is_working(monday_at_seven_thirty - timedelta(minutes=1))


def test_another_zone_moves_the_hours(office: Calendar) -> None:
    before = service.zone()
    service.use_zone(ZoneInfo("Europe/Paris"))
    try:
        assert fresh().is_working(datetime(2026, 3, 2, 6, 30, tzinfo=UTC))
    finally:
        service.use_zone(before)


def test_a_swapped_day_is_off_and_its_make_up_day_worked(office: Calendar) -> None:
    calendars.set_day(SYSTEM, "office", FRIDAY, {"hours": None, "names": NAMES})
    calendars.set_day(SYSTEM, "office", SATURDAY, {"hours": [["07:30", "11:30"]], "names": NAMES})
    working = fresh()
    assert working.hours_of(FRIDAY) == ()
    assert [(f"{a:%H:%M}", f"{b:%H:%M}") for a, b in working.hours_of(SATURDAY)] == [
        ("07:30", "11:30")
    ]


def test_a_day_that_is_reset_is_again_what_its_week_says(office: Calendar) -> None:
    calendars.set_day(SYSTEM, "office", FRIDAY, {"hours": None})
    calendars.reset_day(SYSTEM, "office", FRIDAY)
    calendars.reset_day(SYSTEM, "office", FRIDAY)
    assert len(fresh().hours_of(FRIDAY)) == 2


def test_the_same_day_said_twice_is_one_day(office: Calendar) -> None:
    for name in ("Tết", "Tết Dương lịch"):
        names = {"vi": name, "en": "New Year"}
        calendars.set_day(SYSTEM, "office", FRIDAY, {"hours": None, "names": names})
    (day,) = calendars.days_of("office", 2026)
    assert day.names["vi"] == "Tết Dương lịch"


def test_a_deadline_given_does_not_move_with_the_calendar(office: Calendar) -> None:
    start = datetime(2026, 1, 1, 3, tzinfo=UTC)
    given = fresh().end_of_working_day(start, 1)
    calendars.set_day(SYSTEM, "office", FRIDAY, {"hours": None})
    assert fresh().end_of_working_day(start, 1) > given == datetime(2026, 1, 2, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    "hours",
    [
        [["11:30", "07:30"]],
        [["07:30", "11:30"], ["11:00", "12:00"]],
        [["07:30"]],
        [["07:30", "25:00"]],
        [["7:30", "11:30"]],
        [["sáng", "chiều"]],
        [],
    ],
)
def test_hours_that_cannot_be_meant_are_refused(office: Calendar, hours: list[list[str]]) -> None:
    with pytest.raises(HoursRefused):
        calendars.set_day(SYSTEM, "office", SATURDAY, {"hours": hours})


def test_a_day_may_last_until_midnight(office: Calendar) -> None:
    calendars.set_day(SYSTEM, "office", SATURDAY, {"hours": [["20:00", "24:00"]]})
    assert fresh().is_working(datetime(2026, 1, 10, 16, 59, tzinfo=UTC))


def test_a_week_without_hours_is_refused() -> None:
    with pytest.raises(NoWorkingHours):
        new("empty", monday=[])


def test_a_week_of_other_days_is_refused() -> None:
    with pytest.raises(HoursRefused):
        new("odd", someday=[["07:30", "11:30"]])


@pytest.mark.parametrize("text", ["2026-13-01", "yesterday", "1026-01-01", "10000-01-01"])
def test_what_is_no_day_is_refused(text: str) -> None:
    with pytest.raises(DayRefused):
        read_day(text)


def test_the_only_calendar_cannot_end(office: Calendar) -> None:
    with pytest.raises(calendars.CalendarNeeded):
        calendars.end(SYSTEM, "office")


def test_a_successor_takes_over_when_its_predecessor_ends(office: Calendar) -> None:
    new("later", sunday=[["08:00", "12:00"]])
    sunday_at_nine = datetime(2026, 3, 1, 2, tzinfo=UTC)
    calendars.end(SYSTEM, "office", clock.now() + timedelta(days=1))
    assert not fresh().is_working(sunday_at_nine)
    with clock.moved_to(clock.now() + timedelta(days=2)):
        assert fresh().is_working(sunday_at_nine)
        assert calendars.in_force().code == "later"


def test_every_change_is_in_the_audit_log(office: Calendar) -> None:
    calendars.set_day(SYSTEM, "office", FRIDAY, {"hours": None})
    calendars.reset_day(SYSTEM, "office", FRIDAY)
    db.session.commit()
    of_office = select(AuditEntry).where(AuditEntry.object_key == "office")
    acts = [entry.act for entry in db.session.scalars(of_office.order_by(AuditEntry.number))]
    assert acts == ["added", "changed", "changed"]
