"""``reports sla due``: one deadline, alone on its line."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from click.testing import Result

from reports_service.core.auth import SYSTEM
from reports_service.sla import calendars, policies

Run = Callable[..., Result]
NAMES = {"vi": "Thử", "en": "Trial"}
HOURS = [["07:30", "11:30"], ["13:30", "17:00"]]
DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday")
ON_THURSDAY = "2026-03-05T09:00:00+07:00"


@pytest.fixture(autouse=True)
def office() -> None:
    week = dict.fromkeys(DAYS, HOURS)
    calendars.add(SYSTEM, {"code": "office", "names": NAMES, "weekly": week})


@pytest.fixture
def default_policy() -> None:
    policies.add(
        SYSTEM,
        {
            "code": "default",
            "names": NAMES,
            "acknowledge": {"amount": 4, "unit": "working_hours"},
            "resolve": {"amount": 3, "unit": "working_days"},
            "extension_longest": {"amount": 3, "unit": "working_days"},
        },
    )


def test_working_days_end_with_the_last_one(run: Run) -> None:
    said = run("sla", "due", "--working-days", "3", "--from", ON_THURSDAY)
    assert (said.stdout, said.exit_code) == ("2026-03-10T17:00:00+07:00\n", 0)


def test_working_hours_stand_still_over_noon(run: Run) -> None:
    said = run("sla", "due", "--working-hours", "3.5", "--from", ON_THURSDAY)
    assert said.stdout == "2026-03-05T14:30:00+07:00\n"


@pytest.mark.parametrize("start", ["2026-03-05T09:00", "2026-03-05T02:00:00Z", "2026-03-05 09:00"])
def test_a_time_without_offset_is_local(run: Run, start: str) -> None:
    assert run("sla", "due", "--working-hours", "1", "--from", start).stdout == (
        "2026-03-05T10:00:00+07:00\n"
    )


def test_a_policy_lends_its_targets(run: Run, default_policy: None) -> None:
    words = ("sla", "due", "--policy", "default", "--from", ON_THURSDAY)
    assert run(*words).stdout == "2026-03-10T17:00:00+07:00\n"
    assert run(*words, "--acknowledge").stdout == "2026-03-05T14:30:00+07:00\n".replace(
        "14:30", "15:00"
    )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--policy", "nope"), "no deadline policy with the code nope"),
        ((), "exactly one of"),
        (("--working-days", "1", "--working-hours", "1"), "exactly one of"),
        (("--working-days", "0.5"), "0.5"),
        (("--working-days", "NaN"), "NaN"),
        (("--working-hours", "-1"), "-1"),
    ],
)
def test_what_cannot_be_counted_is_refused_in_words(
    run: Run, words: tuple[str, ...], said: str
) -> None:
    refused = run("sla", "due", *words, "--from", ON_THURSDAY)
    assert refused.exit_code == 1
    assert said in refused.stderr
    assert refused.stdout == ""


@pytest.mark.parametrize("start", ["tomorrow", "9999-12-31T00:00:00Z", "2026-02-30"])
def test_what_is_no_time_is_refused_in_words(run: Run, start: str) -> None:
    refused = run("sla", "due", "--working-days", "1", "--from", start)
    assert refused.exit_code == 1
    assert "Traceback" not in refused.stderr != ""


def test_refusals_are_said_in_vietnamese_unless_asked_otherwise(run: Run) -> None:
    words = ("sla", "due", "--policy", "nope", "--from", ON_THURSDAY)
    assert "Không có quy định thời hạn" in run(*words, language="vi_VN.UTF-8").stderr
    assert "Không có quy định thời hạn" in run(*words, language="C").stderr
    assert "There is no deadline policy" in run("--lang", "en", *words, language="vi").stderr
