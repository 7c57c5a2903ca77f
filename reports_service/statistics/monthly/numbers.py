"""Figures as people read them in a report: by unit and language, a dash where there is none."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from babel.numbers import format_decimal, format_percent

from reports_service.core import words
from reports_service.domain.measures import BY_CODE, Unit

NOTHING = "–"
_PATTERNS: Mapping[Unit, str] = {
    Unit.COUNT: "#,##0",
    Unit.STARS: "0.0",
    Unit.HOURS: "#,##0.0",
    Unit.PLACE: "0",
    Unit.SHARE: "0.0 %",
}


def shown(code: str, value: Any, language: str) -> str:
    """The figure of this code; of a length of time its median in plain hours."""
    unit = BY_CODE[code].unit
    if unit is Unit.HOURS:
        value = value["elapsed"]["median"] if value else None
    if value is None:
        return NOTHING
    if unit is Unit.SHARE:
        return percent(value, language)
    return str(format_decimal(value, _PATTERNS[unit], locale=language))


def leaf(name: str, value: Any, language: str) -> str:
    """A figure as differences name it: ``due``, or ``hours_to_resolve.elapsed.n``."""
    code, _, part = name.partition(".")
    if not part or value is None:
        return shown(code, value, language)
    unit = Unit.HOURS if part.endswith(("median", "p90")) else Unit.COUNT
    return str(format_decimal(value, _PATTERNS[unit], locale=language))


def percent(share: float | None, language: str) -> str:
    """0.8649 as 86,5 %."""
    if share is None:
        return NOTHING
    return str(format_percent(share, _PATTERNS[Unit.SHARE], locale=language))


def whole(number: int, language: str) -> str:
    """12345 as 12.345."""
    return str(format_decimal(number, _PATTERNS[Unit.COUNT], locale=language))


def changed(code: str, value: Any, before: Any, language: str) -> str | None:
    """How a figure moved: shares by points, counts by per cent, stars by stars; None: unknown."""
    if value is None or before is None:
        return None
    unit = BY_CODE[code].unit
    if unit is Unit.COUNT:
        if not before:
            return None
        move, said = (value - before) / before * 100, "monthly_moved_percent"
    elif unit is Unit.SHARE:
        move, said = (value - before) * 100, "monthly_moved_points"
    else:
        move, said = value - before, "monthly_moved_stars"
    by = str(format_decimal(abs(move), "#,##0.0", locale=language))
    if float(f"{abs(move):.1f}") == 0:
        return words.say("monthly_moved_not", language)
    return ("▲ " if move > 0 else "▼ ") + words.say(said, language, by=by)


def month(name: str, language: str) -> str:
    """2026-10 as 10/2026."""
    year, _, number = name.partition("-")
    return f"{number}/{year}"


def moment(at: datetime, zone: ZoneInfo) -> str:
    """09:00 10/11/2026, local."""
    return at.astimezone(zone).strftime("%H:%M %d/%m/%Y")
