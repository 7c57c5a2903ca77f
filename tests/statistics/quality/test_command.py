"""``reports stats quality``: the night's count by hand."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import func, select

from reports_service.cli import reports
from reports_service.core.db import db
from reports_service.core.health import Tick
from reports_service.statistics.quality.models import QualityDay
from tests.statistics import rows
from tests.statistics.histories import NOW
from workers import jobs


@pytest.fixture(autouse=True)
def midnight(app: Flask, moved_clock: Callable[[datetime], None]) -> None:
    """4 December has just begun in Vietnam."""
    moved_clock(NOW + timedelta(minutes=5))
    rows.settle(NOW)
    db.session.commit()


def run(*words: str) -> Result:
    return CliRunner(env={"LANGUAGE": "en"}).invoke(reports, ["stats", "quality", *words])


def test_it_says_which_days_were_counted() -> None:
    answer = run()
    assert answer.exit_code == 0
    assert answer.stdout == "Counted 62 days, from 2026-10-03 to 2026-12-03.\n"


@pytest.mark.parametrize("option", ["--since", "--day"])
def test_it_refuses_a_day_that_is_not_over(option: str) -> None:
    answer = run(option, "2026-12-04")
    assert answer.exit_code == 1
    assert "2026-12-03" in answer.stderr


def test_the_worker_counts_a_night_once_however_often_it_looks(
    moved_clock: Callable[[datetime], None],
) -> None:
    for minutes in (10, 40, 70):
        moved_clock(NOW + timedelta(minutes=minutes))
        jobs.count_quality()
    counted_at = db.session.scalars(select(QualityDay.counted_at).distinct()).all()
    assert counted_at == [NOW + timedelta(minutes=10)]
    assert db.session.scalar(select(func.count()).select_from(QualityDay)) == 62
    assert db.session.get(Tick, "count_quality") is not None
