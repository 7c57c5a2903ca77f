"""The pages are tested on the demo province, on a Monday morning, with its people signed in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
from flask import Flask

from reports_service.core.reference import Snapshot
from tests.personas import MONDAY, Filed, People

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


@pytest.fixture
def people(app: Flask, moved_clock: Clock) -> People:
    """Everybody, signed in."""
    moved_clock(MONDAY)
    return People(app)


@pytest.fixture
def filed(people: People) -> Filed:
    """A report on a street light, held by the company that runs the lights."""
    return people.file()
