"""Which period stands beside which, and how a period is cut into spans."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports_service.statistics.comparison import before, whole_months, year_before
from reports_service.statistics.scope import Period
from reports_service.statistics.trend import MOST_SPANS, By, TooManySpans, spans

pytestmark = pytest.mark.pure
ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
days = st.dates(date(1950, 1, 1), date(2100, 12, 31))


def period(first: str, last: str) -> Period:
    return Period(date.fromisoformat(first), date.fromisoformat(last), ZONE)


@pytest.mark.parametrize(
    ("of", "previous", "last_year"),
    [
        # a month, a quarter, a year
        (("2026-03-01", "2026-03-31"), ("2026-02-01", "2026-02-28"), ("2025-03-01", "2025-03-31")),
        (("2026-01-01", "2026-03-31"), ("2025-10-01", "2025-12-31"), ("2025-01-01", "2025-03-31")),
        (("2026-01-01", "2026-12-31"), ("2025-01-01", "2025-12-31"), ("2025-01-01", "2025-12-31")),
        # February of a leap year, and the one after
        (("2024-02-01", "2024-02-29"), ("2024-01-01", "2024-01-31"), ("2023-02-01", "2023-02-28")),
        (("2025-02-01", "2025-02-28"), ("2025-01-01", "2025-01-31"), ("2024-02-01", "2024-02-29")),
        # some days, and the 29th of February among them
        (("2026-03-02", "2026-03-31"), ("2026-01-31", "2026-03-01"), ("2025-03-02", "2025-03-31")),
        (("2024-02-29", "2024-02-29"), ("2024-02-28", "2024-02-28"), ("2023-02-28", "2023-02-28")),
        (("2026-01-01", "2026-01-01"), ("2025-12-31", "2025-12-31"), ("2025-01-01", "2025-01-01")),
    ],
)
def test_whole_months_are_compared_with_whole_months_and_days_with_as_many_days(
    of: tuple[str, str], previous: tuple[str, str], last_year: tuple[str, str]
) -> None:
    assert before(period(*of)) == period(*previous)
    assert year_before(period(*of)) == period(*last_year)


@given(first=days, length=st.integers(0, 1000))
def test_the_period_before_ends_where_the_period_begins(first: date, length: int) -> None:
    of = Period(first, first + timedelta(days=length), ZONE)
    previous = before(of)
    assert previous.last + timedelta(days=1) == of.first
    assert whole_months(previous) == whole_months(of)
    if not whole_months(of):
        assert previous.last - previous.first == of.last - of.first
    earlier = year_before(of)
    assert earlier.first <= earlier.last
    assert 365 <= (of.first - earlier.first).days <= 366


@given(first=days, length=st.integers(0, 390), by=st.sampled_from(By))
def test_spans_cover_a_period_without_gaps(first: date, length: int, by: By) -> None:
    of = Period(first, first + timedelta(days=length), ZONE)
    found = spans(of, by)
    assert (found[0].first, found[-1].last) == (of.first, of.last)
    for one, after in pairwise(found):
        assert one.last + timedelta(days=1) == after.first
        assert by is not By.WEEK or after.first.weekday() == 0
        assert by is not By.MONTH or after.first.day == 1


def test_a_period_of_too_many_spans_is_refused() -> None:
    assert len(spans(period("2025-01-01", "2026-02-04"), By.DAY)) == MOST_SPANS
    with pytest.raises(TooManySpans):
        spans(period("2025-01-01", "2026-02-05"), By.DAY)
    assert len(spans(period("1996-01-01", "2026-02-05"), By.MONTH)) == 362
