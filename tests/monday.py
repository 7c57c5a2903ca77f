"""A Monday morning in the demo province, its people signed in: what a folder's conftest takes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from flask import Flask

from tests.personas import MONDAY, Filed, People

Clock = Callable[[datetime], None]


@pytest.fixture(scope="session")
def app(province_app: Flask) -> Flask:
    """The application of these tests has the demo province."""
    return province_app


@pytest.fixture(autouse=True)
def clock_at(moved_clock: Clock) -> Clock:
    """It is Monday, nine o'clock; call it to move on."""
    moved_clock(MONDAY)
    return moved_clock


@pytest.fixture
def people(request: pytest.FixtureRequest, clock_at: Clock) -> People:
    """Everybody, signed in."""
    live = "live_province" in request.fixturenames
    return People(request.getfixturevalue("live_province" if live else "app"))


@pytest.fixture
def filed(people: People) -> Filed:
    """A report on a street light, held by the company that runs the lights."""
    return people.file()
