"""A worker that dies while it recounts leaves figures that are older, never wrong."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from sqlalchemy import select

from reports_service.core import clock, together
from reports_service.core.db import db
from reports_service.core.reference import Snapshot
from reports_service.reports.chain import FIGURES
from reports_service.reports.models import Assignment
from reports_service.statistics import queries, reading
from reports_service.statistics.cells import recount
from reports_service.statistics.cells.models import Turn
from reports_service.statistics.reading import Axis
from reports_service.statistics.scope import Scope, scope_of
from tests.statistics import rows
from tests.statistics.rows import Filed, Held, Province

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
RECOUNTS = """
import sys
from reports_service import create_app
from reports_service.core.db import db
from reports_service.statistics.cells import recount
with create_app("test", SQLALCHEMY_DATABASE_URI=sys.argv[1]).app_context():
    print("ready", flush=True)
    while True:
        recount.catch_up()
        db.session.rollback()
"""
PATIENCE_S = 30.0
AT_ONCE = 40  # reports in a change: enough for the worker to be seen at work


@pytest.fixture
def province(live_database: Flask) -> Province:
    Snapshot.forget_all()
    settled = rows.settle(clock.now() - timedelta(days=9))
    rows.write(settled, [])
    return settled


@contextmanager
def recounting(app: Flask) -> Iterator[subprocess.Popen[bytes]]:
    """A process that recounts without a pause."""
    command = [sys.executable, "-c", RECOUNTS, app.config["SQLALCHEMY_DATABASE_URI"]]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"ready\n"
        try:
            yield process
        finally:
            process.kill()


def test_a_worker_killed_while_it_recounts_leaves_older_figures_and_no_wrong_ones(
    live_database: Flask, province: Province
) -> None:
    durable: list[datetime] = []
    for _ in range(3):
        # What the one before had leased is free for the next after a while.
        with clock.moved_to(clock.now() + timedelta(minutes=1)):
            while recount.catch_up():
                continue
        db.session.rollback()
        with recounting(live_database) as process:
            durable.append(file_some(province))
            killed_at_work(process)
        assert right_as_of_what_they_say(durable)
    with clock.moved_to(clock.now() + timedelta(minutes=1)):
        while recount.catch_up():
            continue
        assert reading.as_of() == clock.now().replace(microsecond=0)
        assert right_as_of_what_they_say(durable)
        scope = whole_scope()
        straight = queries.tallies(scope, Assignment.agency_id)
        counted = reading.tallies(scope, Axis.AGENCY)
        assert {key: tally.counts["received"] for key, tally in counted.items()} == {
            key: tally.counts["received"] for key, tally in straight.items()
        }


def file_some(province: Province) -> datetime:
    """Reports filed as services would leave them, in one change; when it was durable."""
    now = clock.now()
    held = [
        Held("long-hoa", now, now + timedelta(days=2), now + timedelta(days=2), now)
        for _ in range(AT_ONCE)
    ]
    rows.file(province, [Filed([one], promised_by=now) for one in held])
    return clock.now()


def killed_at_work(process: subprocess.Popen[bytes]) -> None:
    """Kill it at a moment at which it holds the turn."""
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end:
        leased = db.session.scalar(select(Turn.leased_until))
        db.session.rollback()
        if leased is not None:
            process.kill()
            return
    raise AssertionError("it was never seen at work")


def right_as_of_what_they_say(durable: list[datetime]) -> bool:
    """Whether the figures hold all that was durable at their moment, nothing by halves, and the
    same by every axis.
    """
    db.session.rollback()
    as_of, scope = reading.as_of(), whole_scope()
    before = AT_ONCE * sum(moment < as_of for moment in durable)
    counts = {
        sum(tally.counts["received"] for tally in reading.tallies(scope, axis).values())
        for axis in Axis
    }
    (received,) = counts
    waiting = together.anything(FIGURES)
    db.session.rollback()
    everything = received == AT_ONCE * len(durable)
    return received >= before and received % AT_ONCE == 0 and (waiting or everything)


def whole_scope() -> Scope:
    today = clock.now().astimezone(ZONE).date()
    return scope_of({"first": today - timedelta(days=5), "last": today}, reading.as_of(), ZONE)
