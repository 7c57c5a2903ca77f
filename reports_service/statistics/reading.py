"""What figures are read through: counts of a scope in groups, as a whole, and in their course.

What is open is counted at the second of asking, and from the assignments themselves while a change
waits to be counted; everything else comes from cells, which hold every change up to ``as_of``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cached_property
from math import isnan
from typing import Any, Final
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from reports_service.core import clock, together
from reports_service.domain.channels import Channel
from reports_service.domain.measures import Spread
from reports_service.reports.chain import FIGURES
from reports_service.reports.models import Assignment
from reports_service.statistics import queries
from reports_service.statistics.cells import layout, lookup, standing, turns
from reports_service.statistics.cells.layout import COUNTS, LENGTHS, PLACE
from reports_service.statistics.cells.lookup import Found
from reports_service.statistics.scope import Period, Scope
from reports_service.statistics.tallies import Hours, Tally, Waits

SECONDS_IN_AN_HOUR: Final = 3600
# What the whole counts of reports, under the codes that groups count assignments by.
OF_REPORTS: Final = {
    "received": "reports",
    "duplicates": "duplicate_reports",
    "recurring": "recurring_reports",
}
PROMISES: Final = layout.FLAGS[layout.Kind.PROMISED]


class Axis(StrEnum):
    """What figures can be grouped by."""

    AGENCY = "agency"
    CATEGORY = "category"
    AREA = "area"
    CHANNEL = "channel"


_CELLS: Final = {axis: layout.Axis[axis.name] for axis in Axis}
_COLUMNS: Final[Mapping[Axis, Any]] = {
    Axis.AGENCY: Assignment.agency_id,
    Axis.CATEGORY: Assignment.category_id,
    Axis.AREA: Assignment.area_id,
    Axis.CHANNEL: Assignment.channel,
}
_CHANNELS: Final = [None, *(channel.value for channel in Channel)]


@dataclass(frozen=True, slots=True)
class Group:
    """The lengths of one of the groups that were read together."""

    read: Reading
    place: int

    def hours(self, others: Sequence[Group]) -> Waits:
        """Of this group and of others together."""
        if not others:
            return self.read.hours(self.place)
        places = [self.place, *(other.place for other in others)]
        return Reading(self.read.found.joined(places), self.read.axis).hours(0)


@dataclass(frozen=True)
class Reading:
    """What was counted within a scope, by one axis."""

    found: Found
    axis: Axis

    @cached_property
    def _percentiles(self) -> list[list[list[float]]]:
        """By group, sort and percent, in hours."""
        hours: list[list[list[float]]] = (self.found.percentiles() / SECONDS_IN_AN_HOUR).tolist()
        return hours

    @cached_property
    def _counts(self) -> list[list[int]]:
        counts: list[list[int]] = self.found.counts.tolist()
        return counts

    def hours(self, place: int) -> Waits:
        """How long things took in a group."""
        spreads = dict(zip(LENGTHS, map(_spread, self._percentiles[place]), strict=True))
        return Waits(*(self._hours(place, name, spreads) for name in Waits._fields))

    def _hours(self, place: int, name: str, spreads: Mapping[str, Spread]) -> Hours:
        counts = self._counts[place]
        known, still = counts[PLACE[f"{name}_known"]], counts[PLACE[f"{name}_open"]]
        working, elapsed = spreads.get(f"{name}_working"), spreads[f"{name}_elapsed"]
        return Hours(working, elapsed, known + still, still)

    def tallies(self) -> dict[Any, Tally]:
        """The groups by agency id, category id or None, area id or None, or channel."""
        return {
            self.key(member): Tally(
                defaultdict(int, zip(COUNTS, counts, strict=True)),
                counts[PLACE["stars"]],
                (Group(self, place),),
            )
            for place, (member, counts) in enumerate(
                zip(self.found.groups.tolist(), self._counts, strict=True)
            )
        }

    def key(self, member: int) -> Any:
        """The agency id, category id or None, area id or None, or channel that a group is of."""
        if self.axis is Axis.CHANNEL:
            return _CHANNELS[member]
        return member or None


def _spread(percentiles: list[float]) -> Spread:
    median, p90 = (None if isnan(hours) else hours for hours in percentiles)
    return Spread(median, p90)


def as_of() -> datetime:
    """The moment up to which the figures hold every change that was durable, to the second.

    Now, if no change waits to be counted; later changes may be in them already.
    """
    now = clock.now()
    oldest = together.oldest(FIGURES)
    return min(now, oldest or now).replace(microsecond=0)


def behind(zone: ZoneInfo) -> timedelta | None:
    """For how long a change has waited to be counted; None where there are no figures."""
    return clock.now() - as_of() if turns.built(zone) else None


@dataclass(frozen=True, slots=True)
class Table:
    """What was counted within a scope: by the keys of an axis and in all, promises beside it."""

    rows: dict[Any, Tally]
    total: Tally
    promised: dict[Any, Mapping[str, int]]
    promised_in_all: Mapping[str, int]


def table(scope: Scope, axis: Axis) -> Table:
    """All that a table shows, from one look at the cells. Raises ``FiguresNotReady``."""
    found, stand = read(scope, axis), _standing(scope, axis)
    return Table(
        rows=_standing_too(found.tallies(), stand),
        total=_whole(scope, found, stand.values()),
        promised=_by_key(found),
        promised_in_all=_promises(found.found.counts.sum(axis=0)),
    )


def tallies(scope: Scope, axis: Axis) -> dict[Any, Tally]:
    """Counts by agency id, category id (or None), area id (or None) or channel.

    Groups with nothing are missing. Raises ``FiguresNotReady``.
    """
    found = read(scope, axis)
    return _standing_too(found.tallies(), _standing(scope, axis))


def read(scope: Scope, axis: Axis) -> Reading:
    """What cells say of a scope. Raises ``FiguresNotReady``."""
    return Reading(lookup.read(scope, _CELLS[axis]), axis)


def _standing(scope: Scope, axis: Axis) -> Mapping[Any, Mapping[str, int]]:
    """What is open at the second of asking: as it is kept, where that tells."""
    kept = standing.counts(scope) if axis is Axis.AGENCY else None
    return queries.standing(scope, _COLUMNS[axis]) if kept is None else kept


def _standing_too(
    found: dict[Any, Tally], stand: Mapping[Any, Mapping[str, int]]
) -> dict[Any, Tally]:
    """With what is open now."""
    for key, counts in stand.items():
        found.setdefault(key, Tally()).counts.update(counts)
    return found


def total(scope: Scope) -> Tally:
    """Counts of the whole scope; a report is received once, however many agencies it came to.

    Of one agency: its assignments, as in its row. Raises ``FiguresNotReady``.
    """
    found = read(scope, Axis.AGENCY)
    return _whole(scope, found, _standing(scope, Axis.AGENCY).values())


def _whole(scope: Scope, reading: Reading, stand: Iterable[Mapping[str, int]]) -> Tally:
    """The total of what was read of a scope, with what is open now."""
    (found,) = Reading(reading.found.whole(), Axis.AGENCY).tallies().values()
    if scope.agency_id is None:
        _of_reports(found)
    for counts in stand:
        for code, number in counts.items():
            found.counts[code] += number
    return found


def _of_reports(tally: Tally) -> None:
    """Count each report once instead of each assignment."""
    tally.counts.update({code: tally.counts[of] for code, of in OF_REPORTS.items()})


def course(scope: Scope, periods: Sequence[Period]) -> list[Tally]:
    """The whole of the scope in each of these periods, which follow each other without a gap,
    instead of its own; without how things stand now. Raises ``FiguresNotReady``.
    """
    found = lookup.course(scope, periods)
    read, places = Reading(found, Axis.AGENCY), found.groups.tolist()
    tallies = dict(zip(places, read.tallies().values(), strict=True))
    if scope.agency_id is None:
        for tally in tallies.values():
            _of_reports(tally)
    return [tallies.get(place) or Tally() for place in range(len(periods))]


def promised(scope: Scope, axis: Axis | None = None) -> dict[Any, Mapping[str, int]]:
    """Counts of promises to reporters: under None those of the whole, else by ``axis``.

    ``axis`` is the report's own category, area or channel, or the agency that has it now. Raises
    ``FiguresNotReady``.
    """
    found = read(scope, axis or Axis.AGENCY)
    return {None: _promises(found.found.counts.sum(axis=0))} if axis is None else _by_key(found)


def _by_key(found: Reading) -> dict[Any, Mapping[str, int]]:
    groups = zip(found.found.groups.tolist(), found.found.counts, strict=True)
    return {found.key(member): _promises(counts) for member, counts in groups}


def _promises(counts: NDArray[np.int64]) -> Mapping[str, int]:
    return {code: int(counts[PLACE[code]]) for code in PROMISES}
