"""What was worked out from lengths, kept by the versions of the cells that they lie in.

A version is drawn whenever a cell is written, so nothing here is ever out of date: what is asked
with other versions is another question. Each process keeps its own.
"""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from reports_service.statistics.cells.histograms import Histograms

KEPT: Final = 256  # the histograms of all sorts take 82 KB


class WorkedOut(NamedTuple):
    """Of some groups: their percentiles (groups, sorts, percents), and one histogram per sort of
    them all.
    """

    percentiles: NDArray[np.float64]
    histograms: Histograms


class Remembered:
    """The last ``KEPT`` that were asked for, by a digest of what they were worked out from."""

    def __init__(self) -> None:
        self._kept: OrderedDict[bytes, WorkedOut] = OrderedDict()
        self._lock = Lock()

    def get(self, key: bytes) -> WorkedOut | None:
        """What is kept under a digest."""
        with self._lock:
            found = self._kept.get(key)
            if found is not None:
                self._kept.move_to_end(key)
            return found

    def keep(self, key: bytes, found: WorkedOut) -> None:
        """Keep it, in place of what was not asked for the longest."""
        with self._lock:
            self._kept[key] = found
            self._kept.move_to_end(key)
            if len(self._kept) > KEPT:
                self._kept.popitem(last=False)

    def forget(self) -> None:
        """Let go of everything: for who wants to see what the database holds now."""
        with self._lock:
            self._kept.clear()


remembered: Final = Remembered()
