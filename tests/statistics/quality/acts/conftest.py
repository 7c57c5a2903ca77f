"""These tests run on the demo province, with its people signed in."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from flask import Flask

from tests.personas import MONDAY, People

Clock = Callable[[datetime], None]


@pytest.fixture(scope="session")
def app(province_app: Flask) -> Flask:
    """The application of these tests has the demo province."""
    return province_app


@pytest.fixture
def clock_at(moved_clock: Clock) -> Clock:
    """It is Monday, nine o'clock; call it to move on."""
    moved_clock(MONDAY)
    return moved_clock


@pytest.fixture
def people(app: Flask, clock_at: Clock) -> People:
    """Everybody, signed in."""
    return People(app)
