"""The map's clusters and the list of the same filters: the same reports, to everybody's eyes."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from reports_service.categories import service as categories
from reports_service.core import clock
from reports_service.core.db import db
from reports_service.domain.errors import Invalid
from reports_service.reports import boxes, clusters, places, published
from reports_service.reports.boxes import Box
from reports_service.reports.models import Report
from reports_service.reports.published import State
from tests.personas import MONDAY, People
from tests.statements import plan, statements

PROVINCE = Box(104.5, 9.5, 107.5, 12.5)
KINDS = ("den-duong", "nap-ho-ga", "tieng-on", "thu-tuc-hanh-chinh", "lua-dao", None)


@pytest.fixture
def scattered(people: People) -> Sequence[Report]:
    """Forty reports of sharp, blurred and restricted kinds around a town, in all states."""
    chance = random.Random(1022)
    one = people.file()
    template = db.session.scalar(select(Report).where(Report.code == one.code.replace("-", "")))
    assert template is not None
    columns = {c.key: getattr(template, c.key) for c in Report.__table__.columns}
    for number in range(40):
        kind = chance.choice(KINDS)
        category = categories.book().by_code(kind) if kind else None
        status = chance.choice(["new", "in_progress", "resolved", "rejected", "withdrawn"])
        db.session.add(Report(**{
            **columns, "id": None, "code": f"{number:010}", "idempotency_key": None,
            "category_id": category.id if category else None, "status": status,
            "is_open": status in ("new", "in_progress"),
            "restricted": category is not None and category.visibility == "restricted",
            "lat": chance.uniform(11.2, 11.4), "lon": chance.uniform(106.0, 106.2),
            "promised_by": MONDAY + timedelta(days=chance.randint(-9, 9)),
            "resolved_at": MONDAY if status == "resolved" else None,
        }))  # fmt: skip
    db.session.flush()
    return db.session.scalars(select(Report)).all()


def shown(report: Report) -> tuple[float, float]:
    """The point that strangers may know, by the rule for a single report."""
    category = categories.book().by_id(report.category_id) if report.category_id else None
    metres = category.location_precision_m if category else 0
    assert report.lat is not None
    assert report.lon is not None
    return places.blurred(report.lat, metres), places.blurred(report.lon, metres)


def in_box(report: Report, box: Box) -> bool:
    lat, lon = shown(report)
    return box.south <= lat <= box.north and box.west <= lon <= box.east


def anybodys(report: Report) -> bool:
    return not report.restricted and report.status != "withdrawn"


def listed(filters: dict[str, Any], now: datetime) -> list[Report]:
    return list(db.session.scalars(published.listing(filters, now)))


def some_box(chance: random.Random) -> Box:
    west, east = sorted(chance.uniform(105.98, 106.22) for _ in "we")
    south, north = sorted(chance.uniform(11.18, 11.42) for _ in "sn")
    return Box(west, south, east, north)


@pytest.mark.parametrize("seed", range(12))
def test_clusters_hold_what_the_list_shows_for_any_box_zoom_and_state(
    seed: int, scattered: Sequence[Report]
) -> None:
    chance, now = random.Random(seed), clock.now()
    box, zoom = some_box(chance), chance.randint(0, clusters.ZOOM_MAX)
    for state in (None, *State):
        filters = {"box": box, "state": state}
        rows = listed(filters, now)
        found = clusters.clusters(filters, zoom, now)
        assert sum(one.count for one in found) == len(rows)
        assert sum(one.open for one in found) == sum(row.is_open for row in rows)
        late = [row for row in rows if published.state_of(row, now) is State.LATE]
        assert sum(one.late for one in found) == len(late)
        codes = {one.code for one in found if one.code}
        assert codes <= {row.code for row in rows}


@pytest.mark.parametrize("seed", range(12))
def test_a_box_holds_the_points_that_strangers_may_know(
    seed: int, scattered: Sequence[Report]
) -> None:
    box = some_box(random.Random(seed))
    expected = {one.code for one in scattered if anybodys(one) and in_box(one, box)}
    assert {one.code for one in listed({"box": box}, clock.now())} == expected


def test_many_small_boxes_find_no_more_than_the_square_of_a_blurred_place(people: People) -> None:
    filed = people.file(category="thu-tuc-hanh-chinh")
    report = db.session.scalar(select(Report).where(Report.code == filed.code.replace("-", "")))
    assert report is not None
    assert report.lat is not None
    assert report.lon is not None
    close = 0.0001
    around = f"{report.lon - close},{report.lat - close},{report.lon + close},{report.lat + close}"
    assert people.public.get("/reports", bbox=around).json["items"] == []
    lat, lon = shown(report)
    middle = f"{lon - close},{lat - close},{lon + close},{lat + close}"
    assert [one["code"] for one in people.public.get("/reports", bbox=middle).json["items"]] == [
        filed.code
    ]
    (cluster,) = clusters.clusters({"box": PROVINCE}, 19, clock.now())
    assert (cluster.lat, cluster.lon) == pytest.approx((lat, lon), abs=1e-5)


def test_what_is_restricted_or_withdrawn_is_in_no_cluster_and_no_count(
    scattered: Sequence[Report],
) -> None:
    now = clock.now()
    everybodys = [one for one in scattered if anybodys(one)]
    assert 0 < len(everybodys) < len(scattered)
    found = clusters.clusters({"box": PROVINCE}, 8, now)
    assert sum(one.count for one in found) == len(everybodys)
    by_state = published.counts({}, now)
    whole = by_state[State.OPEN] + by_state[State.RESOLVED] + by_state[State.ENDED]
    assert whole == len(everybodys)
    assert by_state[State.OPEN] == by_state[State.IN_TIME] + by_state[State.LATE]


def test_each_state_is_the_same_in_python_and_in_the_database(
    scattered: Sequence[Report],
) -> None:
    now = clock.now()
    for state in (State.IN_TIME, State.LATE, State.RESOLVED, State.ENDED):
        said = {one.code for one in scattered if published.state_of(one, now) is state}
        asked = set(db.session.scalars(select(Report.code).where(published.in_state(state, now))))
        assert said == asked


def test_a_view_is_made_with_two_questions_however_many_reports(
    scattered: Sequence[Report],
) -> None:
    with statements() as sent:
        clusters.clusters({"box": PROVINCE}, 19, clock.now())
    assert len(sent) == 2


def test_a_view_is_answered_by_an_index_of_places(people: People) -> None:
    people.file()
    filters = {"box": Box(106.0, 11.2, 106.2, 11.4)}
    planned = plan(clusters._grouped(filters, 0.01, clock.now()))
    assert re.search("ix_reports_(map|place)", planned)  # of few rows, either


def test_a_view_never_asks_for_more_cells_than_a_screen_has(people: People) -> None:
    for zoom in range(clusters.ZOOM_MAX + 1):
        for box in (PROVINCE, Box(-180, -90, 180, 90), Box(106, 11, 106, 11)):
            size = clusters.cell_size(box, zoom)
            assert (box.east - box.west) / size <= clusters.CELLS_ACROSS


def test_a_report_on_the_edge_between_cells_is_counted_once(people: People) -> None:
    people.file()
    size = clusters.cell_size(PROVINCE, 12)
    lines = {"lat": size * round(11 / size), "lon": size * round(106 / size)}
    db.session.execute(update(Report).values(**lines))
    (cluster,) = clusters.clusters({"box": PROVINCE}, 12, clock.now())
    assert cluster.count == 1
    assert cluster.box.west <= cluster.lon <= cluster.box.east


def test_reports_at_one_spot_are_said_to_be_together(people: People) -> None:
    people.file()
    people.file()
    (cluster,) = clusters.clusters({"box": PROVINCE}, 12, clock.now())
    assert (cluster.count, cluster.together) == (2, True)
    people.file(location={"lat": 11.2872, "lon": 106.1312})
    (cluster,) = clusters.clusters({"box": PROVINCE}, 10, clock.now())
    assert (cluster.count, cluster.together) == (3, False)


@pytest.mark.parametrize("text", ["", "1,2,3", "a,b,c,d", "nan,1,2,3", "3,1,2,4", "1,2,3,inf"])
def test_what_is_no_box_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        boxes.Box.read(text)
