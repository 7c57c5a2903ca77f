"""One hash a day over all histories: a chain that holds, whatever the clock did."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from reports_service.core.db import db, unit_of_work
from reports_service.reports import daily_heads
from reports_service.reports.daily_heads import Reach
from reports_service.reports.models import DailyHead
from reports_service.statistics.verification import heads
from tests.personas import LIGHT, MONDAY, People

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
THE_DAY = date(2026, 3, 9)  # MONDAY's


def head_of(day: date) -> DailyHead:
    return daily_heads.keep(day, end_of(day))


def end_of(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=ZONE) + timedelta(days=1)


def file_another(people: People, number: int) -> None:
    people.file(**{**LIGHT, "description": f"Đèn khác, cột {number}"})


def test_a_daily_head_holds_the_one_before_and_what_its_days_brought(
    people: People, clock_at: Any
) -> None:
    people.file()
    monday = head_of(THE_DAY)
    idle = head_of(date(2026, 3, 10))
    clock_at(MONDAY + timedelta(days=2))
    file_another(people, 2)
    clock_at(MONDAY + timedelta(days=3))
    later = head_of(date(2026, 3, 12))
    assert (monday.reports, idle.reports, later.reports) == (1, 1, 2)
    assert len({monday.head, idle.head, later.head}) == 3
    since = Reach(end_of(idle.day), idle.place)
    until = Reach(end_of(later.day), later.place)
    assert daily_heads.day_head(idle, since, until) == (2, later.head)


def test_what_a_clock_put_back_dates_before_midnight_belongs_to_the_next_head(
    people: People, clock_at: Any
) -> None:
    people.file()
    clock_at(end_of(THE_DAY) + timedelta(minutes=30))  # an hour ahead
    file_another(people, 2)
    early = head_of(THE_DAY)
    clock_at(end_of(THE_DAY) - timedelta(minutes=30))  # right again
    file_another(people, 3)
    assert head_of(THE_DAY) is early
    assert list(heads.other_days(ZONE)) == []
    clock_at(end_of(THE_DAY) + timedelta(days=1))
    following = head_of(date(2026, 3, 10))
    assert (early.reports, following.reports) == (1, 3)
    assert list(heads.other_days(ZONE)) == []


def test_a_head_that_does_not_say_how_far_it_goes_is_checked_by_its_midnight(
    people: People, clock_at: Any
) -> None:
    people.file()
    old = head_of(THE_DAY)
    with unit_of_work():
        old.place = None
    clock_at(MONDAY + timedelta(days=1))
    file_another(people, 2)
    assert head_of(date(2026, 3, 10)).reports == 2
    assert list(heads.other_days(ZONE)) == []


def test_no_head_is_kept_behind_that_of_a_later_day(people: People) -> None:
    people.file()
    ahead = head_of(date(2026, 3, 11))
    assert head_of(date(2026, 3, 10)) is ahead
    assert db.session.query(DailyHead).count() == 1


def test_a_day_has_ended_when_what_began_on_it_is_durable() -> None:
    midnight = datetime(2026, 3, 10, tzinfo=ZONE)
    assert daily_heads.yesterday(midnight + timedelta(seconds=30))[0] == date(2026, 3, 8)
    assert daily_heads.yesterday(midnight + daily_heads.SETTLED) == (THE_DAY, midnight)
