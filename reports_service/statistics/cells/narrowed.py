"""A scope's filters as what cells and sheets are asked for."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, or_, select, true

from reports_service.agencies.models import Agency
from reports_service.core.db import db
from reports_service.statistics.cells.facts import CHANNELS
from reports_service.statistics.cells.keyed import SECOND_MASK
from reports_service.statistics.cells.layout import PAIRS, Axis
from reports_service.statistics.cells.making import SECOND_BITS
from reports_service.statistics.cells.models import Cell, Sheet
from reports_service.statistics.scope import Scope

Array = NDArray[Any]
NOBODY: Final = 0  # the member that stands for none


class Narrowed:
    """Which agencies, and which members of which axes."""

    def __init__(self, scope: Scope, by: Axis) -> None:
        self.members = _members(scope)
        self.axis = _axis_for(by, self.members)
        self._agencies = agencies_of(scope)

    def of_agencies(self, model: type[Cell | Sheet]) -> Iterator[ColumnElement[bool]]:
        """The condition on whose cells, or sheets."""
        if self._agencies is not None:
            yield model.agency_id.in_(self._agencies)

    def of_members(self, axis: Axis) -> ColumnElement[bool]:
        """The members of an axis that are asked for; of a pair, those whose first id is."""
        if axis is Axis.AGENCY:
            return Cell.member == NOBODY
        wanted = self.members.get(PAIRS[axis][0] if axis in PAIRS else axis)
        if wanted is None:
            return true()
        if axis not in PAIRS:
            return Cell.member.in_(wanted)
        return or_(
            *(
                Cell.member.between(one << SECOND_BITS, ((one + 1) << SECOND_BITS) - 1)
                for one in wanted
            )
        )

    def second(self, axis: Axis, members: Array) -> Array:
        """Which cells of a pair have a second id that is asked for."""
        wanted = self.members.get(PAIRS[axis][1])
        if wanted is None:
            return np.ones(len(members), dtype=bool)
        return np.isin(members & SECOND_MASK, sorted(wanted))

    def rows(self, rows: Array) -> Array:
        """Which rows of sheets have what is asked for."""
        chosen = np.ones(len(rows), dtype=bool)
        for axis, wanted in self.members.items():
            chosen &= np.isin(rows[axis.name.lower()], sorted(wanted))
        return chosen


def _members(scope: Scope) -> dict[Axis, Collection[int]]:
    found: dict[Axis, Collection[int]] = {}
    if scope.category_ids is not None:
        found[Axis.CATEGORY] = {one or NOBODY for one in scope.category_ids}
    if scope.area_ids is not None:
        found[Axis.AREA] = {one or NOBODY for one in scope.area_ids}
    if scope.channel is not None:
        found[Axis.CHANNEL] = {CHANNELS.get(scope.channel, NOBODY)}
    return found


def _axis_for(by: Axis, members: Mapping[Axis, Any]) -> Axis | None:
    """The axis whose cells answer; None where more than two would be needed."""
    needed = {*members} | ({by} - {Axis.AGENCY})
    if len(needed) < 2:
        return needed.pop() if needed else Axis.AGENCY
    return next((axis for axis, pair in PAIRS.items() if {*pair} == needed), None)


def agencies_of(scope: Scope) -> Sequence[int] | None:
    """The ids of the agencies that are asked for; None: of all."""
    if scope.agency_id is not None:
        return [scope.agency_id]
    if scope.kind is not None:
        return list(db.session.scalars(select(Agency.id).where(Agency.kind == scope.kind)))
    return None
