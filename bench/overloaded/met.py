"""What clients met, counted: accepted, refused in order, and what is neither."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bench.clients import percentile
from bench.overloaded.asking import REFUSED, Met

ACCEPTED = (200, 201)
BUSY = 503


@dataclass(frozen=True)
class Sorted:
    """The filings of one stretch of time."""

    accepted: Sequence[Met]
    refused: Sequence[Met]
    neither: Sequence[Met]
    seconds: float

    @classmethod
    def of(cls, met: Sequence[Met], seconds: float) -> Sorted:
        """A refusal in order is 503 with Retry-After, or a connection that is not taken."""
        filed = [one for one in met if one.kind == "filed"]
        accepted = [one for one in filed if one.status in ACCEPTED]
        refused = [one for one in filed if _in_order(one)]
        known = {id(one) for one in (*accepted, *refused)}
        return cls(accepted, refused, [one for one in filed if id(one) not in known], seconds)

    @property
    def offered(self) -> float:
        """Filings a second that were begun."""
        return (len(self.accepted) + len(self.refused) + len(self.neither)) / self.seconds

    @property
    def rate(self) -> float:
        """Filings a second that were accepted."""
        return len(self.accepted) / self.seconds

    @property
    def codes(self) -> list[str]:
        """Of all reports that were promised."""
        return [one.code or "" for one in self.accepted]


def _in_order(one: Met) -> bool:
    return one.status == REFUSED or (one.status == BUSY and bool(one.retry_after))


def p95(met: Sequence[Met]) -> float:
    """Seconds that 95 of 100 did not exceed; 0 of none."""
    return percentile([one.took_s for one in met], 0.95) if met else 0.0


def normal_after(met: Sequence[Met], usual_s: float, seconds: int) -> float:
    """The first second from which on all is as usual: all accepted, p95 at most ``usual_s``."""
    for second in range(seconds, 0, -1):
        there = [one for one in met if second - 1 <= one.begun_s < second]
        if any(one.status not in ACCEPTED for one in there) or p95(there) > usual_s:
            return float(second)
    return 0.0
