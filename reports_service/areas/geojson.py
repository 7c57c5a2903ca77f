"""Reads GeoJSON files of areas, and says of a wrong one which feature, on which line, is wrong.

RFC 7946: longitude before latitude, degrees of WGS 84. Known properties: ``code``, ``name``
(Vietnamese), ``name_en``, ``level``, ``parent_code`` or ``province_code``, ``valid_from``,
``area_km2``; only code and name must be there, others are passed over.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import shapely
from shapely.errors import ShapelyError
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from reports_service.areas.models import Level
from reports_service.domain.errors import Invalid

CODE = re.compile(r"[\w.-]{1,20}")
NAME_MAX = 200
EARTH_KM = 6371.007  # radius of the sphere with the ellipsoid's surface
# Viet Nam with its islands (west, south, east, north): boundaries that lie in here only with
# their axes changed over are taken for changed over.
HOME = (102.0, 6.0, 118.0, 24.0)


class AreaFileNotJson(Invalid):
    """The file is no JSON text."""

    code = "area_file_not_json"


class AreaFileNotCollection(Invalid):
    """The file is JSON, but no FeatureCollection with features."""

    code = "area_file_not_collection"


class AreaFileProjected(Invalid):
    """The file names a coordinate system other than WGS 84 degrees."""

    code = "area_file_projected"


class FeatureWithoutCode(Invalid):
    """A feature has no usable code. Numbers are refused: they lose the zeros in front."""

    code = "feature_without_code"


class FeatureWithoutName(Invalid):
    """A feature has no usable name."""

    code = "feature_without_name"


class FeatureRepeated(Invalid):
    """Two features of one import have the same code."""

    code = "feature_repeated"


class FeatureValueWrong(Invalid):
    """A property has a value that cannot be meant."""

    code = "feature_value_wrong"


class FeatureShapeWrong(Invalid):
    """The geometry is no polygon, or encloses nothing."""

    code = "feature_shape_wrong"


class FeatureOffEarth(Invalid):
    """Coordinates are not degrees of longitude and latitude."""

    code = "feature_off_earth"


class FeatureAxesSwapped(Invalid):
    """Coordinates are latitude first; GeoJSON wants longitude first."""

    code = "feature_axes_swapped"


@dataclass(frozen=True, slots=True)
class Feature:
    """One area as a file describes it. None: the file does not say."""

    code: str
    name: str
    name_en: str | None
    level: Level | None
    parent_code: str | None
    valid_from: date | None
    area_km2: float
    boundary: BaseGeometry
    repaired: bool
    file: str


def read_text(text: str | bytes, file: str) -> list[Feature]:
    """The features of a GeoJSON text; ``file`` is its name for the words of a refusal."""
    try:
        text = text.decode("utf-8-sig") if isinstance(text, bytes) else text
        collection = json.loads(text)
    except json.JSONDecodeError as wrong:
        raise AreaFileNotJson(file=file, line=wrong.lineno, column=wrong.colno) from wrong
    except (UnicodeDecodeError, RecursionError) as wrong:
        raise AreaFileNotJson(file=file, line=1, column=1) from wrong
    return read_collection(collection, file, lambda number: _line_of(text, number))


def read_collection(
    collection: Any, file: str, line_of: Callable[[int], int | None] = lambda number: None
) -> list[Feature]:
    """The features of a parsed FeatureCollection. ``line_of`` finds the line of the n-th."""
    features = collection.get("features") if isinstance(collection, Mapping) else None
    if not isinstance(features, list) or not features:
        raise AreaFileNotCollection(file=file)
    _check_system(collection.get("crs"), file)
    read: dict[str, Feature] = {}
    for number, raw in enumerate(features):
        try:
            feature = _read_feature(raw, file)
            if feature.code in read:
                raise FeatureRepeated(area=feature.code)
        except Invalid as wrong:
            place = {"file": file, "feature": number + 1, "line": line_of(number) or "–"}
            raise type(wrong)(**{"area": _shown_code(raw), **wrong.values, **place}) from wrong
        read[feature.code] = feature
    return list(read.values())


def _read_feature(raw: Any, file: str) -> Feature:
    known = raw.get("properties") if isinstance(raw, Mapping) else None
    properties: Mapping[str, Any] = known if isinstance(known, Mapping) else {}
    code, name = properties.get("code"), properties.get("name")
    if not isinstance(code, str) or not CODE.fullmatch(code):
        raise FeatureWithoutCode()
    if not isinstance(name, str) or not _is_name(name):
        raise FeatureWithoutName()
    boundary, repaired = _read_boundary(raw.get("geometry"))
    return Feature(
        code=code,
        name=name.strip(),
        name_en=_optional(properties, "name_en", _read_name),
        level=_optional(properties, "level", Level),
        parent_code=_optional(properties, "parent_code", _read_code)
        or _optional(properties, "province_code", _read_code),
        valid_from=_optional(properties, "valid_from", _read_date),
        area_km2=_optional(properties, "area_km2", _read_size) or _size_km2(boundary),
        boundary=boundary,
        repaired=repaired,
        file=file,
    )


def _optional(properties: Mapping[str, Any], name: str, read: Callable[[Any], Any]) -> Any:
    value = properties.get(name)
    if value is None or value == "":
        return None
    try:
        return read(value)
    except (ValueError, TypeError) as wrong:
        raise FeatureValueWrong(name=name, value=str(value)[:60]) from wrong


def _is_name(text: str) -> bool:
    return bool(text.strip()) and len(text) <= NAME_MAX and text.isprintable()


def _read_name(value: Any) -> str:
    if not isinstance(value, str) or not _is_name(value):
        raise ValueError(value)
    return value.strip()


def _read_code(value: Any) -> str:
    if not isinstance(value, str) or not CODE.fullmatch(value):
        raise ValueError(value)
    return value


def _read_date(value: Any) -> date:
    day = date.fromisoformat(value)
    if not 1900 <= day.year <= 2100:
        raise ValueError(value)
    return day


def _read_size(value: Any) -> float:
    size = float(value)
    if not 0 < size < 1e7:
        raise ValueError(value)
    return size


def _read_boundary(geometry: Any) -> tuple[BaseGeometry, bool]:
    """The boundary as valid polygons in two dimensions, and whether it had to be repaired."""
    kind = geometry.get("type") if isinstance(geometry, Mapping) else None
    if kind not in ("Polygon", "MultiPolygon"):
        raise FeatureShapeWrong(kind=str(kind)[:40])
    try:
        drawn = shapely.force_2d(shape(geometry))
    except (ShapelyError, ValueError, TypeError, LookupError, AttributeError) as wrong:
        raise FeatureShapeWrong(kind=kind) from wrong
    _check_range(drawn)
    valid = bool(shapely.is_valid(drawn))
    polygons = drawn if valid else _polygons_of(shapely.make_valid(drawn))
    if polygons.is_empty or polygons.area == 0:
        raise FeatureShapeWrong(kind=kind)
    return shapely.normalize(polygons), not valid


def _polygons_of(mended: BaseGeometry) -> BaseGeometry:
    """Mending can leave lines and points behind, which enclose nothing."""
    parts = shapely.get_parts(shapely.get_parts(mended))
    return shapely.union_all([part for part in parts if part.geom_type == "Polygon"])


def _check_range(drawn: BaseGeometry) -> None:
    corners = shapely.get_coordinates(drawn)
    if not corners.size or not np.isfinite(corners).all():
        raise FeatureOffEarth()
    west, south, east, north = drawn.bounds
    if not _within((west, south, east, north), HOME) and _within((south, west, north, east), HOME):
        raise FeatureAxesSwapped()
    if not _within((west, south, east, north), (-180, -90, 180, 90)):
        raise FeatureOffEarth()


def _within(box: Sequence[float], around: Sequence[float]) -> bool:
    return (
        around[0] <= box[0] and around[1] <= box[1] and box[2] <= around[2] and box[3] <= around[3]
    )


def _size_km2(boundary: BaseGeometry) -> float:
    """Square kilometres, to 1 %: Lambert's equal-area cylinder on a sphere of the Earth's size."""
    unrolled = shapely.transform(
        boundary, lambda xy: np.column_stack((np.radians(xy[:, 0]), np.sin(np.radians(xy[:, 1]))))
    )
    return round(float(unrolled.area) * EARTH_KM**2, 2)


def _check_system(crs: Any, file: str) -> None:
    """RFC 7946 dropped ``crs``; older files name it, and some are in metres."""
    name = str(crs.get("properties")) if isinstance(crs, Mapping) else ""
    if crs is not None and "CRS84" not in name and "4326" not in name:
        raise AreaFileProjected(file=file, name=name[:100])


def _shown_code(raw: Any) -> str:
    properties = raw.get("properties") if isinstance(raw, Mapping) else None
    code = properties.get("code") if isinstance(properties, Mapping) else None
    return "–" if code is None else str(code)[:20]


def _line_of(text: str, number: int) -> int | None:
    """The line on which the n-th feature begins: features are read again up to it."""
    start = re.search(r'"features"\s*:\s*\[', text)
    if start is None:
        return None
    decoder, at = json.JSONDecoder(), start.end()
    blank = re.compile(r"[\s,]*")
    for _ in range(number):
        at = decoder.raw_decode(text, blank.match(text, at).end())[1]  # type: ignore[union-attr]
    at = blank.match(text, at).end()  # type: ignore[union-attr]
    return text.count("\n", 0, at) + 1
