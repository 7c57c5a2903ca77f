"""Running sums of working time over some years, asked by binary search."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from datetime import UTC, datetime

from reports_service.domain.local_days import DAY, Stretch, to_micros


class WorkedTime:
    """All stretches of work of some years in order, with the work done by the end of each.

    ``days`` gives the stretches of each working day; all times are microseconds since 1970.
    """

    def __init__(self, first_year: int, last_year: int, days: Iterable[list[Stretch]]) -> None:
        self.first_year, self.last_year = first_year, last_year
        by_day = [stretches for stretches in days if stretches]
        stretches = sorted(stretch for day in by_day for stretch in day)
        self.starts = [start for start, _ in stretches]
        self.ends = [end for _, end in stretches]
        self.day_ends = sorted(max(end for _, end in day) for day in by_day)
        self.done: list[int] = []
        total = 0
        for start, end in stretches:
            total += end - start
            self.done.append(total)
        # Local days and UTC days differ by less than one: the two at each edge are not asked.
        self._since = to_micros(datetime(first_year, 1, 1, tzinfo=UTC)) + 2 * DAY
        self._until = to_micros(datetime(last_year, 12, 31, tzinfo=UTC)) - 2 * DAY

    def covers(self, moment: int) -> bool:
        return self._since <= moment <= self._until

    def worked(self, moment: int) -> int:
        """Working time from the table's beginning to ``moment``."""
        index = bisect_right(self.starts, moment) - 1
        if index < 0:
            return 0
        return self.done[index] - max(self.ends[index] - moment, 0)

    def when_worked(self, total: int) -> int | None:
        """The earliest moment at which ``worked`` is ``total`` (above zero); None if not yet."""
        index = bisect_left(self.done, total)
        return self.ends[index] - (self.done[index] - total) if index < len(self.done) else None

    def next_working(self, moment: int) -> int | None:
        index = bisect_right(self.ends, moment)
        return max(self.starts[index], moment) if index < len(self.starts) else None
