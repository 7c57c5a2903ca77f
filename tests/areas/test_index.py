"""Which area holds a point, and what is said of a point in none."""

from __future__ import annotations

import math
from datetime import date
from random import Random

import pytest
import shapely
from geopy.distance import geodesic
from hypothesis import given, settings
from hypothesis import strategies as st

from reports_service.areas.index import (
    AreaIndex,
    CoordinatesInvalid,
    Limits,
    PointOutside,
    PointSwapped,
)
from tests.areas.squares import START, place

pytestmark = pytest.mark.any_engine

DAY = date(2026, 11, 22)
PROVINCE = place(1, "80", 106.0, 11.0, side=0.3, level="province")
WEST = place(2, "west", 106.0, 11.0, parent_id=1)
EAST = place(3, "east", 106.11, 11.0, parent_id=1)  # 0.01 degrees of gap to WEST
INDEX = AreaIndex.build([PROVINCE, WEST, EAST], DAY)


def codes(index: AreaIndex, lat: float, lon: float) -> list[str]:
    return [found.code for found in index.areas_at(lat, lon)]


def test_a_point_in_a_commune_is_in_the_commune_and_its_province() -> None:
    assert codes(INDEX, 11.05, 106.05) == ["west", "80"]
    assert INDEX.locate(11.05, 106.05).kind == "inside"
    assert INDEX.locate(11.05, 106.05).distance_m == 0


def test_the_committee_of_the_place_is_that_of_the_smallest_area_with_one() -> None:
    with_committee = place(2, "west", 106.0, 11.0, parent_id=1, committee_id=7)
    hamlet = place(4, "hamlet", 106.01, 11.01, side=0.02, parent_id=2)
    index = AreaIndex.build([PROVINCE, with_committee, EAST, hamlet], DAY)
    assert index.locate(11.02, 106.02).committee_id == 7
    assert index.locate(11.05, 106.15).committee_id is None


def test_a_point_in_a_gap_goes_to_the_nearest_commune_and_not_to_the_province() -> None:
    located = INDEX.locate(11.05, 106.102)
    assert (located.kind, located.area and located.area.code) == ("near", "west")
    assert located.distance_m == pytest.approx(geodesic((11.05, 106.102), (11.05, 106.1)).m)
    assert codes(INDEX, 11.05, 106.108) == ["east", "80"]


def test_a_point_up_to_twenty_kilometres_outside_is_kept_and_flagged() -> None:
    located = INDEX.locate(10.9, 106.05)
    assert located.kind == "outside"
    assert located.distance_m == pytest.approx(geodesic((10.9, 106.05), (11.0, 106.05)).m)
    assert codes(INDEX, 10.9, 106.05) == []


def test_the_limits_are_the_deployments_own() -> None:
    assert INDEX.locate(10.9, 106.05, Limits(near_m=12_000)).kind == "near"
    with pytest.raises(PointOutside):
        INDEX.locate(10.9, 106.05, Limits(near_m=100, far_m=5_000))


@pytest.mark.parametrize(("lat", "lon"), [(21.03, 105.85), (0.0, 0.0), (-90, 180), (10.5, 110.0)])
def test_a_point_far_away_is_refused(lat: float, lon: float) -> None:
    with pytest.raises(PointOutside) as refused:
        INDEX.locate(lat, lon)
    assert type(refused.value) is PointOutside


def test_swapped_coordinates_are_named_with_the_right_order() -> None:
    with pytest.raises(PointSwapped) as refused:
        INDEX.locate(106.05, 11.05)
    assert (refused.value.values["lat"], refused.value.values["lon"]) == (11.05, 106.05)


def test_coordinates_swapped_within_the_range_of_both_are_named_too() -> None:
    near_the_equator = AreaIndex.build([place(1, "a", 30.0, 10.0)], DAY)
    with pytest.raises(PointSwapped):
        near_the_equator.locate(30.05, 10.05)


@pytest.mark.parametrize(
    ("lat", "lon"),
    [(math.nan, 106), (11, math.inf), (-math.inf, math.nan), (91, 106), (11, 181), (1e308, 1e308)],
)
def test_numbers_that_are_no_coordinates_are_refused(lat: float, lon: float) -> None:
    for ask in (INDEX.locate, INDEX.areas_at):
        with pytest.raises(CoordinatesInvalid):
            ask(lat, lon)


def test_a_point_on_a_shared_edge_belongs_to_the_same_area_whatever_the_order_of_rows() -> None:
    rows = [place(1, "a", 106.0, 11.0), place(2, "b", 106.1, 11.0)]
    found, found_again = (codes(AreaIndex.build(r, DAY), 11.05, 106.1) for r in (rows, rows[::-1]))
    assert found == found_again
    assert len(found) == 1


def test_of_areas_that_overlap_the_smaller_wins() -> None:
    large, small = place(1, "large", 106.0, 11.0), place(2, "small", 106.02, 11.02, side=0.02)
    index = AreaIndex.build([large, small], DAY)
    assert codes(index, 11.03, 106.03) == ["small"]
    assert codes(index, 11.08, 106.08) == ["large"]


def test_a_commune_divided_in_part_answers_between_its_hamlets() -> None:
    hamlet = place(4, "hamlet", 106.01, 11.01, side=0.02, parent_id=2, level="hamlet")
    index = AreaIndex.build([PROVINCE, WEST, EAST, hamlet], DAY)
    assert codes(index, 11.02, 106.02) == ["hamlet", "west", "80"]
    assert codes(index, 11.08, 106.08) == ["west", "80"]


def test_only_versions_valid_on_the_day_count() -> None:
    turn = date(2026, 1, 1)
    old = place(2, "west", 106.0, 11.0, valid_to=turn)
    new = place(5, "west", 106.2, 11.0, valid_from=turn)
    before, after = (AreaIndex.build([old, new], day) for day in (date(2025, 12, 31), turn))
    assert codes(before, 11.05, 106.05) == ["west"]
    assert codes(after, 11.05, 106.05) == []
    assert codes(after, 11.05, 106.25) == ["west"]


def test_a_child_follows_the_newest_version_of_its_parent() -> None:
    turn = date(2026, 1, 1)
    old = place(1, "80", 106.0, 11.0, side=0.3, valid_to=turn, names={"vi": "Cũ"})
    new = place(9, "80", 106.0, 11.0, side=0.3, valid_from=turn, names={"vi": "Mới"})
    index = AreaIndex.build([old, new, WEST], DAY)
    assert index.areas_at(11.05, 106.05)[1].names == {"vi": "Mới"}


def test_a_circle_of_parents_ends() -> None:
    one, two = place(1, "a", 106.0, 11.0, parent_id=2), place(2, "b", 106.1, 11.0, parent_id=1)
    assert codes(AreaIndex.build([one, two], DAY), 11.05, 106.05) in (["a", "b"], [])


def test_without_any_boundary_every_point_is_kept_for_the_operator() -> None:
    located = AreaIndex.build([], DAY).locate(11.0, 106.0)
    assert (located.kind, located.area) == ("outside", None)


@pytest.mark.parametrize("text", ["long hoa", "LONG HÒA", "Phường Long Hoa", "long  hoà", "hoa"])
def test_a_name_is_found_without_its_marks(text: str) -> None:
    long_hoa = place(1, "25630", 106.0, 11.0, names={"vi": "Phường Long Hoa", "en": "Long Hoa"})
    other = place(2, "x", 106.1, 11.0, names={"vi": "Xã Đức Huệ"})
    index = AreaIndex.build([long_hoa, other], DAY)
    assert [found.code for found in index.named(text)] == ["25630"]
    assert [found.code for found in index.named("duc hue")] == ["x"]
    assert index.named("  ") == []


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=60)
def test_distances_agree_with_a_walk_along_all_boundaries(seed: int) -> None:
    """Brute force: the least geodesic to any of the points 10 m apart along any boundary."""
    random = Random(seed)
    rows = [
        place(n, str(n), 106 + random.random() * 0.2, 11 + random.random() * 0.2, side=0.02)
        for n in range(6)
    ]
    lat, lon = 11 + random.random() * 0.25, 106 + random.random() * 0.25
    located = AreaIndex.build(rows, START).locate(lat, lon, Limits(far_m=100_000))
    shapes = {row.code: shapely.from_wkb(row.boundary) for row in rows}
    inside = [code for code, shape in shapes.items() if shape.intersects(shapely.Point(lon, lat))]
    if inside:
        assert located.kind == "inside"
        return
    walked = {
        code: min(
            geodesic((lat, lon), (y, x)).m
            for x, y in shapely.segmentize(shape.exterior, 0.0005).coords
        )
        for code, shape in shapes.items()
    }
    assert located.distance_m <= min(walked.values()) + 0.01
    assert located.distance_m >= min(walked.values()) - 30
