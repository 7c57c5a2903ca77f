"""Definitions, the cohort table, the Wilson bound, percentiles with open ones, ranks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from math import inf, sqrt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports_service.core.words import LANGUAGES, say
from reports_service.domain.measures import (
    BY_CODE,
    COHORT,
    DEFINITIONS,
    Day,
    Spread,
    Standing,
    Treatment,
    Unit,
    kept,
    percentile,
    ranks,
    rate,
    result_at,
    wilson_lower,
)
from reports_service.domain.outcomes import Outcome

ACKNOWLEDGE_BY = datetime(2026, 12, 1, 3, tzinfo=UTC)
DEADLINE = datetime(2026, 12, 3, 10, tzinfo=UTC)
LATER = DEADLINE + timedelta(days=1)
MOMENT = timedelta(microseconds=1)


def judged(outcome: Outcome | None, ended_at: datetime | None, as_of: datetime = LATER) -> object:
    return kept(
        outcome,
        done_at=result_at(outcome, None, ended_at),
        ended_at=ended_at,
        acknowledge_by=ACKNOWLEDGE_BY,
        deadline=DEADLINE,
        as_of=as_of,
    )


def test_every_outcome_has_its_treatment() -> None:
    assert set(COHORT) == {None, *Outcome}


@pytest.mark.parametrize("outcome", [Outcome.RESOLVED, Outcome.TRIAGED, Outcome.REJECTED])
def test_a_result_at_the_very_deadline_is_met_and_a_microsecond_later_missed(
    outcome: Outcome,
) -> None:
    assert judged(outcome, DEADLINE) is True
    assert judged(outcome, DEADLINE + MOMENT) is False


def test_a_deadline_counts_from_its_own_moment_on() -> None:
    assert judged(None, None, as_of=DEADLINE - MOMENT) is None
    assert judged(None, None, as_of=DEADLINE) is False
    assert judged(Outcome.RESOLVED, ACKNOWLEDGE_BY, as_of=DEADLINE - MOMENT) is None


@pytest.mark.parametrize("outcome", [Outcome.TRANSFERRED, Outcome.HANDED_BACK])
def test_handed_over_after_the_acknowledgement_deadline_is_missed(outcome: Outcome) -> None:
    assert judged(outcome, ACKNOWLEDGE_BY) is None
    assert judged(outcome, ACKNOWLEDGE_BY + MOMENT) is False


@pytest.mark.parametrize(
    "outcome", [Outcome.MERGED, Outcome.WITHDRAWN, Outcome.REFERRED, Outcome.RECLASSIFIED]
)
def test_ended_by_others_before_the_deadline_is_left_out(outcome: Outcome) -> None:
    assert judged(outcome, DEADLINE) is None
    assert judged(outcome, DEADLINE + MOMENT) is False


def test_closed_without_a_reply_is_left_out_whenever_it_ended() -> None:
    assert judged(Outcome.NO_REPLY, ACKNOWLEDGE_BY) is None
    assert judged(Outcome.NO_REPLY, LATER) is None


def test_a_paused_assignment_has_no_day_yet() -> None:
    when = {"done_at": None, "ended_at": None, "acknowledge_by": None, "as_of": LATER}
    assert kept(None, deadline=None, **when) is None


def test_the_wilson_bound_agrees_with_published_values() -> None:
    # Two-sided 95 %, rounded to four places: 1 of 1, 8 of 10, 90 of 100.
    assert wilson_lower(1, 1) == pytest.approx(0.2065, abs=5e-5)
    assert wilson_lower(8, 10) == pytest.approx(0.4902, abs=5e-5)
    assert wilson_lower(90, 100) == pytest.approx(0.8256, abs=5e-5)
    assert wilson_lower(0, 7) == 0
    assert wilson_lower(0, 0) is None


@given(st.integers(1, 10_000).flatmap(lambda due: st.tuples(st.integers(0, due), st.just(due))))
def test_the_wilson_bound_is_where_the_score_test_just_rejects(counts: tuple[int, int]) -> None:
    met, due = counts
    bound = wilson_lower(met, due)
    assert bound is not None
    assert 0 <= bound <= met / due
    if met:
        z = (met / due - bound) / sqrt(bound * (1 - bound) / due)
        assert z == pytest.approx(1.959963984540054, rel=1e-6)


def by_hand(known: list[float], longer: int, percent: int) -> float | None:
    values = [*sorted(known), *[inf] * longer]
    if not values:
        return None
    position = Fraction((len(values) - 1) * percent, 100)
    low = int(position)
    if position == low:
        return None if values[low] == inf else values[low]
    if values[low + 1] == inf:
        return None
    return values[low] + (values[low + 1] - values[low]) * float(position - low)


@given(
    st.lists(st.floats(0, 1e7), max_size=40),
    st.integers(0, 40),
    st.sampled_from([0, 50, 90, 100]),
)
def test_percentiles_count_the_open_ones_as_longest(
    known: list[float], longer: int, percent: int
) -> None:
    found, expected = percentile(sorted(known), longer, percent), by_hand(known, longer, percent)
    assert found == (None if expected is None else pytest.approx(expected, rel=1e-9, abs=1e-9))


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=20), st.integers(0, 20))
def test_leaving_work_open_never_improves_a_percentile(known: list[float], open_: int) -> None:
    before, after = Spread.of(known, open_), Spread.of(known, open_ + 1)
    for shorter, longer in ((before.median, after.median), (before.p90, after.p90)):
        assert longer is None or (shorter is not None and longer >= shorter * (1 - 1e-12))


def test_one_lucky_case_does_not_top_the_table() -> None:
    places = ranks(
        {
            "lucky": Standing("committee", 1, 1),
            "steady": Standing("committee", 90, 100),
            "small": Standing("committee", 5, 5),
            "elsewhere": Standing("utility", 1, 50),
        }
    )
    assert places == {"steady": 1, "small": 2, "elsewhere": 1}


def test_equal_agencies_share_a_place_and_the_next_one_is_skipped() -> None:
    places = ranks(
        {name: Standing("department", met, 10) for name, met in [("a", 9), ("b", 9), ("c", 3)]}
    )
    assert places == {"a": 1, "b": 1, "c": 3}


def test_nothing_divided_by_nothing_is_null() -> None:
    assert rate(0, 0) is None
    assert Spread.of([], 0) == Spread(None, None)


def test_every_measure_is_said_in_both_languages() -> None:
    for measure in DEFINITIONS:
        for language in LANGUAGES:
            assert say(f"measure_{measure.code}", language)
            assert say(f"definition_{measure.code}", language)
    for treatment in Treatment:
        assert say(f"cohort_{treatment}", "vi") != say(f"cohort_{treatment}", "en")


def test_every_share_names_counts_of_its_own_day() -> None:
    for measure in DEFINITIONS:
        parts = {measure.listed, measure.part, *measure.of} - {""}
        assert {BY_CODE[part].day for part in parts} == {measure.day}
        if measure.unit is Unit.COUNT:
            assert measure.listed == measure.code
    assert {measure.day for measure in DEFINITIONS} == set(Day)
