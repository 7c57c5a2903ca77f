"""Which area holds a point: an index in memory over the boundaries that are valid on one day.

Built once per process and only read afterwards, so threads share it. Boundaries are in degrees
(WGS 84, longitude first, as in GeoJSON); distances are metres on the ellipsoid (geopy's geodesic).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Literal

import numpy as np
import shapely
from geopy.distance import geodesic
from shapely.geometry.base import BaseGeometry

from reports_service.domain.errors import Invalid
from reports_service.domain.text import fold

LOCATION = "location"  # the field of a report that holds a point
DEGREE_M = 110_000  # no degree of latitude is shorter: a box made with it is never too small


class CoordinatesInvalid(Invalid):
    """Not a latitude and longitude in degrees."""

    code = "coordinates_invalid"


class PointOutside(Invalid):
    """The point lies too far outside all areas to be meant for this province."""

    code = "point_outside"


class PointSwapped(PointOutside):
    """The point lies outside, and inside when latitude and longitude change places."""

    code = "point_swapped"


@dataclass(frozen=True, slots=True)
class Limits:
    """How far outside a point may lie: up to ``near_m`` it counts as the nearest area's own,
    up to ``far_m`` it is kept for the operator (domain.md, Places and routing)."""

    near_m: float = 1_000
    far_m: float = 20_000


@dataclass(frozen=True, slots=True)
class Place:
    """One version of an area. ``boundary`` is WKB; ``committee_id`` the agency that answers."""

    id: int
    code: str
    valid_from: date
    valid_to: date | None
    names: Mapping[str, str]
    level: str
    parent_id: int | None = None
    committee_id: int | None = None
    lat: float | None = None
    lon: float | None = None
    area_km2: float | None = None
    boundary: bytes | None = None

    def valid_on(self, day: date) -> bool:
        """Whether this version holds on ``day``: [valid_from, valid_to)."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


@dataclass(frozen=True, slots=True)
class Located:
    """Where a point lies. ``path`` is the area and what it is part of, smallest first.

    ``inside``: in the area. ``near``: in none, taken by the nearest. ``outside``: kept for the
    operator, the nearest area named. The path is empty only where no area has a boundary yet.
    """

    kind: Literal["inside", "near", "outside"]
    path: tuple[Place, ...]
    distance_m: float = 0.0

    @property
    def area(self) -> Place | None:
        """The smallest area of the path."""
        return self.path[0] if self.path else None

    @property
    def committee_id(self) -> int | None:
        """The agency that answers for the place: of the smallest area that has one."""
        return next((place.committee_id for place in self.path if place.committee_id), None)


class AreaIndex:
    """The areas of one day, by point and by code."""

    def __init__(
        self,
        places: Mapping[str, Place],
        paths: Mapping[str, tuple[Place, ...]],
        code_of: Mapping[int, str],
    ) -> None:
        self.places = places
        self.paths = paths
        self._code_of = code_of
        self.held = held = _answerable(places.values(), paths)
        shapes = shapely.from_wkb([place.boundary for place in held])
        order = np.argsort(shapely.area(shapes), kind="stable")
        self._shapes: list[BaseGeometry] = [shapes[i] for i in order]
        self._paths = [paths[held[i].code] for i in order]
        shapely.prepare(self._shapes)
        self._tree = shapely.STRtree(self._shapes)

    @classmethod
    def build(cls, rows: Iterable[Place], day: date) -> AreaIndex:
        """The index of the versions valid on ``day``.

        A parent is followed by its code: a child of last year's version belongs to this year's.
        """
        rows = sorted(rows, key=lambda row: (row.code, row.valid_from))
        code_of = {row.id: row.code for row in rows}
        places = {row.code: row for row in rows if row.valid_on(day)}
        paths = {code: _path(code, places, code_of) for code in places}
        return cls(places, paths, code_of)

    def path_of_id(self, area_id: int) -> tuple[Place, ...]:
        """The path of the code of a version, valid today or not; () when the code has ended."""
        return self.paths.get(self._code_of.get(area_id, ""), ())

    def locate(self, lat: float, lon: float, limits: Limits = Limits()) -> Located:
        """The area of a point (degrees). Areas that overlap: the smallest.

        Raises ``CoordinatesInvalid``, ``PointOutside``, ``PointSwapped``.
        """
        self._check(lat, lon)
        hit = self._smallest_at(lat, lon)
        if hit is not None:
            return Located("inside", self._paths[hit])
        if not self._shapes:
            return Located("outside", ())
        nearest, distance_m = self._nearest(lat, lon, limits.far_m)
        if distance_m > limits.far_m:
            self._refuse_swapped(lat, lon)
            raise PointOutside(field=LOCATION, lat=lat, lon=lon, km=round(distance_m / 1000))
        kind: Literal["near", "outside"] = "near" if distance_m <= limits.near_m else "outside"
        return Located(kind, self._paths[nearest], distance_m)

    def areas_at(
        self, lat: float, lon: float, limits: Limits = Limits(), *, field: str = LOCATION
    ) -> tuple[Place, ...]:
        """The areas that hold a point, smallest first; none where it lies outside all.

        ``field`` is to blame for what is no point.
        """
        self._check(lat, lon, field)
        hit = self._smallest_at(lat, lon)
        if hit is not None:
            return self._paths[hit]
        if not self._shapes:
            return ()
        nearest, distance_m = self._nearest(lat, lon, limits.far_m)
        return self._paths[nearest] if distance_m <= limits.near_m else ()

    def named(self, text: str) -> list[Place]:
        """Areas whose name holds ``text``, marks and case aside: whole names, then beginnings."""
        wanted = fold(text)
        found = [
            (*_fit(wanted, names), place.code, place)
            for place, names in self._folded
            if wanted and any(wanted in name for name in names)
        ]
        return [place for *_, place in sorted(found, key=lambda row: row[:-1])]

    @cached_property
    def bounds(self) -> tuple[float, float, float, float] | None:
        """The box around all boundaries: least lon, least lat, greatest lon, greatest lat."""
        if not self._shapes:
            return None
        west, south, east, north = shapely.total_bounds(self._shapes)
        return float(west), float(south), float(east), float(north)

    @cached_property
    def _folded(self) -> list[tuple[Place, list[str]]]:
        return [(p, [fold(name) for name in p.names.values()]) for p in self.places.values()]

    def _check(self, lat: float, lon: float, field: str = LOCATION) -> None:
        if not (math.isfinite(lat) and math.isfinite(lon)):
            raise CoordinatesInvalid(field=field, lat=lat, lon=lon)
        if not (-90 <= lat <= 90 and -180 <= lon <= 180):
            self._refuse_swapped(lat, lon, field)
            raise CoordinatesInvalid(field=field, lat=lat, lon=lon)

    def _refuse_swapped(self, lat: float, lon: float, field: str = LOCATION) -> None:
        if self._smallest_at(lon, lat) is not None:
            raise PointSwapped(field=field, lat=lon, lon=lat)

    def _smallest_at(self, lat: float, lon: float) -> int | None:
        """The number of the smallest shape that holds the point or has it on its edge."""
        point = shapely.points(lon, lat)
        hits = [
            number
            for number in self._tree.query(point).tolist()
            if shapely.intersects_xy(self._shapes[number], lon, lat)
        ]
        return min(hits, default=None)

    def _nearest(self, lat: float, lon: float, far_m: float) -> tuple[int, float]:
        """The nearest shape and its distance in metres (roughly, where that is above ``far_m``).

        The tree compares degrees, and a degree of longitude is the shorter one; so its answer
        is only an upper bound, and everything in the box of that distance is measured.
        """
        first = int(self._tree.nearest(shapely.points(lon, lat)))
        reach_m = _distance_m(self._shapes[first], lat, lon)
        high = min(reach_m, far_m) / DEGREE_M
        wide = high / max(math.cos(math.radians(min(abs(lat) + high, 89.0))), 0.01)
        box = shapely.box(lon - wide, lat - high, lon + wide, lat + high)
        others = {
            number: _distance_m(self._shapes[number], lat, lon)
            for number in self._tree.query(box).tolist()
            if number != first
        }
        measured = {first: reach_m, **others}
        nearest = min(measured, key=lambda number: (measured[number], number))
        return nearest, measured[nearest]


def _distance_m(shape: BaseGeometry, lat: float, lon: float) -> float:
    """Metres from a point to the nearest point of a boundary.

    That point is found in a plane around (lat, lon) whose degrees have their true proportion
    there; the distance to it is the ellipsoid's.
    """
    narrow = math.cos(math.radians(lat)) or 1e-9
    flat = shapely.transform(shape, lambda xy: (xy - (lon, lat)) * (narrow, 1.0))
    x, y = shapely.shortest_line(shapely.points(0.0, 0.0), flat).coords[-1]
    return float(geodesic((lat, lon), (lat + y, lon + x / narrow)).meters)


def _answerable(places: Iterable[Place], paths: Mapping[str, tuple[Place, ...]]) -> list[Place]:
    """The areas that a point can be given to: all with a boundary, save outlines at the top.

    A province's outline only frames its communes: a gap between them goes to the nearest one,
    not to the province. A commune that is divided further stays: it answers between its parts.
    """
    bounded = [place for place in places if place.boundary]
    framed = {paths[place.code][-1].code for place in bounded if len(paths[place.code]) > 1}
    return [place for place in bounded if place.code not in framed]


def _path(code: str, places: Mapping[str, Place], code_of: Mapping[int, str]) -> tuple[Place, ...]:
    """An area and those above it. A circle of parents, which no import makes, ends the path."""
    path: list[Place] = []
    above = places.get(code)
    while above is not None and above not in path:
        path.append(above)
        parent_code = code_of.get(above.parent_id) if above.parent_id is not None else None
        above = places.get(parent_code) if parent_code is not None else None
    return tuple(path)


def _fit(wanted: str, names: list[str]) -> tuple[bool, bool, bool, int]:
    """How well a text fits names; less is better: all of it, its end, its beginning, length."""
    return (
        wanted not in names,
        not any(name.endswith(f" {wanted}") for name in names),
        not any(name.startswith(wanted) for name in names),
        min(len(name) for name in names),
    )
