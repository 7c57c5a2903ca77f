"""The same thing reported again, and what came back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from reports_service.domain.duplicates import RECURS_WITHIN, is_possible_duplicate, is_recurrence

NOW = datetime(2026, 11, 20, 5, tzinfo=UTC)
A_MOMENT = timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("same_category", "metres", "radius_m", "possible"),
    [
        (True, 0, 50, True),
        (True, 50, 50, True),
        (True, 50.01, 50, False),
        (False, 0, 50, False),
        (True, 0, 0, False),
    ],
)
def test_near_and_of_the_same_category_is_a_possible_duplicate(
    same_category: bool, metres: float, radius_m: float, possible: bool
) -> None:
    answer = is_possible_duplicate(same_category=same_category, metres=metres, radius_m=radius_m)
    assert answer is possible


@pytest.mark.parametrize(
    ("closed_at", "metres", "radius_m", "recurs"),
    [
        (NOW, 10, 50, True),
        (NOW - RECURS_WITHIN, 50, 50, True),
        (NOW - RECURS_WITHIN - A_MOMENT, 10, 50, False),
        (NOW + A_MOMENT, 10, 50, False),
        (NOW, 51, 50, False),
        (NOW, 0, 0, False),
        (None, 0, 50, False),
    ],
)
def test_what_was_closed_near_here_within_a_year_has_come_back(
    closed_at: datetime | None, metres: float, radius_m: float, recurs: bool
) -> None:
    answer = is_recurrence(closed_at=closed_at, now=NOW, metres=metres, radius_m=radius_m)
    assert answer is recurs
