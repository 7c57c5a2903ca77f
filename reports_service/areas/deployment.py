"""What this deployment's configuration says about places: its local day, its limits."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

from flask import current_app

from reports_service.areas.index import Limits
from reports_service.core import clock


def today() -> date:
    """The local day of now, by which areas are valid."""
    return clock.now().astimezone(ZoneInfo(current_app.config["TZ_NAME"])).date()


def limits() -> Limits:
    """How far outside all areas a point may lie."""
    config = current_app.config
    return Limits(near_m=config["NEAR_AREA_M"], far_m=config["KEPT_OUTSIDE_M"])
