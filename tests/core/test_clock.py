"""The one clock."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta, timezone

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


def test_it_is_moved_in_one_thread_only() -> None:
    seen: list[datetime] = []
    with clock.moved_to(NOON):
        other = threading.Thread(target=lambda: seen.append(clock.now()))
        other.start()
        other.join()
    assert seen[0] != NOON
