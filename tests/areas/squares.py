"""Square areas near Tây Ninh, as index rows and as GeoJSON."""

from __future__ import annotations

from datetime import date
from typing import Any

import shapely

from reports_service.areas.index import Place

START = date(2025, 7, 1)


def square(west: float, south: float, side: float = 0.1) -> dict[str, Any]:
    """A GeoJSON polygon of ``side`` degrees."""
    east, north = west + side, south + side
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def place(number: int, code: str, west: float, south: float, **other: Any) -> Place:
    """A square area as a row of the index."""
    side = other.pop("side", 0.1)
    known = {"valid_from": START, "valid_to": None, "level": "commune"} | other
    names = known.pop("names", {"vi": f"Xã {code}", "en": f"{code} Commune"})
    boundary = shapely.box(west, south, west + side, south + side).wkb
    return Place(id=number, code=code, names=names, boundary=boundary, **known)


def feature(code: str, geometry: dict[str, Any], **properties: Any) -> dict[str, Any]:
    """A GeoJSON feature."""
    known = {"code": code, "name": f"Xã {code}"} | properties
    return {"type": "Feature", "properties": known, "geometry": geometry}


def collection(*features: dict[str, Any]) -> dict[str, Any]:
    """A GeoJSON FeatureCollection."""
    return {"type": "FeatureCollection", "features": list(features)}
