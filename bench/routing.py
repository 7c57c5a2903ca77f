"""Point to area: the service's own look-up beside a bare prepared STRtree query, in turns.

Real boundaries: ``bin/bench routing --areas FOLDER`` with GeoJSON files. Without, a mosaic of as
many areas as Viet Nam has communes, with boundaries of as many corners as theirs.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import shapely
from sqlalchemy import select

from bench.result import Check, report
from reports_service import create_app
from reports_service.areas import geojson, service
from reports_service.areas.demo_polygons import Centre, mosaic
from reports_service.areas.index import AreaIndex, Place
from reports_service.areas.models import Area
from reports_service.core.auth import SYSTEM
from reports_service.core.db import db, unit_of_work
from reports_service.core.reference import keep_warm

COMMUNES = 3_321
CORNERS = 188  # per commune, on average, in boundaries simplified to 0.0002 degrees
POINTS = 4_000
ROUNDS = 15
SLOWER_AT_MOST = 3.0
RENEWED_WITHIN_S = 2.0
RENEWALS = 5
DAY = date(2026, 11, 1)

Point = tuple[float, float]
Lookup = Callable[[float, float], Any]


def main() -> None:
    """Measure and report."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--areas", type=Path, help="a folder of GeoJSON files")
    folder = words.parse_args().areas
    started = time.perf_counter()
    places = real_places(folder) if folder else synthetic_places()
    print(f"{len(places)} areas in {time.perf_counter() - started:.1f} s", file=sys.stderr)
    started = time.perf_counter()
    index = AreaIndex.build(places, DAY)
    built_s = time.perf_counter() - started
    shapes = [shapely.from_wkb(place.boundary) for place in places]
    points = points_inside(shapes)
    bare_us, ours_us = in_turns([bare_lookup(shapes), index.locate], points)
    renewed_s, loading_s = renewal(places)
    print(f"bare {bare_us:.1f} µs, ours {ours_us:.1f} µs per point", file=sys.stderr)
    print(f"index built in {built_s:.2f} s, first loaded in {loading_s:.2f} s", file=sys.stderr)
    report(
        "routing",
        [
            Check.at_least("areas in the index", len(index.places), len(places), "areas"),
            Check.at_most(
                f"point to area, {len(places)} areas, against a bare prepared STRtree query",
                round(ours_us / bare_us, 3),
                SLOWER_AT_MOST,
                "times",
            ),
            Check.at_most("a change of areas reaches the index", renewed_s, RENEWED_WITHIN_S, "s"),
        ],
    )


def real_places(folder: Path) -> list[Place]:
    """The areas of all GeoJSON files of a folder."""
    features = [
        feature
        for file in sorted(folder.glob("*.geojson"))
        for feature in geojson.read_text(file.read_bytes(), file.name)
    ]
    return [
        as_place(number, feature.code, shapely.to_wkb(feature.boundary))
        for number, feature in enumerate(features)
    ]


def synthetic_places() -> list[Place]:
    """A mosaic of the size of Viet Nam, its straight edges cut into as many corners."""
    chance = random.Random(1022)
    centres = [
        Centre(str(number), chance.uniform(8.6, 23.3), chance.uniform(102.2, 109.4))
        for number in range(COMMUNES)
    ]
    return [
        as_place(int(code), code, shapely.to_wkb(shapely.segmentize(shape, shape.length / CORNERS)))
        for code, shape in mosaic(centres).items()
    ]


def renewal(places: Sequence[Place]) -> tuple[float, float]:
    """Seconds from a committed change to its being seen, the longest of ``RENEWALS``, and seconds
    of the first load: on SQLite, in a process with the thread that keeps reference data warm.
    """
    with TemporaryDirectory() as folder:
        database = f"sqlite:///{folder}/areas.sqlite3"
        app = create_app("test", SQLALCHEMY_DATABASE_URI=database, DATA_DIR=folder)
        with app.app_context():
            db.create_all()
            with unit_of_work():
                db.session.add_all(as_row(place) for place in places)
            started = time.perf_counter()
            service.present()
            loading_s = time.perf_counter() - started
            keep_warm(app)
            renewed_s = max(seen_after(f"Tên {turn}") for turn in range(RENEWALS))
            db.session.remove()
    return round(renewed_s, 3), loading_s


def seen_after(name: str) -> float:
    """Rename an area; the seconds until the index knows the new name."""
    with unit_of_work():
        area = db.session.scalars(select(Area).order_by(Area.code).limit(1)).one()
        code = area.code
        service.change(SYSTEM, code, {"names": {"vi": name, "en": name}})
    committed = time.perf_counter()
    while service.place(code).names["vi"] != name:
        time.sleep(0.005)
    return time.perf_counter() - committed


def as_row(place: Place) -> Area:
    """A place as the database keeps it."""
    values = {name: getattr(place, name) for name in Place.__dataclass_fields__ if name != "id"}
    return Area(**values, source="bench")


def as_place(number: int, code: str, boundary: bytes) -> Place:
    """A row of the index."""
    return Place(number, code, DAY, None, {"vi": code, "en": code}, "commune", boundary=boundary)


def points_inside(shapes: Sequence[Any]) -> list[Point]:
    """Points that lie in some area, spread over all of them."""
    chance = random.Random(2026)
    points: list[Point] = []
    while len(points) < POINTS:
        shape = chance.choice(shapes)
        west, south, east, north = shape.bounds
        lat, lon = chance.uniform(south, north), chance.uniform(west, east)
        if shapely.intersects_xy(shape, lon, lat):
            points.append((lat, lon))
    return points


def bare_lookup(shapes: Sequence[Any]) -> Lookup:
    """The least that finds the polygons of a point: boxes from a tree, then prepared polygons."""
    held = np.array(shapes)
    shapely.prepare(held)
    tree = shapely.STRtree(held)

    def look_up(lat: float, lon: float) -> list[int]:
        boxes = tree.query(shapely.points(lon, lat)).tolist()
        return [number for number in boxes if shapely.contains_xy(held[number], lon, lat)]

    return look_up


def in_turns(lookups: Sequence[Lookup], points: Sequence[Point]) -> list[float]:
    """Microseconds per point of each look-up: medians of interleaved rounds."""
    taken: list[list[float]] = [[] for _ in lookups]
    for _ in range(ROUNDS):
        for number, look_up in enumerate(lookups):
            started = time.perf_counter()
            for lat, lon in points:
                look_up(lat, lon)
            taken[number].append((time.perf_counter() - started) / len(points) * 1e6)
    return [median(rounds) for rounds in taken]


if __name__ == "__main__":
    main()
