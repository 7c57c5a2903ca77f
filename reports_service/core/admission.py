"""Who is let in when more is asked than can be done: a request that would wait too long is refused
at once, before its body is read.

The wait of a newcomer is estimated from how many wait already and how long one took lately, and is
at least that of the one who waits longest. Writers are refused first, so that their backlog never
grows beyond what readers still wait for; those who watch the service are never refused.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from prometheus_client import Counter

from reports_service.core.health import registry
from reports_service.domain.errors import Unavailable

WATCHED: Final = (b"/healthz", b"/readyz", b"/metrics")
SAFE: Final = (b"GET", b"HEAD", b"OPTIONS")
WRITES_WAIT_S: Final = 0.6
READS_WAIT_S: Final = 1.2
FIRST_GUESS_S: Final = 0.02
LONGEST_COUNTED_S: Final = 2.0  # one download of minutes says nothing about the others
WEIGHT: Final = 0.05  # of the newest in the mean: about the last twenty count

REFUSED = Counter(
    "http_refused_total", "Requests refused before they were read", ["kind"], registry=registry
)


class Overloaded(Unavailable):
    """More is asked at this moment than can be done; nothing was read of this request."""

    code = "overloaded"


class Kind(StrEnum):
    """What a request is, as far as its first line tells."""

    WATCH = "watch"
    READ = "read"
    WRITE = "write"


def kind_of(head: bytes) -> Kind:
    """The kind of the request that begins with these bytes; what cannot be told counts as read."""
    method, _, rest = head[:200].partition(b" ")
    path = rest.partition(b" ")[0].partition(b"?")[0]
    if method in SAFE:
        return Kind.WATCH if path in WATCHED else Kind.READ
    return Kind.WRITE if method.isalpha() and rest else Kind.READ


@dataclass
class Gate:
    """The estimate for one process that serves with so many threads."""

    threads: int
    took_s: float = FIRST_GUESS_S

    def done(self, seconds: float) -> None:
        """One request took so long."""
        self.took_s += WEIGHT * (min(seconds, LONGEST_COUNTED_S) - self.took_s)

    def wait_s(self, waiting: int, longest_s: float = 0.0) -> float:
        """How long a newcomer would wait behind so many, the first of whom waits for so long."""
        return max(longest_s, waiting * self.took_s / self.threads)

    def admits(self, kind: Kind, waiting: int, longest_s: float = 0.0) -> bool:
        """Whether a request of this kind is let in now."""
        if kind is Kind.WATCH or not waiting:
            return True
        return self.wait_s(waiting, longest_s) <= bound_s(kind)


def bound_s(kind: Kind) -> float:
    """How long a request of this kind may have to wait."""
    return WRITES_WAIT_S if kind is Kind.WRITE else READS_WAIT_S
