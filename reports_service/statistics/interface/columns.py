"""Columns of spreadsheets: one for a number, four for how long something took."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from reports_service.core.auth import current_language
from reports_service.core.words import LANGUAGES, named, say
from reports_service.domain.measures import BY_CODE, CITIZENS_VIEW, HEADLINES, Measure, Unit
from reports_service.reports.codes import grouped
from reports_service.statistics import ages
from reports_service.statistics.comparison import Against
from reports_service.statistics.figures import counted_in
from reports_service.statistics.interface.spreadsheets import Column, Kind
from reports_service.statistics.scope import Span

KINDS: Final[Mapping[Unit, Kind]] = {
    Unit.COUNT: Kind.COUNT,
    Unit.PLACE: Kind.COUNT,
    Unit.SHARE: Kind.SHARE,
    Unit.STARS: Kind.STARS,
    Unit.HOURS: Kind.DECIMAL,
}
SPREADS: Final = tuple(
    (time, percent) for time in ("working", "elapsed") for percent in ("median", "p90")
)


def said(code: str, **values: object) -> str:
    """Words in the reader's language."""
    return say(code, current_language(), **values)


def at(*path: str) -> Callable[[Any], Any]:
    """Reads a value of nested mappings; None where there is no such way."""

    def read(row: Any) -> Any:
        for step in path:
            if row is None:
                return None
            row = row.get(step)
        return row

    return read


def text(title: str, *path: str) -> Column:
    """A column of text; ``title`` is a code of words."""
    return Column(said(title), Kind.TEXT, at(*path))


def column(title: str, kind: Kind, *path: str) -> Column:
    """A column of something else."""
    return Column(said(title), kind, at(*path))


def of_measures(codes: Sequence[str], *path: str, before: str = "") -> list[Column]:
    """The columns of these measures, which a row has under ``path``."""
    found = []
    for measure in (BY_CODE[code] for code in codes):
        name = before + said(f"measure_{measure.code}")
        if measure.unit is Unit.HOURS:
            found += _of_hours(measure, name, path)
        else:
            found.append(Column(name, KINDS[measure.unit], at(*path, measure.code)))
    return found


def _of_hours(measure: Measure, name: str, path: Sequence[str]) -> list[Column]:
    return [
        Column(
            f"{name}: {said(f'sheet_{time}')}, {said(f'sheet_{percent}')}",
            Kind.DECIMAL,
            at(*path, measure.code, time, percent),
        )
        for time, percent in SPREADS
        if time == "elapsed" or measure.day not in CITIZENS_VIEW
    ]


def of_comparison(compared: Sequence[Against]) -> list[Column]:
    """Of each earlier period its headlines, and what changed since."""
    return [
        one
        for against in compared
        for code in HEADLINES
        for one in _then_and_change(against, BY_CODE[code])
    ]


def _then_and_change(against: Against, measure: Measure) -> list[Column]:
    name, then = said(f"measure_{measure.code}"), said(f"sheet_{against}")
    if measure.unit is Unit.SHARE:
        change, kind = said("sheet_change_points"), Kind.DECIMAL
    elif measure.unit is Unit.STARS:
        change, kind = said("sheet_change"), Kind.STARS
    else:
        change, kind = said("sheet_change_relative"), Kind.CHANGE
    return [
        Column(f"{name}, {then}", KINDS[measure.unit], at(against, measure.code)),
        Column(f"{name}, {then}: {change}", kind, at(against, "change", measure.code)),
    ]


def of_ages(name: str) -> list[Column]:
    """A column for each span of days in the backlog's ``age`` or ``overdue_for``."""
    return [
        Column(_span_in_words(name, span), Kind.COUNT, _count_of(name, place))
        for place, span in enumerate(ages.spans())
    ]


def _span_in_words(name: str, span: Span) -> str:
    form = "above" if span.to_days is None else "between"
    return said(f"sheet_{name}_{form}", low=span.from_days, high=span.to_days)


def _count_of(name: str, place: int) -> Callable[[Any], Any]:
    return lambda row: row[name][place]["count"]


def of_assignments() -> list[Column]:
    """What is shown of an assignment behind a number."""
    language = current_language()
    moments = (
        "opened_at", "acknowledge_by", "acknowledged_at", "own_resolve_by", "resolve_by",
        "resolved_at", "ended_at", "reopened_at",
    )  # fmt: skip
    return [
        Column(said("sheet_report"), Kind.TEXT, lambda one: grouped(one.assignment.report.code)),
        Column(said("sheet_number"), Kind.COUNT, lambda one: one.assignment.number),
        Column(said("sheet_agency_code"), Kind.TEXT, lambda one: one.assignment.agency.code),
        Column(
            said("sheet_agency"),
            Kind.TEXT,
            lambda one: named(one.assignment.agency.names, language),
        ),
        *(Column(said(f"sheet_{name}"), Kind.MOMENT, _moment(name)) for name in moments),
        Column(said("sheet_outcome"), Kind.TEXT, _in_words("outcome", "outcome", language)),
        Column(
            said("sheet_resolution_kind"), Kind.TEXT, _in_words("resolution_kind", "kind", language)
        ),
        Column(said("sheet_rating"), Kind.COUNT, lambda one: one.assignment.rating),
        Column(
            said("sheet_met"),
            Kind.TEXT,
            lambda one: None if one.met is None else say(f"sheet_met_{one.met}".lower(), language),
        ),
    ]


def _moment(name: str) -> Callable[[Any], Any]:
    return lambda one: getattr(one.assignment, name)


def _in_words(name: str, family: str, language: str) -> Callable[[Any], Any]:
    """The words of a code that an assignment has; None where it has none."""

    def read(one: Any) -> str | None:
        code = getattr(one.assignment, name)
        return say(f"sheet_{family}_{code}", language) if code else None

    return read


def of_definitions() -> list[Column]:
    """A measure in words, in the reader's language and then in the other, and its formula."""
    first = current_language()
    languages = (first, *(one for one in LANGUAGES if one != first))
    return [
        Column(said("sheet_code"), Kind.TEXT, lambda one: one.code),
        *(
            Column(f"{said(f'sheet_{part}')} ({language})", Kind.TEXT, _words(part, language))
            for language in languages
            for part in ("measure", "definition")
        ),
        Column(said("sheet_formula"), Kind.TEXT, lambda one: one.formula),
        Column(
            said("sheet_counted"), Kind.TEXT, lambda one: said(f"counted_{counted_in(one.code)}")
        ),
        Column(said("sheet_day"), Kind.TEXT, lambda one: str(one.day)),
    ]


def _words(part: str, language: str) -> Callable[[Any], Any]:
    return lambda one: say(f"{part}_{one.code}", language)
