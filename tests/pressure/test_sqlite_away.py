"""SQLite full, locked, or written to by others for long: filing is refused soon and in order."""

from __future__ import annotations

import fcntl
import sqlite3
import time
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import make_url

from reports_service import create_app
from reports_service.core.db import _last_write, db
from reports_service.core.health import parts
from tests.pressure.meeting import A_BIT, SOON_S, as_before, reads_go_on, refused_in_order
from tests.pressure.served import Web

pytestmark = pytest.mark.pure  # the database is the server's


def test_with_a_full_disk_filing_is_refused_and_reading_goes_on(web: Web) -> None:
    with web.files_at_most(A_BIT):
        refused_in_order(web.file(Accept_Language="en"), "database")
        reads_go_on(web)
        found = web.part("database")
        assert (found["ready"], found["why"]) == (False, "database_not_written")
        assert "disk is full" in found["detail"]
    as_before(web)


def test_with_a_locked_database_filing_is_refused_and_reading_goes_on(
    web: Web, database: str
) -> None:
    with closing(sqlite3.connect(str(make_url(database).database))) as other:
        other.execute("BEGIN IMMEDIATE")
        refused_in_order(web.file(Accept_Language="en"), "database")
        reads_go_on(web)
        assert web.part("database")["why"] == "database_not_written"
    as_before(web)


def test_who_writes_for_long_keeps_nobody_waiting_for_long(web: Web, database: str) -> None:
    with Path(f"{make_url(database).database}.write-lock").open("a") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        refused_in_order(web.file(Accept_Language="en"), "database")
        reads_go_on(web)
        assert web.part("database")["why"] == "database_not_written"
    as_before(web)


def test_a_lock_that_others_hold_is_known_though_a_worker_waits_for_it_before_us(
    web: Web, database: str
) -> None:
    path = str(make_url(database).database)
    with (
        closing(sqlite3.connect(path)) as other,
        Path(f"{path}.write-lock").open("a") as workers_turn,
    ):
        other.execute("BEGIN IMMEDIATE")
        fcntl.flock(workers_turn, fcntl.LOCK_EX)
        refused_in_order(web.file(Accept_Language="en"), "database")
        for _ in range(2):  # until it works, not once
            asked = web.get("/readyz", Accept_Language="en")
            assert asked.status == 503
            assert asked.json["parts"]["database"]["why"] == "database_not_written"
            assert asked.took_s < SOON_S
    as_before(web)


def test_readiness_waits_for_a_lock_no_longer_than_a_probe_may(
    web: Web, database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a person may wait for is more than what a probe may."""
    app = create_app("test", SQLALCHEMY_DATABASE_URI=database, DATABASE_WAIT_S=30.0)
    monkeypatch.setattr("reports_service.core.patience.PROBE_WAITS_S", 0.5)
    monkeypatch.setattr(_last_write, "failed", True)
    with (
        closing(sqlite3.connect(str(make_url(database).database))) as other,
        app.app_context(),
    ):
        other.execute("BEGIN IMMEDIATE")
        began = time.monotonic()
        assert parts()["database"]["why"] == "database_not_written"
        assert time.monotonic() - began < SOON_S
        other.rollback()
        assert parts()["database"] == {"ready": True}
        waits_ms = db.session.execute(db.text("PRAGMA busy_timeout")).scalar()
        assert waits_ms == 30_000
        db.session.remove()
        db.engine.dispose()
