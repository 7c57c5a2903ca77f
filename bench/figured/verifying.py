"""How fast everything is verified against the events, in how much memory, and that all agrees."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from reports_service.core.db import snapshot
from reports_service.statistics.verification.walk import Walked, verify

PAGE_KB = 4
LOOK_EVERY = 500  # reports


@dataclass
class Verified:
    """``grown_mb``: how much memory was taken beyond what the first fifth had taken."""

    events: int = 0
    differences: int = 0
    seconds: float = 0.0
    grown_mb: float = 0.0

    @property
    def rate(self) -> float:
        """Events a second."""
        return self.events / self.seconds


def verified(reports: int, zone: ZoneInfo) -> Verified:
    """Verify the current application's database, which holds so many reports."""
    taken: list[tuple[int, int]] = []

    def reached(report_id: int) -> None:
        if report_id % LOOK_EVERY == 0:
            taken.append((report_id, resident_mb()))

    walked, began = Walked(), time.perf_counter()
    with snapshot():
        for _ in verify(zone, walked=walked, reached=reached):
            pass
    seconds = time.perf_counter() - began
    early = max(mb for report_id, mb in taken if report_id <= reports // 5)
    most = max(mb for _, mb in taken)
    return Verified(walked.events, walked.differences, seconds, most - early)


def resident_mb() -> int:
    """The memory of this process that is in use."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * PAGE_KB // 1024
