"""The outlines of the communes as paths of a small picture, made once for the areas of a day."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import numpy as np
import shapely
from numpy.typing import NDArray

from reports_service.areas import service as areas
from reports_service.areas.index import AreaIndex, Place
from reports_service.areas.models import Level

WIDTH: Final = 360
MARGIN: Final = 4
FINEST: Final = 0.6  # units of the picture: what is smaller cannot be seen


@dataclass(frozen=True)
class Outlines:
    """Paths by the codes of communes, and how high the picture is."""

    paths: Mapping[str, str]
    height: int
    width: int = WIDTH


def outlines() -> Outlines:
    """Of the communes of today that have a boundary."""
    return _drawn(areas.present())


@lru_cache(2)
def _drawn(index: AreaIndex) -> Outlines:
    held = [
        place
        for place in index.places.values()
        if place.level == Level.COMMUNE and place.boundary is not None
    ]
    if not held:
        return Outlines({}, 0)
    shapes, height = _flat(held)
    paths = {
        place.code: _path(shapely.get_parts(shape))
        for place, shape in zip(held, shapes, strict=True)
    }
    return Outlines(paths, height)


def _flat(held: Sequence[Place]) -> tuple[NDArray[Any], int]:
    """The boundaries in units of the picture, north up, without what cannot be seen."""
    shapes = shapely.from_wkb([place.boundary for place in held])
    west, south, east, north = shapely.total_bounds(shapes)
    narrow = math.cos(math.radians((south + north) / 2))
    scale = (WIDTH - 2 * MARGIN) / ((east - west) * narrow)

    def place_in_picture(xy: NDArray[np.float64]) -> NDArray[np.float64]:
        x = MARGIN + (xy[:, 0] - west) * narrow * scale
        return np.column_stack((x, MARGIN + (north - xy[:, 1]) * scale))

    drawn = shapely.transform(shapes, place_in_picture)
    height = math.ceil((north - south) * scale) + 2 * MARGIN
    return shapely.simplify(drawn, FINEST), height


def _path(parts: Iterable[Any]) -> str:
    """Every ring of every part, in tenths of a unit."""
    rings = [ring for part in parts if part.geom_type == "Polygon"
             for ring in (part.exterior, *part.interiors)]  # fmt: skip
    return "".join(f"M{_corners(ring)}Z" for ring in rings)


def _corners(ring: Any) -> str:
    return "L".join(f"{x:.1f} {y:.1f}" for x, y in shapely.get_coordinates(ring)[:-1])
