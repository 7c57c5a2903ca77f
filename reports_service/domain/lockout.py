"""How long somebody waits who guesses at passwords, so that guessing does not pay and an owner is
never kept out by a stranger.

Failures are counted by who guesses: a device that signed in to the account before has an allowance
of its own, which nobody else can use up. All who are unknown share one besides their own, wide
enough for people and far below what guessing needs: NIST SP 800-63B (3.2.2) allows 100 failures.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final


@dataclass(frozen=True)
class Allowance:
    """So many failures cost nothing; after each further one the wait doubles, up to the longest."""

    free: int
    first_wait: timedelta
    longest_wait: timedelta

    def wait_after(self, failures: int) -> timedelta:
        """How long nobody may try again after this many failures."""
        beyond = failures - self.free
        if beyond <= 0:
            return timedelta(0)
        doublings = min(beyond - 1, 40)  # far beyond every longest wait
        return min(self.first_wait * (1 << doublings), self.longest_wait)


# Of one account and one device, or one address, that signed in to it before.
KNOWN: Final = Allowance(10, timedelta(seconds=5), timedelta(minutes=15))
# Of one account and one address that it does not know.
STRANGER: Final = Allowance(5, timedelta(seconds=5), timedelta(minutes=15))
# Of one account and all whom it does not know.
ALL_STRANGERS: Final = Allowance(100, timedelta(seconds=5), timedelta(minutes=15))
# Of one address and all accounts: a whole town hall shares one.
ADDRESS: Final = Allowance(200, timedelta(seconds=2), timedelta(minutes=2))
# Letters with a way to a new password: of one account, and of one address.
LETTERS: Final = Allowance(3, timedelta(minutes=10), timedelta(hours=1))
LETTERS_OF_ADDRESS: Final = Allowance(30, timedelta(minutes=1), timedelta(minutes=15))
# What is written down of one address that came back from a provider in vain; nobody waits for it.
AFTER_PROVIDER: Final = Allowance(20, timedelta(minutes=1), timedelta(minutes=15))

FORGOTTEN_AFTER: Final = timedelta(days=1)  # without a failure
