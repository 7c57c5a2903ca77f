"""Finding open reports near one that was filed before: the squares miss none."""

from __future__ import annotations

from datetime import timedelta

import pytest
from geopy.distance import geodesic
from hypothesis import given
from hypothesis import strategies as st

from reports_service.domain.quality import SEEN_TWICE_WITHIN
from reports_service.statistics.quality.seen_twice import Open, among
from tests.statistics.histories import NOW

pytestmark = pytest.mark.pure

degrees = st.floats(-0.003, 0.003)
ages = st.sampled_from([0, 1, 29, 30, 31, 59, 60, 61]).map(lambda days: timedelta(days=days))


@given(
    points=st.lists(st.tuples(degrees, degrees, ages), max_size=25),
    lat=st.sampled_from([0.0, 11.3, -45.0, 69.9]),
    radius_m=st.sampled_from([1, 50, 200]),
)
def test_the_same_are_found_as_by_comparing_each_with_each(
    points: list[tuple[float, float, timedelta]], lat: float, radius_m: int
) -> None:
    filed = sorted(
        (NOW - age, number, lat + south, 106.1 + west)
        for number, (south, west, age) in enumerate(points)
    )
    places = [Open(number, 1, number, south, west, at) for at, number, south, west in filed]
    highest = max((abs(place.lat) for place in places), default=lat)
    found = {one.open.report_id for one in among(places, radius_m, highest)}
    expected = {
        later.report_id
        for position, later in enumerate(places)
        for earlier in places[:position]
        if later.filed_at - earlier.filed_at <= SEEN_TWICE_WITHIN
        and geodesic((later.lat, later.lon), (earlier.lat, earlier.lon)).meters <= radius_m
    }
    assert found == expected


def test_a_report_is_no_duplicate_of_itself() -> None:
    twice_held = [Open(number, 1, 7, 11.3, 106.1, NOW) for number in (1, 2)]
    assert list(among(twice_held, 50, 11.3)) == []


def test_many_at_one_place_are_each_compared_with_one() -> None:
    """A thousand calls that name only the town lie at one point; each is found, and at once."""
    places = [Open(n, 1, n, 11.3, 106.1, NOW + timedelta(seconds=n)) for n in range(1000)]
    found = list(among(places, 50, 11.3))
    assert [one.other_report_id for one in found] == list(range(999))
