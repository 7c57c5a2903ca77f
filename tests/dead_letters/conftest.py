"""What was given up is looked at in the demo province, by its people."""

from __future__ import annotations

from tests.memory import fresh_memory
from tests.monday import app, clock_at, filed, people

__all__ = ["app", "clock_at", "filed", "fresh_memory", "people"]
