"""The one clock."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest

from reports_service.core import clock

pytestmark = pytest.mark.pure
NOON = datetime(2026, 3, 9, 12, tzinfo=UTC)


def test_it_is_aware_and_in_utc() -> None:
    assert clock.now().utcoffset() == timedelta(0)


def test_moved_it_stands_still_and_goes_on_afterwards() -> None:
    with clock.moved_to(NOON):
        assert clock.now() == clock.now() == NOON
        with clock.moved_to(NOON + timedelta(days=1)):
            assert clock.now() == NOON + timedelta(days=1)
        assert clock.now() == NOON
    assert clock.now() != NOON


def test_moved_to_local_time_it_answers_in_utc() -> None:
    with clock.moved_to(datetime(2026, 3, 9, 19, tzinfo=timezone(timedelta(hours=7)))):
        assert clock.now() == NOON
        assert clock.now().tzinfo is UTC


@pytest.fixture
def step(tmp_path: Path) -> Iterator[Path]:
    file = tmp_path / "step"
    file.write_text("0")
    clock.follow(str(file))
    yield file
    clock.follow(None)


def test_it_steps_with_the_file_that_it_follows_and_back_again(step: Path) -> None:
    right = datetime.now(UTC)
    step.write_text("3600")
    assert timedelta(minutes=59) < clock.now() - right < timedelta(minutes=61)
    step.write_text("-3600")
    assert timedelta(minutes=59) < right - clock.now() < timedelta(minutes=61)
    step.write_text("0")
    assert abs(clock.now() - right) < timedelta(minutes=1)


def test_moved_it_steps_no_more(step: Path) -> None:
    step.write_text("3600")
    with clock.moved_to(NOON):
        assert clock.now() == NOON


def test_it_is_moved_in_one_thread_only() -> None:
    seen: list[datetime] = []
    with clock.moved_to(NOON):
        other = threading.Thread(target=lambda: seen.append(clock.now()))
        other.start()
        other.join()
    assert seen[0] != NOON
