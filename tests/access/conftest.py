"""Who gets where is walked on the demo province, on a Monday morning."""

from __future__ import annotations

from tests.memory import fresh_memory
from tests.monday import app, clock_at

__all__ = ["app", "clock_at", "fresh_memory"]
