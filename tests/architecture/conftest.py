"""These tests look at the whole application, on the demo province."""

from __future__ import annotations

from tests.memory import fresh_memory
from tests.monday import app, clock_at, people

__all__ = ["app", "clock_at", "fresh_memory", "people"]
