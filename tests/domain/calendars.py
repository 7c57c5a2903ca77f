"""Calendars and moments that the tests of time share."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from reports_service.domain.working_hours import WorkingCalendar
from tests.domain.brute_force import Hours, MinuteCount

VIETNAM = ZoneInfo("Asia/Ho_Chi_Minh")
AMSTERDAM = ZoneInfo("Europe/Amsterdam")
DAY = ((time(7, 30), time(11, 30)), (time(13, 30), time(17, 0)))
MORNING = ((time(8, 0), time(11, 0)),)
ROUND_THE_CLOCK = ((time(0), time(0)),)
WEEK = dict.fromkeys(range(5), DAY)

# The new year of 2026: Friday 2 January is off and worked on Saturday 10 January instead.
CALENDAR = WorkingCalendar(
    weekly=WEEK,
    days_off=[date(2026, 1, 1), date(2026, 1, 2)],
    working_days={date(2026, 1, 10): MORNING},
    zone=VIETNAM,
)


def at(text: str, zone: ZoneInfo = VIETNAM) -> datetime:
    """Local time from "2026-01-05 08:00"."""
    return datetime.fromisoformat(text).replace(tzinfo=zone)


_minutes = st.integers(0, 24 * 60 - 1)


@st.composite
def hours(draw: st.DrawFn) -> Hours:
    """Up to three intervals of a day; the last may end at midnight."""
    marks = sorted(draw(st.lists(_minutes, unique=True, max_size=6)))
    walls = [time(mark // 60, mark % 60) for mark in marks]
    if len(walls) % 2 and draw(st.booleans()):
        walls.append(time(0))
    return list(zip(walls[::2], walls[1::2], strict=False))


@st.composite
def calendars(draw: st.DrawFn) -> tuple[WorkingCalendar, MinuteCount]:
    """A calendar with some hours each week, and the count by minutes that judges it."""
    zone = ZoneInfo(
        draw(
            st.sampled_from(
                ["Asia/Ho_Chi_Minh", "Europe/Amsterdam", "Australia/Lord_Howe", "America/Havana"]
            )
        )
    )
    weekly = draw(st.dictionaries(st.integers(0, 6), hours(), max_size=7))
    weekly[draw(st.integers(0, 6))] = draw(st.sampled_from([DAY, MORNING, ROUND_THE_CLOCK]))
    days = st.dates(date(2025, 3, 1), date(2025, 12, 1))
    parts = (
        weekly,
        draw(st.sets(days, max_size=20)),
        draw(st.dictionaries(days, hours(), max_size=8)),
        zone,
    )
    return WorkingCalendar(*parts), MinuteCount(*parts)


def minutes_of(first: date, days: int) -> st.SearchStrategy[datetime]:
    """Whole minutes in UTC, from ``first`` over ``days`` days."""
    start = datetime.combine(first, time(0), UTC)
    return st.integers(0, days * 24 * 60).map(lambda minutes: start + timedelta(minutes=minutes))


# Around the nights on which the clocks of these zones change, and anywhere else in the season.
moments = st.one_of(
    minutes_of(date(2025, 3, 5), 230),
    minutes_of(date(2025, 3, 8), 2),
    minutes_of(date(2025, 3, 29), 2),
    minutes_of(date(2025, 4, 5), 2),
    minutes_of(date(2025, 10, 25), 2),
)
