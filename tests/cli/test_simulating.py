"""``reports simulate``: which past it lives, and which it refuses to live."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select

from reports_service.agencies import service as agencies
from reports_service.agencies.models import Agency, AgencyKind
from reports_service.cli.application import OPERATOR_OF_THE_MACHINE
from reports_service.cli.simulation.seasons import Seasons, months_before
from reports_service.core.db import db, unit_of_work
from reports_service.reports.models import Assignment, Report
from reports_service.sla import service as sla
from tests.cli.test_simulate import UNTIL, everything

# Which past is drawn: that it is written by both engines shows test_simulate.py.
pytestmark = pytest.mark.any_engine
Run = Callable[..., Result]


@pytest.fixture(scope="module")
def app(province_app: Flask) -> Flask:
    """The application on the demo province."""
    return province_app


@pytest.fixture(autouse=True)
def demo(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "DEMO", True)


def histories() -> list[tuple[str, str, tuple[str, ...]]]:
    """Status, kind of resolution and course of each report; what is random by nature left out."""
    return [
        (
            report.status,
            report.resolution_kind or "",
            tuple(f"{event.kind} {event.at.isoformat()}" for event in report.events),
        )
        for report in everything()
    ]


def test_the_same_seed_gives_the_same_histories(run: Run) -> None:
    asked = ("simulate", "--reports", "25", "--months", "1", "--until", UNTIL.isoformat())
    assert run(*asked).exit_code == 0
    first = histories()
    assert run(*asked, "--more").exit_code == 0
    again = histories()[25:]
    alone = [how for how in again if "merged" not in str(how)]
    assert len(again) == 25
    assert sum(how in first for how in alone) >= len(alone) - 4  # some recur where the first were


def test_another_seed_gives_another_past(run: Run) -> None:
    asked = ("simulate", "--reports", "10", "--months", "1", "--until", UNTIL.isoformat())
    assert run(*asked).exit_code == 0
    first = histories()
    assert run(*asked, "--more", "--seed", "7").exit_code == 0
    assert histories()[10:] != first


def test_an_agency_that_has_ended_is_left_with_nothing(run: Run) -> None:
    """The rules of the past still name it; what they send there comes back at once."""
    ended = db.session.scalars(select(Agency).where(Agency.kind == AgencyKind.COMMITTEE)).all()
    with unit_of_work():
        for agency in ended:
            agencies.end(OPERATOR_OF_THE_MACHINE, agency.code, UNTIL - timedelta(days=3))
        ids = {agency.id for agency in ended}
    asked = ("simulate", "--reports", "40", "--months", "1", "--until", UNTIL.isoformat())
    lived = run(*asked)
    assert lived.exit_code == 0, lived.output
    held = db.session.scalars(select(Assignment).join(Report).where(Report.is_open)).all()
    assert ids & set(db.session.scalars(select(Assignment.agency_id)))  # it had some
    assert not [one for one in held if one.outcome is None and one.agency_id in ids]


@pytest.mark.parametrize("until", ["2999-01-01", "2025-06-30T00:00", "yesterday"])
def test_a_past_ends_between_july_2025_and_now(run: Run, until: str) -> None:
    refused = run("simulate", "--until", until)
    assert refused.exit_code == 1
    assert "1 July 2025" in refused.stderr


def test_at_tet_few_report_and_after_work_many() -> None:
    start, end = datetime(2026, 2, 1, tzinfo=UTC), datetime(2026, 3, 1, tzinfo=UTC)
    seasons = Seasons.of(start, end, sla.calendar(), Random(1))
    local = [at.astimezone(sla.zone()) for at in seasons.moments(5000, Random(1))]
    assert local == sorted(local)
    days, hours = Counter(at.date().day for at in local), Counter(at.hour for at in local)
    assert days[18] < days[11] / 3
    assert hours[18] > 10 * hours[3]


@pytest.mark.parametrize(
    ("months", "start"), [(1, "2026-02-28"), (6, "2025-09-30"), (13, "2025-02-28")]
)
def test_months_are_counted_back_by_the_calendar(months: int, start: str) -> None:
    end = datetime(2026, 3, 31, tzinfo=UTC)
    assert months_before(end, months).date().isoformat() == start
