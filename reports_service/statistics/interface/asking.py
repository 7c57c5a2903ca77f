"""From a query to the figures that answer it, in plain values: for JSON and for spreadsheets."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from zoneinfo import ZoneInfo

from flask import current_app

from reports_service.agencies.models import Agency
from reports_service.core import clock
from reports_service.core.auth import answer_in, current_actor
from reports_service.domain.measures import COHORT, DEFINITIONS, RANKED_FROM
from reports_service.statistics import ages, axes, groups, reading, service, trend
from reports_service.statistics.closing import service as closing
from reports_service.statistics.comparison import against
from reports_service.statistics.interface import answers
from reports_service.statistics.interface.answers import Answer
from reports_service.statistics.periods import remarked
from reports_service.statistics.scope import Remark, Scope, scope_of

Query = Mapping[str, Any]


@dataclass(frozen=True)
class Number:
    """Which number is to be listed: its measure, of which part of the work, of which agency."""

    scope: Scope
    measure: str
    agency: Agency | None


def agencies(query: Query) -> Answer:
    """Every agency's figures, and the total; whether their period is a month that was closed."""
    table = service.table(_scope(query), against(query["compare"]))
    return {**answers.table(table), "closed": closing.note(table["scope"], table)}


def one_agency(query: Query, code: str) -> Answer:
    """One agency's figures. Raises ``AgencyUnknown``, ``FiguresNotYours``."""
    _speak(query)
    agency = service.require_figures_of_agency(current_actor(), code)
    return answers.one_agency(service.one_agency(_scope(query), agency, against(query["compare"])))


def lines(axis: str) -> Callable[[Query], Answer]:
    """What answers with the figures by ``category``, ``area`` or ``channel``."""
    count = {"category": axes.by_category, "area": axes.by_area, "channel": axes.by_channel}[axis]

    def counted(query: Query) -> Answer:
        return answers.lines(count(_scope(query), against(query["compare"])), axis)

    return counted


def course(query: Query) -> Answer:
    """Figures span by span. Raises ``TooManySpans``, ``AgencyUnknown``, ``FiguresNotYours``."""
    _speak(query)
    agency = service.figures_at_hand(current_actor(), query["agency"])
    scope = _scope(query)
    if agency is not None:
        scope = scope.of_agency(agency)
    return answers.course(trend.trend(scope, trend.By(query["by"])))


def backlog(query: Query) -> Answer:
    """What is open now at each agency, and in all."""
    scope = _scope(query)
    scope = replace(scope, remarks=(Remark("backlog_is_of_now", {}), *scope.remarks))
    return answers.backlog(service.backlog_of(scope))


def held(query: Query, code: str) -> Answer:
    """What one agency holds open now. Raises ``AgencyUnknown``, ``FiguresNotYours``."""
    _speak(query)
    agency = service.require_figures_of_agency(current_actor(), code)
    return answers.backlog(service.backlog_of_one(_scope(query), agency))


def five_groups(query: Query) -> Answer:
    """The five groups of Decision 766. ``compare`` in the query: earlier periods, for pages."""
    return answers.five_groups(groups.five_groups(_scope(query), against(query.get("compare"))))


def number(query: Query) -> Number:
    """Which number the list is of. Raises as ``service.require_figures`` and ``ages.narrowed``."""
    _speak(query)
    agency = service.require_figures(current_actor(), query["agency"])
    scope = ages.narrowed(_scope(query, lists=True), query, query["measure"])
    return Number(scope if agency is None else scope.of_agency(agency), query["measure"], agency)


def definitions(query: Query) -> Answer:
    """All measures, and the cohort table."""
    _speak(query)
    return {
        "as_of": clock.now(),
        "items": DEFINITIONS,
        "next_cursor": None,
        "cohort": [{"outcome": out, "treatment": how} for out, how in COHORT.items()],
        "ranked_from": RANKED_FROM,
    }


def zone() -> ZoneInfo:
    """The zone that people's days are counted in."""
    return ZoneInfo(current_app.config["TZ_NAME"])


def _scope(query: Query, *, lists: bool = False) -> Scope:
    _speak(query)
    scope = scope_of(query, reading.as_of(), zone(), asked_at=clock.now())
    return remarked(scope, query, lists=lists)


def _speak(query: Query) -> None:
    if query["lang"]:
        answer_in(query["lang"])
