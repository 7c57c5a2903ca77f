"""These tests run on the demo province, on a Monday morning, with its people signed in."""

from __future__ import annotations

from tests.monday import app, clock_at, people

__all__ = ["app", "clock_at", "people"]
