"""Local hours of a day as exact stretches of time, over changes of the clock too.

A moment belongs to the hours ``[start, end)`` of a day when a clock on the wall shows that day and
a time in them. So an hour that is skipped in spring has no moments, and one repeated in autumn
counts twice. Moments are whole microseconds since 1970 in UTC: integers add and compare exactly.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta, tzinfo

Hours = Sequence[tuple[time, time]]
Stretch = tuple[int, int]

MICROSECOND = timedelta(microseconds=1)
SECOND = 1_000_000
DAY = 86_400 * SECOND
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FIRST_ORDINAL = date(1970, 1, 1).toordinal()


def to_micros(moment: datetime) -> int:
    """Microseconds since 1970 of an aware ``moment``."""
    return (moment - EPOCH) // MICROSECOND


def to_moment(micros: int) -> datetime:
    """The aware UTC moment of ``micros``."""
    return EPOCH + timedelta(microseconds=micros)


def wall_micros(wall: time) -> int:
    """Microseconds from midnight to ``wall``, as the clock on the wall shows them."""
    return ((wall.hour * 60 + wall.minute) * 60 + wall.second) * SECOND + wall.microsecond


def wall_hours(hours: Hours) -> list[Stretch]:
    """Microseconds from midnight of each interval; an end of 00:00 is the end of the day."""
    return [(wall_micros(start), wall_micros(end) or DAY) for start, end in hours]


def stretches_of_days(
    days: Iterable[tuple[date, Sequence[Stretch]]], zone: tzinfo
) -> Iterator[list[Stretch]]:
    """For each (day, ``wall_hours``) the stretches of UTC time that they are, in order."""
    offsets = _Offsets(zone)
    for day, hours in days:
        midnight = (day.toordinal() - _FIRST_ORDINAL) * DAY
        offset = offsets.all_around(midnight)
        if offset is not None:
            base = midnight - offset
            yield [(base + start, base + end) for start, end in hours]
        else:
            yield list(_stretches_over_a_change(midnight, hours, offsets))


def _stretches_over_a_change(
    midnight: int, hours: Sequence[Stretch], offsets: _Offsets
) -> Iterator[Stretch]:
    for since, until, offset in offsets.spans(midnight - DAY, midnight + 2 * DAY):
        for start, end in hours:
            first = max(midnight + start - offset, since)
            last = min(midnight + end - offset, until)
            if first < last:
                yield first, last


class _Offsets:
    """How far a zone is ahead of UTC, in microseconds, looked up once per UTC midnight."""

    def __init__(self, zone: tzinfo) -> None:
        self._zone = zone
        self._at_midnight: dict[int, int] = {}

    def at(self, micros: int) -> int:
        offset = to_moment(micros).astimezone(self._zone).utcoffset()
        return (offset or timedelta()) // MICROSECOND

    def at_midnight(self, micros: int) -> int:
        known = self._at_midnight.get(micros)
        if known is None:
            known = self._at_midnight[micros] = self.at(micros)
        return known

    def all_around(self, midnight: int) -> int | None:
        """The one offset of a local day and its neighbours; None where the clock changes.

        An offset is less than 24 hours, so the day lies within these four UTC midnights. No zone
        changes its clock twice within a day.
        """
        offset = self.at_midnight(midnight)
        for days in (-1, 1, 2):
            if self.at_midnight(midnight + days * DAY) != offset:
                return None
        return offset

    def spans(self, since: int, until: int) -> Iterator[tuple[int, int, int]]:
        """(from, to, offset) of each span between UTC midnights, cut where the clock changes."""
        for start in range(since, until, DAY):
            end = start + DAY
            before, after = self.at_midnight(start), self.at_midnight(end)
            change = end if before == after else self._change(start, end)
            yield start, change, before
            if change < end:
                yield change, end, after

    def _change(self, start: int, end: int) -> int:
        """The second at which the offset becomes another, by halving."""
        before = self.at(start)
        while end - start > SECOND:
            middle = (start + end) // (2 * SECOND) * SECOND
            if self.at(middle) == before:
                start = middle
            else:
                end = middle
        return end
