"""Tests of accounts run on the demo province, with its people signed in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
from flask import Flask

from reports_service.core.reference import Snapshot
from tests.personas import MONDAY, People

Clock = Callable[[datetime], None]


@pytest.fixture(scope="session")
def app(province_app: Flask) -> Flask:
    """The application of these tests has the demo province."""
    return province_app


@pytest.fixture(scope="module", autouse=True)
def fresh_memory() -> Iterator[None]:
    """Nothing of another folder's database is remembered, and nothing is left to it."""
    Snapshot.forget_all()
    yield
    Snapshot.forget_all()


@pytest.fixture(autouse=True)
def clock_at(moved_clock: Clock) -> Clock:
    """It is Monday, nine o'clock; call it to move on."""
    moved_clock(MONDAY)
    return moved_clock


@pytest.fixture
def people(app: Flask, clock_at: Clock) -> People:
    """Everybody, signed in."""
    return People(app)
