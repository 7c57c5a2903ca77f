"""These tests look at the whole application, on the demo province."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from reports_service.core.reference import Snapshot
from tests.personas import People


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
def people(app: Flask) -> People:
    """Everybody, signed in."""
    return People(app)
