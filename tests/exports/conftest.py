"""Tests of exports run on the demo province, with its people signed in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
from flask import Flask

from reports_service.core.reference import Snapshot
from tests.personas import MONDAY, Caller, People

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
def people(request: pytest.FixtureRequest, clock_at: Clock) -> People:
    """Everybody, signed in."""
    live = "live_province" in request.fixturenames
    return People(request.getfixturevalue("live_province" if live else "app"))


@pytest.fixture
def machine(people: People) -> Caller:
    """Another system, whose key is for changes and exports."""
    body = {"name": "Trung tâm dữ liệu", "scopes": ["changes", "exports"]}
    key = people.admin.call("POST", "/admin/api-keys", json=body).json["key"]
    return Caller(people.client, f"Bearer {key}")
