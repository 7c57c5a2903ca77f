"""Demo polygons: a mosaic made from centre points, for a province whose real boundaries are not
at hand. Every point of the mosaic belongs to the area of the nearest known centre.

Not a map: about four points in five fall into the commune that they really belong to. Real
boundaries replace these by ``bin/reports areas import``.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

SOURCE = "demo polygon made from the centre point"
HULL_TIGHTNESS = 0.15  # shapely's concave_hull: 0 hugs the points, 1 is the convex hull
MARGIN_KM = 3.5  # an outermost commune reaches about as far beyond its centre
KM_PER_DEGREE = 111.2
DECIMALS = 6  # of a degree: about 0.1 m


@dataclass(frozen=True, slots=True)
class Centre:
    """A point known to lie in an area: its own centre, or that of an older unit it was made of."""

    code: str
    lat: float
    lon: float


def read_centres(path: Path) -> list[Centre]:
    """The centres of a CSV file with the columns ``area``, ``lat``, ``lon``."""
    with path.open(encoding="utf-8", newline="") as file:
        return [
            Centre(row["area"], float(row["lat"]), float(row["lon"]))
            for row in csv.DictReader(file)
        ]


def mosaic(centres: Iterable[Centre]) -> dict[str, BaseGeometry]:
    """Code -> polygon in degrees. Polygons meet, never overlap, and hold all their centres.

    Of two centres at one spot the first counts. Source of the method: Voronoi cells, dissolved
    by area, cut to a concave hull of the centres with a margin.
    """
    known = _distinct(centres)
    if not known:
        return {}
    narrow = math.cos(math.radians(sum(c.lat for c in known) / len(known)))
    points = shapely.points([(c.lon * narrow, c.lat) for c in known])
    cells = _cells(points, _hull(points))
    merged: dict[str, list[BaseGeometry]] = {}
    for centre, cell in zip(known, cells, strict=True):
        merged.setdefault(centre.code, []).append(cell)
    return {code: _to_degrees(shapely.union_all(parts), narrow) for code, parts in merged.items()}


def outline(polygons: Iterable[BaseGeometry]) -> BaseGeometry:
    """The polygon around all of a province's areas, without the slivers that rounding leaves."""
    whole = shapely.union_all(list(polygons))
    sliver = 2 * 10**-DECIMALS
    closed = whole.buffer(sliver, join_style="mitre").buffer(-sliver, join_style="mitre")
    return shapely.make_valid(closed)


def _distinct(centres: Iterable[Centre]) -> list[Centre]:
    first: dict[tuple[float, float], Centre] = {}
    for centre in centres:
        first.setdefault((centre.lat, centre.lon), centre)
    return list(first.values())


def _hull(points: Sequence[BaseGeometry]) -> BaseGeometry:
    hull = shapely.concave_hull(shapely.multipoints(points), ratio=HULL_TIGHTNESS)
    return hull.buffer(MARGIN_KM / KM_PER_DEGREE)


def _cells(points: Sequence[BaseGeometry], hull: BaseGeometry) -> list[BaseGeometry]:
    """The Voronoi cell of each point, in the points' order, within the hull."""
    if len(points) == 1:
        return [hull]
    drawn = shapely.get_parts(shapely.voronoi_polygons(shapely.multipoints(points), extend_to=hull))
    tree = shapely.STRtree(drawn)
    of_point, of_cell = tree.query(points, predicate="intersects")
    numbers = dict(zip(of_point.tolist(), of_cell.tolist(), strict=True))
    return [shapely.intersection(drawn[numbers[i]], hull) for i in range(len(points))]


def _to_degrees(flat: BaseGeometry, narrow: float) -> BaseGeometry:
    stretched = shapely.transform(flat, lambda xy: np.round(xy / (narrow, 1.0), DECIMALS))
    return shapely.make_valid(stretched)
