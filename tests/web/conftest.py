"""The pages are tested on the demo province, on a Monday morning, with its people signed in."""

from __future__ import annotations

from tests.memory import fresh_memory
from tests.monday import app, clock_at, filed, people

__all__ = ["app", "clock_at", "filed", "fresh_memory", "people"]
