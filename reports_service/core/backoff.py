"""How long to wait before something is tried again: doubling, bounded, with a quarter of jitter."""

from __future__ import annotations

import random
from datetime import timedelta
from typing import Final

FIRST: Final = timedelta(seconds=5)
LONGEST: Final = timedelta(hours=3)
# After no attempt that counts: a part that all need is away, as a photo store that is full.
PART_AWAY: Final = timedelta(seconds=20)
JITTER: Final = 0.25  # of each wait, to both sides: what failed together comes back one by one
_DOUBLINGS_MAX: Final = 20


def after(attempts: int) -> timedelta:
    """How long to wait after so many attempts; after none for a part that is away."""
    return _plain(attempts) * random.uniform(1 - JITTER, 1 + JITTER)


def longest(attempts: int) -> timedelta:
    """No wait after so many attempts is longer, be it for a part that is away."""
    return max(_plain(attempts), PART_AWAY) * (1 + JITTER)


def _plain(attempts: int) -> timedelta:
    if not attempts:
        return PART_AWAY
    return min(FIRST * (1 << min(attempts - 1, _DOUBLINGS_MAX)), LONGEST)
