"""To which group what was read belongs: an agency, a member of an axis, or a period of a course."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from reports_service.statistics.cells.layout import PAIRS, Axis
from reports_service.statistics.cells.local_months import begins, first_of
from reports_service.statistics.cells.making import SECOND_BITS
from reports_service.statistics.scope import Period

Array = NDArray[Any]
SECOND_MASK: Final = (1 << SECOND_BITS) - 1
FIRST_MONTH: Final = 9999  # spans beyond it are months, up to it years


class Keyed(Protocol):
    """A way to group."""

    axis: Axis  # whose cells tell the groups apart
    beyond_months: bool  # whether a group may hold a year, or the past, as a whole
    joins: bool  # whether groups are put together later, from their single lengths

    def cells(self, axis: Axis, spans: Array, members: Array, agencies: Array) -> Array:
        """The group of each cell."""

    def rows(self, rows: Array, agencies: Array) -> Array:
        """The group of each row of sheets."""

    def marks(self, marks: Array, cells: Array) -> Array:
        """The group of each deadline; ``cells``: of the cell that it stands in."""


class ByMember:
    """By agency, or by the member of an axis."""

    beyond_months = True

    def __init__(self, axis: Axis) -> None:
        self.axis = axis
        self.joins = axis in (Axis.CATEGORY, Axis.AREA)  # each of them with all below it

    def cells(self, axis: Axis, _spans: Array, members: Array, agencies: Array) -> Array:
        """The agency, or the id on the axis; of a pair's cells one of the two."""
        if self.axis is Axis.AGENCY:
            return agencies
        if axis not in PAIRS:
            return members
        return members >> SECOND_BITS if PAIRS[axis][0] is self.axis else members & SECOND_MASK

    def rows(self, rows: Array, agencies: Array) -> Array:
        """The agency, or the id that the row bears."""
        if self.axis is Axis.AGENCY:
            return agencies
        members: Array = rows[self.axis.name.lower()].astype(np.int64)
        return members

    def marks(self, _marks: Array, cells: Array) -> Array:
        """That of the cell."""
        return cells


class ByPeriod:
    """By the place of a period among several, which follow each other without a gap."""

    axis = Axis.AGENCY
    beyond_months = False
    joins = False

    def __init__(self, periods: Sequence[Period]) -> None:
        self._begins = np.array([int(period.begins.timestamp()) for period in periods])
        self._zone = periods[0].zone

    def cells(self, axis: Axis, spans: Array, members: Array, _agencies: Array) -> Array:
        """The period in which the cell's month, or day, begins."""
        days = members if axis is Axis.DAY else np.ones_like(spans)
        when, place = np.unique(spans * 100 + days, return_inverse=True)
        return self._places(np.array([self._begin(int(one)) for one in when], dtype=np.int64))[
            place
        ]

    def _begin(self, span_and_day: int) -> int:
        month, day = divmod(span_and_day, 100)
        return begins(first_of(month).replace(day=day), self._zone)

    def rows(self, rows: Array, _agencies: Array) -> Array:
        """The period in which the row's moment lies."""
        return self._places(rows["at"])

    def marks(self, marks: Array, _cells: Array) -> Array:
        """The period in which the deadline lies."""
        return self._places(marks["at"])

    def _places(self, seconds: Array) -> Array:
        return np.maximum(np.searchsorted(self._begins, seconds, side="right") - 1, 0)
