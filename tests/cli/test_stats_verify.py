"""``reports stats verify``: a simulated past holds together, and whoever spoils it is named."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import select, update

from reports_service import create_app
from reports_service.cli import reports
from reports_service.core.db import db, unit_of_work
from reports_service.core.reference import Snapshot
from reports_service.reports.codes import grouped
from reports_service.reports.models import Assignment, Event, Report
from tests.databases import Databases

Run = Callable[..., Result]
UNTIL = datetime(2026, 3, 12, 3, tzinfo=UTC)
LIVED = ("simulate", "--reports", "60", "--months", "2", "--until", UNTIL.isoformat())


@pytest.fixture(scope="module")
def live_database(
    databases: Databases,
    province_template: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Flask]:
    """An application with a small past, made once for the tests here."""
    folder = tmp_path_factory.mktemp("past")
    with databases.copy(province_template) as url:
        app = create_app(
            "test",
            SQLALCHEMY_DATABASE_URI=url,
            DATA_DIR=str(folder),
            PHOTO_STORE=str(folder / "photos"),
        )
        with app.app_context():
            Snapshot.forget_all()
            done = CliRunner(env={"LANGUAGE": "en"}).invoke(reports, LIVED)
            assert done.exit_code == 0, done.output
            yield app
            db.session.remove()
            db.engine.dispose()
    Snapshot.forget_all()


@contextmanager
def spoilt(model: Any, row_id: int, **values: Any) -> Iterator[None]:
    """A row says something else meanwhile."""
    columns = [getattr(model, name) for name in values]
    before = db.session.execute(select(*columns).where(model.id == row_id)).one()._asdict()
    for written in (values, before):
        with unit_of_work():
            db.session.execute(update(model).where(model.id == row_id).values(**written))
        if written is values:
            yield


def test_a_simulated_past_fits_its_events(live_database: Flask, run: Run) -> None:
    """Its figures too: those that no worker has counted yet are counted first."""
    fits = run("stats", "verify")
    assert fits.exit_code == 0, fits.output
    assert fits.stdout.startswith("All fits: 60 reports")
    assert "100 %" in fits.stderr


def test_it_is_said_in_vietnamese(live_database: Flask, run: Run) -> None:
    fits = run("stats", "verify", "--period", "2026-02", language="vi")
    assert fits.exit_code == 0
    assert fits.stdout.startswith("Khớp: 60 phản ánh")
    assert "số liệu toàn thời gian và của 1 kỳ" in fits.stdout


@pytest.mark.parametrize("period", ["2026-02", "2026-Q1", "2026", "2026-01-15..2026-02-14"])
def test_a_period_is_a_month_a_quarter_a_year_or_days(
    live_database: Flask, run: Run, period: str
) -> None:
    fits = run("stats", "verify", "--period", period, "--json")
    assert (fits.exit_code, fits.stdout) == (0, "")
    assert "figures of all time and of single periods (1)" in fits.stderr


@pytest.mark.parametrize(
    ("period", "said"),
    [
        ("2026-13", '"2026-13" is no period'),
        ("2026-Q5", "is no period"),
        ("last month", "is no period"),
        ("2026-02-30..2026-03-01", "is no period"),
        ("2026-02..2026-03", "is no period"),
        ("0001", "is no period"),
        ("9999-12", "is no period"),
        ("9999-12-31..9999-12-31", "is no period"),
        ("2190-01", "The period begins on 01/01/2190, after today"),
        ("2026-03-02..2026-03-01", "ends (2026-03-01) before it begins"),
        ("1900-01-01..2026-03-01", "longer than 100 years"),
    ],
)
def test_what_is_no_period_is_refused_in_words(
    live_database: Flask, run: Run, period: str, said: str
) -> None:
    refused = run("stats", "verify", "--period", period)
    assert refused.exit_code == 1
    assert said in refused.stderr
    assert refused.stdout == ""


def test_days_are_held_against_a_copy_of_their_heads(
    live_database: Flask, run: Run, tmp_path: Path
) -> None:
    copy = tmp_path / "heads.json"
    answer = live_database.test_client().get("/api/v1/stats/daily-heads?from=2026-01-01")
    copy.write_bytes(answer.data)
    assert run("stats", "verify", "--published", str(copy)).exit_code == 0
    copied = answer.get_json()
    copied["items"].append({"day": "2026-03-11", "head": "ab" * 32})
    copy.write_text(json.dumps(copied), encoding="utf-8")
    named = run("stats", "verify", "--published", str(copy))
    assert named.exit_code == 1
    assert f"11/03/2026: its head is –; the copy says {'ab' * 32}" in named.stdout


@pytest.mark.parametrize("content", ["", "[]", '{"items": [{"day": "hôm qua", "head": "ab"}]}'])
def test_what_is_no_copy_of_heads_is_refused_in_words(
    live_database: Flask, run: Run, tmp_path: Path, content: str
) -> None:
    copy = tmp_path / "heads.json"
    copy.write_text(content, encoding="utf-8")
    refused = run("stats", "verify", "--published", str(copy))
    assert refused.exit_code == 1
    assert "does not read as daily heads" in refused.stderr


def test_an_edited_event_is_named_and_the_exit_says_so(live_database: Flask, run: Run) -> None:
    event, code = db.session.execute(
        select(Event, Report.code).join(Report).where(Event.kind == "resolved").limit(1)
    ).one()
    with spoilt(Event, event.id, facts={**event.facts, "kind": "not_found"}):
        named = run("stats", "verify")
        assert named.exit_code == 1
        assert (
            f"Report {grouped(code)}:\n  - event {event.seq} (resolved) was edited or put in"
            in named.stdout
        )
        assert "not_found" in named.stdout  # the row and the figures say otherwise
    assert run("stats", "verify").exit_code == 0


def test_programs_read_one_document_a_line(live_database: Flask, run: Run) -> None:
    held = db.session.scalars(
        select(Assignment).where(Assignment.resolve_elapsed_s.is_not(None)).limit(1)
    ).one()
    code = db.session.get_one(Report, held.report_id).code
    before = held.resolve_elapsed_s
    with spoilt(Assignment, held.id, resolve_elapsed_s=1.0):
        named = run("stats", "verify", "--json", language="vi")
        assert named.exit_code == 1
        assert [json.loads(line) for line in named.stdout.splitlines()] == [
            {
                "kind": "assignment_differs",
                "report": grouped(code),
                "assignment": held.number,
                "field": "resolve_elapsed_s",
                "expected": before,
                "found": 1.0,
            }
        ]
        assert "Có 1 điểm không khớp" in named.stderr
