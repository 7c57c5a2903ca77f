"""Deadlines in working time beside a count minute by minute, over ten years of calendar.

Both sides answer for the same reports. The count by minutes would take hours for all of them, so it
answers for every 500th, spread over the whole run, and its time is scaled by the number of reports.
The time of making the calendar and its sums counts against the fast side.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from time import perf_counter
from zoneinfo import ZoneInfo

from bench.result import Check, report
from reports_service.domain.working_hours import WorkingCalendar

DEADLINES = 100_000
EVERY = 500
BOUND = 200
FIRST_YEAR, YEARS = 2020, 10
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
HOURS = ((time(7, 30), time(11, 30)), (time(13, 30), time(17)))
MINUTE = timedelta(minutes=1)
# The first day of Tết, 2020 to 2030, and Giỗ Tổ: days of the lunar year.
TET = ("0125", "0212", "0201", "0122", "0210", "0129", "0217", "0206", "0126", "0213", "0202")
GIO_TO = ("0402", "0421", "0410", "0429", "0418", "0407", "0426", "0416", "0404", "0423", "0412")
FIXED = ((1, 1), (4, 30), (5, 1), (9, 1), (9, 2), (11, 24))


def days_off() -> Iterator[date]:
    """Holidays as in Vietnam: a week of Tết, Giỗ Tổ and the fixed ones."""
    for year, (tet, gio_to) in enumerate(zip(TET, GIO_TO, strict=True), FIRST_YEAR):
        first = date(year, int(tet[:2]), int(tet[2:]))
        yield from (first + timedelta(days=day) for day in range(-1, 6))
        yield date(year, int(gio_to[:2]), int(gio_to[2:]))
        yield from (date(year, month, day) for month, day in FIXED)


WEEKLY = dict.fromkeys(range(5), HOURS)
OFF = frozenset(days_off())
# One swapped Saturday a year, in the middle of January.
MAKE_UP = {
    day: HOURS
    for year in range(FIRST_YEAR, FIRST_YEAR + YEARS + 1)
    for day in (date(year, 1, number) for number in range(9, 16))
    if day.weekday() == 5
}


def reports(count: int) -> list[tuple[datetime, timedelta]]:
    """Moments of filing over the years with targets of 4 to 75 working hours."""
    chance = random.Random(1022)
    first = datetime(FIRST_YEAR, 1, 1, tzinfo=UTC)
    minutes = YEARS * 365 * 24 * 60
    lengths = [timedelta(hours=hours) for hours in (4, 8, 22.5, 37.5, 52.5, 75)]
    return [
        (first + MINUTE * chance.randrange(minutes), chance.choice(lengths)) for _ in range(count)
    ]


def by_minutes(start: datetime, length: timedelta) -> datetime:
    """The deadline, found by asking of each minute whether it is worked."""
    left, at = length // MINUTE, start
    while left:
        local = at.astimezone(ZONE)
        day, wall = local.date(), local.time()
        hours = MAKE_UP.get(day) or (() if day in OFF else WEEKLY.get(day.weekday(), ()))
        left -= any(begin <= wall < end for begin, end in hours)
        at += MINUTE
    return at


def main() -> None:
    """Measure both, compare their answers, report."""
    filed = reports(DEADLINES)
    began = perf_counter()
    calendar = WorkingCalendar(WEEKLY, OFF, MAKE_UP, ZONE)
    deadlines = [calendar.add(start, length) for start, length in filed]
    fast = perf_counter() - began
    began = perf_counter()
    counted = [by_minutes(start, length) for start, length in filed[::EVERY]]
    slow = (perf_counter() - began) * DEADLINES / len(counted)
    agreeing = sum(a == b for a, b in zip(deadlines[::EVERY], counted, strict=True))
    print(f"{DEADLINES} deadlines: {fast:.2f} s; by minutes, scaled: {slow:.0f} s")
    report(
        "working_hours",
        [
            Check.at_least(
                f"speed against counting minutes, {DEADLINES} deadlines over {YEARS} years, "
                f"calendar made once included; minutes counted for {len(counted)}, scaled",
                round(slow / fast, 1),
                BOUND,
                "times",
            ),
            Check.at_least(
                "answers equal to the count by minutes", agreeing, len(counted), "deadlines"
            ),
        ],
    )


if __name__ == "__main__":
    main()
