"""What stands above a table of figures in a file: its period, filters, moments, and notes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime

from reports_service.agencies import service as agencies
from reports_service.areas import service as areas
from reports_service.categories import service as categories
from reports_service.core.auth import current_language
from reports_service.core.words import named
from reports_service.statistics.interface.answers import Answer
from reports_service.statistics.interface.columns import said
from reports_service.statistics.interface.notes import notes
from reports_service.statistics.scope import ALONE, WITHOUT, Period, Scope

DAYS = "_days"  # ends the names of filters whose values are numbers
Lines = Sequence[tuple[str, str | int]]


def of_figures(answer: Answer, *, reports: bool) -> Lines:
    """Above figures of a period. ``reports``: their totals count reports, each once."""
    scope: Scope = answer["scope"]
    return [
        *_of_period(scope),
        *_filters(scope),
        (said("sheet_as_of"), moment(scope.as_of, scope)),
        (said("sheet_open_as_of"), moment(scope.asked_at, scope)),
        (said("sheet_counted"), said(f"counting_{'reports' if reports else 'assignments'}")),
        *_notes(scope),
        *((said(f"sheet_{one.against}"), _days(one.period)) for one in answer.get("earlier", ())),
    ]


def of_backlog(scope: Scope) -> Lines:
    """Above what is open now, which has no period."""
    return [
        (said("sheet_zone"), scope.period.zone.key),
        *_filters(scope),
        (said("sheet_open_as_of"), moment(scope.asked_at, scope)),
        (said("sheet_counted"), said("counting_assignments")),
        *_notes(scope),
    ]


def of_list(scope: Scope) -> Lines:
    """Above the list behind a number: when its rows were read, and of when the number is."""
    return [
        *_of_period(scope),
        *_filters(scope),
        (said("sheet_as_of"), moment(scope.as_of, scope)),
        (said("sheet_listed_at"), moment(scope.asked_at, scope)),
        *_notes(scope),
    ]


def moment(at: datetime, scope: Scope) -> str:
    """A moment in the zone of the figures, to the second."""
    return f"{at.astimezone(scope.period.zone):%d/%m/%Y %H:%M:%S}"


def _of_period(scope: Scope) -> Lines:
    return [
        (said("sheet_period"), _days(scope.period)),
        (said("sheet_zone"), scope.period.zone.key),
    ]


def _days(period: Period) -> str:
    return f"{period.first:%d/%m/%Y} – {period.last:%d/%m/%Y}"


def _notes(scope: Scope) -> Iterator[tuple[str, str]]:
    for note in notes(scope):
        yield said("sheet_note"), note


def _filters(scope: Scope) -> Iterator[tuple[str, str]]:
    """The filters as they were asked for, each with its name in words."""
    for name, value in scope.asked[2:]:
        shown = value if name.endswith(DAYS) else f"{value} ({_name(name, value)})"
        yield said(f"sheet_{name}"), shown


def _name(filtered_by: str, value: str) -> str:
    code, language = value.removesuffix(ALONE), current_language()
    match filtered_by:
        case "channel":
            return said(f"channel_{value}")
        case "kind":
            return said(f"sheet_kind_{value}")
        case "agency":
            return named(agencies.by_code(value).names, language)
    if value == WITHOUT:
        return said(f"sheet_without_{filtered_by}")
    thing = categories.by_code(code) if filtered_by == "category" else areas.by_code(code)
    name = named(thing.names, language)
    return said("sheet_by_itself", name=name) if value.endswith(ALONE) else name
