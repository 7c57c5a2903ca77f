"""A change of areas reaches the index in memory of a serving process, and no request loads it."""

from __future__ import annotations

import threading

from flask import Flask
from sqlalchemy import Engine, event

from reports_service.areas import geojson, service
from reports_service.areas.importing import Wishes, import_features
from reports_service.areas.service import Timeline
from reports_service.core import reference
from reports_service.core.auth import SYSTEM
from reports_service.core.db import db, unit_of_work
from reports_service.core.reference import Snapshot
from tests.areas.squares import START, collection, feature, place, square


def test_a_thread_renews_the_index_and_requests_read_no_boundary(live_database: Flask) -> None:
    Snapshot.renew_all()
    loaded: list[str] = []
    seen = threading.Event()

    def note(_connection: object, _cursor: object, sql: str, *_: object) -> None:
        if "areas.boundary" in sql and sql.startswith("SELECT"):
            loaded.append(threading.current_thread().name)

    def look() -> None:
        with live_database.app_context():
            while not service.areas_at(11.05, 106.05):
                db.session.rollback()
                seen.wait(0.02)
            db.session.remove()
            seen.set()

    read = geojson.read_collection(collection(feature("a", square(106, 11))), "a")
    with unit_of_work():
        import_features(SYSTEM, read, Wishes(valid_from=START))
    event.listen(Engine, "before_cursor_execute", note)
    renewing = threading.Thread(target=_renew_once, args=(live_database,), name="renewing")
    renewing.start()
    renewing.join()
    looking = threading.Thread(target=look, name="looking")
    looking.start()
    looking.join()
    event.remove(Engine, "before_cursor_execute", note)
    assert seen.is_set()
    assert set(loaded) == {"renewing"}


def _renew_once(app: Flask) -> None:
    with app.app_context():
        reference.Snapshot.renew_all()
        db.session.remove()


def test_one_index_serves_all_days_in_which_no_area_changes() -> None:
    timeline = Timeline([place(1, "a", 106.0, 11.0)])
    before, first, later = (
        timeline.on(START.replace(year=2025 + years, day=day))
        for years, day in ((-1, 1), (0, 1), (1, 5))
    )
    assert first is later
    assert before is not first
    assert before.places == {}
