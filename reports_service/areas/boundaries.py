"""The boundaries of today's areas as GeoJSON (RFC 7946), light enough for a telephone's map."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import orjson
import shapely

from reports_service.areas import service
from reports_service.areas.index import AreaIndex, Place

TOLERANCE = 0.0003  # degrees, some 33 m: less than a line on a map is wide
DECIMALS = 5  # about 1 m


@dataclass(frozen=True, slots=True)
class Outlines:
    """A FeatureCollection, and the tag that changes with it."""

    geojson: bytes
    etag: str


def outlines() -> Outlines:
    """Code, names and boundary of each area that a point can be given to."""
    return _drawn(service.present())


@lru_cache(maxsize=2)  # an index is made anew when an area changes
def _drawn(index: AreaIndex) -> Outlines:
    # Simplified as one coverage, so that neighbours still meet.
    shapes = np.array(shapely.from_wkb([place.boundary for place in index.held]), dtype=object)
    simple = shapely.set_precision(
        shapely.coverage_simplify(shapes, TOLERANCE), 10**-DECIMALS, mode="valid_output"
    )
    features = [_feature(place, shape) for place, shape in zip(index.held, simple, strict=True)]
    geojson = orjson.dumps({"type": "FeatureCollection", "features": features})
    return Outlines(geojson, hashlib.sha256(geojson).hexdigest()[:16])


def _feature(place: Place, shape: shapely.Geometry) -> dict[str, object]:
    middle = shapely.point_on_surface(shape)
    lon, lat = (middle.x, middle.y) if not shape.is_empty else (place.lon, place.lat)
    return {
        "type": "Feature",
        "properties": {
            "code": place.code,
            "name": dict(place.names),
            "lat": lat and round(lat, DECIMALS),
            "lon": lon and round(lon, DECIMALS),
        },
        "geometry": orjson.Fragment(shapely.to_geojson(shape)),
    }


def bounds(place: Place) -> tuple[float, float, float, float] | None:
    """West, south, east and north of an area (degrees); None where its boundary is not known."""
    if place.boundary is None:
        return None
    west, south, east, north = shapely.bounds(shapely.from_wkb(place.boundary)).round(DECIMALS)
    return float(west), float(south), float(east), float(north)
