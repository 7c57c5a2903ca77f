"""For how long something is open or overdue, in spans of days: one rule to count and to list by."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any, Final

from reports_service.domain.errors import AsSent, Invalid
from reports_service.domain.measures import AGE_LIMITS_DAYS
from reports_service.reports.models import Assignment
from reports_service.statistics.counting import Condition, standing
from reports_service.statistics.scope import Scope, Span

LONGEST_DAYS: Final = 36_500
# What is asked of -> the measures that it means something for: what is paused has no deadline.
MEANT: Final[Mapping[str, tuple[str, ...]]] = {
    "age": ("open", "overdue", "paused"),
    "overdue": ("open", "overdue"),
}


class AgeOfNoMeasure(Invalid):
    """The assignments of this measure are not told by how long they have been open or overdue."""

    code = "age_of_no_measure"


class AgeBackwards(Invalid):
    """The span of days ends where it begins, or before."""

    code = "age_backwards"


@cache
def spans() -> tuple[Span, ...]:
    """The spans that the backlog is counted in; together they hold every age."""
    limits = (0, *AGE_LIMITS_DAYS)
    return tuple(Span(*span) for span in zip(limits, (*limits[1:], None), strict=True))


def asked_for(name: str, span: Span) -> tuple[tuple[str, str], ...]:
    """What a query says of a span; ``name``: ``age`` or ``overdue``."""
    begun = (f"{name}_from_days", str(span.from_days))
    return (begun,) if span.to_days is None else (begun, (f"{name}_to_days", str(span.to_days)))


def narrowed(scope: Scope, query: Mapping[str, Any], measure: str) -> Scope:
    """The scope with the spans that the query asks for.

    Raises ``AgeOfNoMeasure``, ``AgeBackwards``.
    """
    found = {name: _asked(name, query, measure) for name in MEANT}
    asked = (one for name, span in found.items() if span for one in asked_for(name, span))
    return replace(scope, age=found["age"], overdue=found["overdue"], asked=(*scope.asked, *asked))


def conditions(scope: Scope) -> Iterator[Condition]:
    """The spans of a scope as conditions on assignments, as of the second of asking."""
    if scope.age is not None:
        yield from _within(scope.age, Assignment.opened_at, scope.asked_at)
    if scope.overdue is not None:
        yield standing(scope.asked_at)["overdue"]
        yield from _within(scope.overdue, Assignment.resolve_by, scope.asked_at)


def at_least(days: int, since: Any, as_of: datetime) -> Condition:
    """That a moment lies so many days of 24 hours back, or more."""
    return since <= as_of - timedelta(days=days)


def _within(span: Span, since: Any, as_of: datetime) -> Iterator[Condition]:
    if span.from_days > 0:
        yield at_least(span.from_days, since, as_of)
    if span.to_days is not None:
        yield ~at_least(span.to_days, since, as_of)


def _asked(name: str, query: Mapping[str, Any], measure: str) -> Span | None:
    begin, end = f"{name}_from_days", f"{name}_to_days"
    given = [one for one in (begin, end) if query[one] is not None]
    if not given:
        return None
    if measure not in MEANT[name]:
        choices = AsSent(", ".join(MEANT[name]))
        raise AgeOfNoMeasure(field=given[0], measure=AsSent(measure), choices=choices)
    span = Span(query[begin] or 0, query[end])
    if span.to_days is not None and span.to_days <= span.from_days:
        raise AgeBackwards(field=end, from_days=span.from_days, to_days=span.to_days)
    return span
