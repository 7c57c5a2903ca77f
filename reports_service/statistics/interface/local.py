"""The deployment's time zone, in which the days of figures begin and end. For the edge only."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from flask import current_app


def zone() -> ZoneInfo:
    """The zone that people's days are counted in."""
    return ZoneInfo(current_app.config["TZ_NAME"])
