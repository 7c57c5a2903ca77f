"""A journey runs on the demo province, from filing to figures."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
from flask import Flask

from reports_service.core.reference import Snapshot
from tests.personas import People


@pytest.fixture(scope="session")
def app(province_app: Flask) -> Flask:
    """The application of these tests has the demo province."""
    return province_app


@pytest.fixture(autouse=True)
def fresh_memory() -> Iterator[None]:
    """Nothing of another folder's database is remembered, and nothing is left to it."""
    Snapshot.forget_all()
    yield
    Snapshot.forget_all()


@pytest.fixture
def at(moved_clock: Callable[[datetime], None]) -> Callable[[str], None]:
    """Move on to a local moment: ``at("2026-04-22 09:00")``."""

    def move(local: str) -> None:
        moved_clock(datetime.fromisoformat(f"{local}+07:00"))

    return move


@pytest.fixture
def people(app: Flask, at: Callable[[str], None]) -> People:
    """Everybody, signed in on a Wednesday before the holidays of April."""
    at("2026-04-22 09:00")
    return People(app)
