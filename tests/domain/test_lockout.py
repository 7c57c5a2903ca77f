"""How long somebody waits who guesses."""

from __future__ import annotations

from datetime import timedelta

import pytest

from reports_service.domain import lockout
from reports_service.domain.lockout import Allowance

SMALL = Allowance(free=2, first_wait=timedelta(seconds=5), longest_wait=timedelta(seconds=60))


@pytest.mark.parametrize(
    ("failures", "seconds"), [(0, 0), (2, 0), (3, 5), (4, 10), (5, 20), (6, 40), (7, 60), (999, 60)]
)
def test_waits_double_from_the_first_failure_that_is_not_free(failures: int, seconds: int) -> None:
    assert SMALL.wait_after(failures) == timedelta(seconds=seconds)


def test_all_strangers_together_have_the_hundred_failures_that_nist_allows() -> None:
    assert lockout.ALL_STRANGERS.free == 100


def test_one_stranger_is_slowed_long_before_all_of_them_are() -> None:
    assert lockout.STRANGER.free < lockout.KNOWN.free < lockout.ALL_STRANGERS.free
    assert lockout.ADDRESS.free > lockout.ALL_STRANGERS.free, "a town hall shares an address"
