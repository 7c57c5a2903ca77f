"""The demo's mosaic: every centre in its own polygon, nothing overlaps, nothing is left out."""

from __future__ import annotations

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from reports_service.areas import service
from reports_service.areas.demo_polygons import Centre, mosaic, outline, read_centres
from tests.province import SEEDS

CENTRES = read_centres(SEEDS / "centres.csv")
MOSAIC = mosaic(CENTRES)


def test_the_demo_province_has_a_polygon_for_each_of_its_communes() -> None:
    assert len(MOSAIC) == 96
    assert all(shape.is_valid and shape.area > 0 for shape in MOSAIC.values())


def test_each_centre_lies_in_its_own_polygon() -> None:
    strays = [c for c in CENTRES if not shapely.intersects_xy(MOSAIC[c.code], c.lon, c.lat)]
    assert strays == []


def test_no_two_polygons_overlap_and_the_outline_has_no_holes() -> None:
    shapes = list(MOSAIC.values())
    whole = outline(shapes)
    assert sum(shape.area for shape in shapes) == pytest.approx(whole.area, rel=1e-6)
    assert whole.geom_type == "Polygon"
    assert len(whole.interiors) == 0


def test_known_points_fall_into_their_communes(demo_province: int) -> None:
    assert demo_province == 97
    assert service.locate(11.2871, 106.1312).path[0].code == "25630"
    assert [p.code for p in service.areas_at(11.25785, 106.17113)] == ["25630", "80"]


@given(st.sets(st.tuples(st.integers(0, 40), st.integers(0, 40)), min_size=1, max_size=25))
@settings(max_examples=60)
def test_any_set_of_centres_makes_a_mosaic(spots: set[tuple[int, int]]) -> None:
    centres = [
        Centre(str(number % 7), 11 + y / 50, 106 + x / 50)
        for number, (x, y) in enumerate(sorted(spots))
    ]
    shapes = mosaic(centres)
    assert set(shapes) == {centre.code for centre in centres}
    for centre in centres:
        assert shapely.dwithin(shapes[centre.code], shapely.Point(centre.lon, centre.lat), 1e-6)
    total = shapely.union_all(list(shapes.values())).area
    assert sum(shape.area for shape in shapes.values()) == pytest.approx(total, rel=1e-4)


def test_no_centres_make_no_mosaic() -> None:
    assert mosaic([]) == {}
