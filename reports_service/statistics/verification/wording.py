"""Differences as people read them: what each is about, and one sentence about it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from babel.numbers import format_decimal

from reports_service.core.words import knows, say
from reports_service.statistics.verification.differences import Difference, Kind, plain

NOTHING = "–"
OF_FIELDS = frozenset({Kind.REPORT_DIFFERS, Kind.ASSIGNMENT_DIFFERS, Kind.DAY_DIFFERS})


def about(difference: Difference, language: str) -> str:
    """What it is about; those that are about the same come one after the other."""
    if difference.report is not None:
        return say("verify_about_report", language, report=difference.report)
    if difference.change is not None:
        return say("verify_about_changes", language)
    if difference.day is not None:
        return say("verify_about_days", language)
    if difference.month is not None:
        return say("verify_about_closed", language, month=_month(difference.month))
    if difference.period is not None:
        return say("verify_about_figures", language, period=_period(difference.period))
    if difference.kind is Kind.FIGURES_UNREADABLE:
        return say("verify_about_kept_figures", language)
    return say("verify_about_lost", language)


def sentence(difference: Difference, language: str, zone: ZoneInfo) -> str:
    """One sentence; moments are local."""
    values = (difference.expected, difference.found)
    expected, found = (_shown(value, language, zone) for value in values)
    if expected == found and difference.expected != difference.found:
        if any(isinstance(value, float) for value in values):
            expected = say("verify_hardly", language, value=expected)
        else:
            expected, found = (str(plain(value)) for value in values)
    return say(
        f"verify_{difference.kind}",
        language,
        seq=difference.seq,
        change=difference.change,
        assignment=difference.assignment,
        field=_field(difference, language),
        figure=_figure(difference.figure, language),
        agency=difference.agency or say("verify_total", language),
        span=difference.span,
        version=_version(difference, language),
        day=_shown(difference.day, language, zone),
        expected=expected,
        found=found,
    )


def _field(difference: Difference, language: str) -> str | None:
    """A field's name in words; of an event its kind or fact, as programs write it."""
    if difference.kind in OF_FIELDS:
        return say(f"verify_field_{difference.field}", language)
    return difference.field


def _version(difference: Difference, language: str) -> str:
    """The first figures of a closed month, or one of its corrections."""
    if not difference.correction:
        return say("verify_first_figures", language)
    return say("verify_correction", language, number=difference.correction)


def _figure(name: str | None, language: str) -> str:
    """``hours_to_resolve.working.p90``: the measure, then the parts of it."""
    measure, *parts = (name or "").split(".")
    said = [say(f"measure_{measure}", language) if knows(f"measure_{measure}") else measure]
    return ", ".join([*said, *(say(f"verify_part_{part}", language) for part in parts)])


def _shown(value: Any, language: str, zone: ZoneInfo) -> str:
    match value:
        case None:
            return NOTHING
        case bool():
            return say("verify_true" if value else "verify_false", language)
        case float():
            return str(format_decimal(value, "#,##0.####", locale=language))
        case datetime():
            return value.astimezone(zone).strftime("%H:%M:%S %d/%m/%Y")
        case date():
            return value.strftime("%d/%m/%Y")
        case _:
            return str(plain(value))


def _month(name: str) -> str:
    """``2026-10`` as 10/2026."""
    return "/".join(reversed(name.split("-")))


def _period(days: str) -> str:
    """``2026-10-01..2026-10-31`` as 01/10/2026–31/10/2026."""
    first, last = (date.fromisoformat(day) for day in days.split(".."))
    return f"{first:%d/%m/%Y}–{last:%d/%m/%Y}"
