"""Tests of the log run on the demo province, on a Monday morning, with its people signed in."""

from __future__ import annotations

from tests.cli.conftest import run
from tests.memory import fresh_memory
from tests.monday import app, clock_at, people

__all__ = ["app", "clock_at", "fresh_memory", "people", "run"]
