"""The course of the figures over a period, in days, ISO weeks or months."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Any, Final

from reports_service.domain.errors import Invalid
from reports_service.domain.measures import BY_CODE, Day
from reports_service.statistics import reading
from reports_service.statistics.figures import figures, figures_of_all
from reports_service.statistics.scope import Period, Scope, asked_of
from reports_service.statistics.tallies import Tally

MOST_SPANS: Final = 400


class By(StrEnum):
    """How long the spans are that a period is cut into."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"


class TooManySpans(Invalid):
    """The period has more spans than anybody can look at."""

    code = "too_many_spans"


def trend(scope: Scope, by: By) -> dict[str, Any]:
    """The figures of each span of the period, in their order. Raises ``TooManySpans``.

    Promises and the first sign of life are of all agencies, and missing of one.
    How things stand now is the same for every span, and is left out.
    """
    periods = spans(scope.period, by)
    found = zip(periods, reading.course(scope, periods), strict=True)
    return {
        "scope": scope,
        "by": str(by),
        "items": [
            {
                "from": period.first,
                "to": period.last,
                "asked": _asked(scope, period),
                **_row(scope, tally),
            }
            for period, tally in found
        ],
        "next_cursor": None,
    }


def _row(scope: Scope, tally: Tally) -> dict[str, Any]:
    """The measures that have a course; of all agencies together the citizen's view beside them."""
    if scope.agency_id is not None:
        row = figures(tally)
    else:
        row = figures_of_all(tally, {code: tally.counts[code] for code in reading.PROMISES})
    return {code: value for code, value in row.items() if code == "promises" or in_course(code)}


def in_course(code: str) -> bool:
    """Whether a measure has a course: all but how things stand now."""
    return BY_CODE[code].day is not Day.NOW


def spans(period: Period, by: By) -> list[Period]:
    """The spans of a period; the first and the last are cut off where it begins and ends.

    Raises ``TooManySpans``.
    """
    found, first = [], period.first
    while first <= period.last:
        last = min(_last_of_span(first, by), period.last)
        found.append(replace(period, first=first, last=last))
        first = last + timedelta(days=1)
    if len(found) > MOST_SPANS:
        advice = f"coarser_than_{by}"
        raise TooManySpans(field="by", count=len(found), most=MOST_SPANS, advice=advice)
    return found


def _last_of_span(day: date, by: By) -> date:
    match by:
        case By.DAY:
            return day
        case By.WEEK:  # from Monday to Sunday
            return day + timedelta(days=6 - day.weekday())
        case By.MONTH:
            return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def _asked(scope: Scope, period: Period) -> tuple[tuple[str, str], ...]:
    return asked_of(scope, **{"from": period.first.isoformat(), "to": period.last.isoformat()})
