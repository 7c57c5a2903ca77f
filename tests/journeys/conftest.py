"""A journey runs on the demo province, from filing to figures."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import pytest
from flask import Flask

from tests.memory import nothing_remembered
from tests.monday import app
from tests.personas import People

__all__ = ["app", "nothing_remembered"]


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
