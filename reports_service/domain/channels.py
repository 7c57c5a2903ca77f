"""The ways by which reports come in."""

from __future__ import annotations

from enum import StrEnum


class Channel(StrEnum):
    """How a report reached the service."""

    APP = "app"
    WEB = "web"
    HOTLINE = "hotline"
    FACILITATOR = "facilitator"
    ZALO = "zalo"
    EMAIL = "email"
    PATROL = "patrol"
    OPEN311 = "open311"
