"""``reports calendar``: days off, days worked, and back to the week."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from click.testing import Result

from reports_service.core.auth import SYSTEM
from reports_service.sla import calendars

Run = Callable[..., Result]
NAMES = {"vi": "Giờ hành chính", "en": "Office hours"}
HOURS = [["07:30", "11:30"], ["13:30", "17:00"]]


@pytest.fixture(autouse=True)
def office() -> None:
    calendars.add(
        SYSTEM,
        {"code": "office", "names": NAMES, "weekly": {"thursday": HOURS, "friday": HOURS}},
    )


def due(run: Run) -> str:
    """When one working day from Thursday, 1 January 2026 is over."""
    return run("sla", "due", "--working-days", "1", "--from", "2026-01-01T09:00").stdout[:10]


def test_the_week_and_the_year_are_shown(run: Run) -> None:
    run("calendar", "off", "2026-01-02", "--name", "Tết Dương lịch")
    shown = run("calendar", "show", "--year", "2026").stdout
    assert "office: Office hours" in shown
    assert "Thursday   07:30-11:30, 13:30-17:00" in shown
    assert "2026-01-02  Friday     off  Tết Dương lịch" in shown
    assert "2026-01-02" not in run("calendar", "show", "--year", "2025").stdout


def test_a_day_off_moves_deadlines_that_are_yet_to_be_given(run: Run) -> None:
    assert due(run) == "2026-01-02"
    assert run("calendar", "off", "2026-01-02").exit_code == 0
    assert due(run) == "2026-01-08"


def test_a_make_up_day_takes_its_place(run: Run) -> None:
    run("calendar", "off", "2026-01-02")
    run("calendar", "work", "2026-01-03", "--hours", "07:30-11:30, 13:30-17:00")
    assert due(run) == "2026-01-03"


def test_a_worked_day_has_the_usual_hours_unless_others_are_said(run: Run) -> None:
    assert "07:30-11:30, 13:30-17:00" in run("calendar", "work", "2026-01-03").stdout


def test_a_reset_day_is_again_what_its_week_says(run: Run) -> None:
    run("calendar", "off", "2026-01-02")
    assert run("calendar", "reset", "2026-01-02").exit_code == 0
    assert due(run) == "2026-01-02"


@pytest.mark.parametrize(
    "words",
    [
        ("off", "2026-02-30"),
        ("off", "01/02/2026"),
        ("work", "2026-01-03", "--hours", "13:30-11:30"),
        ("work", "2026-01-03", "--hours", "sáng"),
        ("work", "2026-01-03", "--hours", ""),
    ],
)
def test_what_cannot_be_meant_is_refused_in_words(run: Run, words: tuple[str, ...]) -> None:
    refused = run("calendar", *words)
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert "Traceback" not in refused.stderr != ""
