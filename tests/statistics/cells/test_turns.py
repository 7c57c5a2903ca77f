"""Whose turn it is to recount."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from flask import Flask

from reports_service.core import clock
from reports_service.statistics.cells import turns

NOON = datetime(2026, 11, 23, 5, tzinfo=UTC)


def test_while_one_has_the_turn_no_other_takes_it(app: Flask) -> None:
    with clock.moved_to(NOON):
        assert turns.take(to_build=True) is not None
    with clock.moved_to(NOON + turns.LEASE_TO_BUILD - timedelta(seconds=1)):
        assert turns.take(to_build=True) is None


def test_a_turn_taken_by_a_clock_that_was_put_back_holds_nobody_up(app: Flask) -> None:
    with clock.moved_to(NOON + timedelta(hours=1)):
        assert turns.take(to_build=True) is not None
    with clock.moved_to(NOON):
        assert turns.take(to_build=True) is not None
