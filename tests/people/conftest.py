"""People's data are tested on the demo province, on a Monday morning, with its people signed in."""

from __future__ import annotations

from tests.memory import edits_reference, fresh_memory
from tests.monday import app, clock_at, filed, people

__all__ = ["app", "clock_at", "edits_reference", "filed", "fresh_memory", "people"]
