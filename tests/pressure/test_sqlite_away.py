"""SQLite full, locked, or written to by others for long: filing is refused soon and in order."""

from __future__ import annotations

import fcntl
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import make_url

from tests.pressure.meeting import A_BIT, as_before, reads_go_on, refused_in_order
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
    as_before(web)
