"""``reports simulate``: a past that the services themselves have lived, and that holds together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from reports_service import create_app
from reports_service.attachments.models import Attachment, State
from reports_service.cli import reports
from reports_service.core import outbox
from reports_service.core.db import db
from reports_service.core.outbox import Effect
from reports_service.core.reference import Snapshot
from reports_service.domain.lifecycle import OPEN
from reports_service.domain.outcomes import ResolutionKind
from reports_service.reports import chain
from reports_service.reports.models import Assignment, Event, Report
from tests.databases import Databases

Run = Callable[..., Result]
UNTIL = datetime(2026, 3, 12, 3, tzinfo=UTC)  # a working Thursday, 10 o'clock in Tây Ninh
LIVED = ("simulate", "--reports", "120", "--months", "2", "--until", UNTIL.isoformat())


@pytest.fixture(scope="module")
def live_database(
    databases: Databases, province_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    """An application with a small past of its own, made once for the tests that look at it."""
    folder = tmp_path_factory.mktemp("past")
    with databases.copy(province_template) as url:
        app = create_app(
            "test",
            SQLALCHEMY_DATABASE_URI=url,
            DATA_DIR=str(folder),
            PHOTO_STORE=str(folder / "photos"),
            DEMO=True,
        )
        with app.app_context():
            Snapshot.forget_all()
            done = CliRunner(env={"LANGUAGE": "en"}).invoke(reports, LIVED)
            assert done.exit_code == 0, done.output
            app.extensions["said"] = done.stdout
            yield app
            db.session.remove()
            db.engine.dispose()
    Snapshot.forget_all()


@pytest.fixture
def past(live_database: Flask) -> Iterator[Flask]:
    """The application with the past, and nothing that another test loaded."""
    db.session.remove()
    Snapshot.forget_all()
    yield live_database
    db.session.remove()
    Snapshot.forget_all()


def everything() -> list[Report]:
    return list(
        db.session.scalars(
            select(Report)
            .order_by(Report.id)
            .options(
                selectinload(Report.events),
                selectinload(Report.assignments),
                selectinload(Report.photos),
            )
        )
    )


def test_the_past_is_as_large_as_was_asked_for(past: Flask) -> None:
    assert "120 reports" in past.extensions["said"]
    assert len(everything()) == 120


def test_every_history_is_an_unbroken_chain(past: Flask) -> None:
    for report in everything():
        assert chain.holds(report, report.events)


def test_nothing_has_happened_yet_in_the_future(past: Flask) -> None:
    last = db.session.scalar(select(func.max(Event.at)))
    assert UNTIL - timedelta(days=2) < last <= UNTIL
    for report in everything():
        moments = [event.at for event in report.events]
        assert moments == sorted(moments)


def test_somebody_held_every_report_at_every_moment(past: Flask) -> None:
    for report in everything():
        held = report.assignments
        assert [one.number for one in held] == list(range(1, len(held) + 1))
        assert held[0].opened_at == report.created_at
        for before, after in pairwise(held):
            assert before.ended_at is not None
            assert before.ended_at <= after.opened_at
        assert (held[-1].outcome is None) == report.is_open
        assert report.is_open == (report.status in OPEN)


def test_what_was_fixed_is_shown_where_the_category_asks_for_it(past: Flask) -> None:
    shown = 0
    for report in everything():
        fixed = [one for one in report.assignments if one.resolution_kind == ResolutionKind.FIXED]
        if fixed and report.category is not None and report.category.after_photo:
            after = [photo for photo in report.photos if photo.role == "after"]
            assert len(after) == len(fixed)
            shown += 1
    assert shown > 10


def test_the_pictures_are_ready_to_be_seen(past: Flask) -> None:
    pictures = db.session.scalars(select(Attachment)).all()
    assert {picture.state for picture in pictures} == {State.READY}
    storage = past.extensions["storage"]
    for picture in pictures[:5]:
        assert storage.exists(picture.original_key)
        assert storage.exists(picture.large_key)
        assert storage.exists(picture.small_key)


def test_life_went_many_ways(past: Flask) -> None:
    statuses = Counter(report.status for report in everything())
    assert statuses["closed"] > 60
    assert {"resolved", "in_progress"} <= set(statuses)
    kinds = set(db.session.scalars(select(Event.kind).distinct()))
    assert {"acknowledged", "question_asked", "escalated", "confirmed", "reopened"} <= kinds


def test_agencies_keep_most_of_their_deadlines_and_not_all(past: Flask) -> None:
    due = db.session.scalars(
        select(Assignment).where(
            Assignment.own_resolve_by <= UNTIL, Assignment.outcome == "resolved"
        )
    ).all()
    met = [one for one in due if one.resolved_at <= one.own_resolve_by]
    assert 0.55 < len(met) / len(due) < 0.97


def test_nobody_is_told_of_a_simulated_past(past: Flask) -> None:
    assert db.session.scalar(select(Effect.id).where(Effect.done_at.is_(None)).limit(1)) is None
    assert not outbox.anything_due()


def test_a_database_with_reports_gets_no_past_unasked(past: Flask, run: Run) -> None:
    refused = run(*LIVED)
    assert refused.exit_code == 1
    assert "120 reports already" in refused.stderr
