"""The lengths of cells that a question found, left in the database until they are needed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, select

from reports_service.domain.errors import Unavailable
from reports_service.statistics.cells import store
from reports_service.statistics.cells.histograms import Numbers
from reports_service.statistics.cells.layout import Axis
from reports_service.statistics.cells.lengths import whole
from reports_service.statistics.cells.models import Cell
from reports_service.statistics.cells.turns import FiguresUnreadable

FEW: Final = 2  # parts of all cells: who wants fewer names their agencies


class Moved(Unavailable):
    """A recount wrote one of the cells between two statements: all is to be read again."""

    code = "figures_moved"


@dataclass(frozen=True, slots=True)
class Stored:
    """Cells of an axis: the condition that finds them, and a column for each.

    ``place`` (span, member, agency; cells), ``known`` (cells, sorts), ``versions`` (cells).
    """

    axis: Axis
    condition: ColumnElement[bool]
    place: NDArray[np.int64]
    known: Numbers
    versions: Numbers
    _held: dict[int, bytes] = field(default_factory=dict)

    def fetch_all(self) -> None:
        """Fetch every cell's bytes now."""
        self.fetch(np.arange(len(self.versions)))

    def fetch(self, places: Numbers) -> Sequence[bytes]:
        """The bytes of the cells at these places. Raises ``FiguresUnreadable``, ``Moved``."""
        wanted = places.tolist()
        lacking = [place for place in wanted if place not in self._held]
        if lacking:
            self._held.update(zip(lacking, self._read(np.array(lacking)), strict=True))
        return [self._held[place] for place in wanted]

    def _read(self, places: Numbers) -> Sequence[bytes]:
        wanted, condition = self.place[:, places], self.condition
        if len(places) * FEW < len(self.versions):
            condition &= Cell.agency_id.in_(np.unique(wanted[2]).tolist())
        columns = (Cell.span, Cell.member, Cell.agency_id, Cell.version, Cell.lengths)
        found = {
            tuple(key): lengths for *key, lengths in store.rows(select(*columns).where(condition))
        }
        keys = zip(*wanted.tolist(), self.versions[places].tolist(), strict=True)
        blobs = [found.get(key) for key in keys]
        held = [blob for blob in blobs if blob is not None]
        if len(held) < len(blobs):
            raise Moved
        torn = ~whole(self.known[places], held)
        if torn.any():
            span, _, agency = wanted[:, np.flatnonzero(torn)[0]].tolist()
            raise FiguresUnreadable(axis=self.axis.name, span=span, agency=agency)
        return held
