"""The checks of records: which there are, and which days a night counts."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from reports_service.domain.quality import (
    CHECKS,
    RECOUNTED_DAYS,
    Basis,
    Group,
    days_to_count,
    on,
)

LAST = date(2026, 12, 3)
days = st.dates(date(2026, 6, 1), LAST)


def test_each_group_has_checks_and_each_check_a_code_of_its_own() -> None:
    assert {check.group for check in CHECKS} == set(Group)
    codes = [check.code for check in CHECKS]
    assert len(set(codes)) == len(codes)
    assert sorted([*on(Basis.OPENED), *on(Basis.NOW)]) == sorted(codes)


def test_a_first_night_counts_two_months() -> None:
    counted = days_to_count(LAST, None)
    assert (len(counted), counted[-1]) == (RECOUNTED_DAYS, LAST)


def test_days_between_a_night_that_was_missed_and_this_one_are_counted_too() -> None:
    long_ago = LAST - timedelta(days=100)
    assert days_to_count(LAST, long_ago)[0] == long_ago + timedelta(days=1)


@given(counted_up_to=st.none() | days, since=st.none() | days)
def test_a_night_leaves_no_gap_and_counts_at_least_two_months(
    counted_up_to: date | None, since: date | None
) -> None:
    counted = days_to_count(LAST, counted_up_to, since)
    assert counted[-1] == LAST
    assert len(counted) >= RECOUNTED_DAYS
    steps = {after - before for before, after in pairwise(counted)}
    assert steps == {timedelta(days=1)}
    assert counted_up_to is None or counted[0] <= counted_up_to + timedelta(days=1)
    assert since is None or counted[0] <= since
