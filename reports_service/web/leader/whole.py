"""What stands on the page of all agencies, and in the table of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for

from reports_service.agencies.models import AgencyKind
from reports_service.core.words import say
from reports_service.statistics.closing.months import Month
from reports_service.statistics.comparison import whole_months
from reports_service.statistics.interface import asking
from reports_service.statistics.interface.asked import (
    BOTH,
    FiguresQuery,
    LinesQuery,
    TableQuery,
    TrendQuery,
)
from reports_service.statistics.scope import Scope
from reports_service.statistics.trend import By
from reports_service.web.leader import asked, backlog, headline, marks, trend
from reports_service.web.leader.extremes import extremes
from reports_service.web.leader.numbers import Number, Row
from reports_service.web.leader.places import places

IN_TABLE = ("on_time_rate", "due", "on_time_lower_bound", "met", "received", "overdue",
            "reopened_rate", "satisfaction", "satisfaction_n")  # fmt: skip
IN_FILES = ("agencies", "areas", "categories", "channels", "trend", "backlog", "five_groups")
WORDS = {"quality": "quality_sheet"}  # others are called as their sheets are


@dataclass(frozen=True)
class Agency:
    """A row of the table: its rank (None: too few were due), and its figures."""

    name: str
    page: str
    rank: int | None
    figures: Sequence[Number]


@dataclass(frozen=True)
class Kind:
    """The agencies of a kind: those that are ranked, and those counted from too few."""

    code: str
    name: str
    ranked: Sequence[Agency]
    apart: Sequence[Agency]


def whole(language: str) -> dict[str, Any]:
    """All that the page of a minute shows. Raises as the interface does."""
    answer = asking.agencies(asked.read(TableQuery, compare=BOTH))
    row = Row({**answer["total"], **answer["promises"]}, answer["assignments"], language)
    found = {**answer, "template": answer["assignments"]}
    scope = answer["scope"]
    return {
        "scope": scope,
        "headline": headline.headline(found, row),
        "cards": list(headline.cards(found, row)),
        "extremes": extremes(answer["items"], language),
        "trend": course(asked.read(TrendQuery), scope, language),
        "map": places(asking.lines("area")(asked.read(LinesQuery)), language),
        "held": backlog.held(asking.backlog(asked.read(FiguresQuery)), language),
        "marks": [
            *marks.of_scope(scope),
            *marks.of_due(answer["total"]["due"], language),
            *marks.of_months(scope, answer["closed"], language),
        ],
        "as_of": marks.as_of(scope, language),
        "empty": marks.is_empty(row.figures, scope),
        "pdf": _pdf(scope),
        "files": [*files(IN_FILES), *quality_file()],
    }


def table(language: str) -> dict[str, Any]:
    """Every agency by kind and rank."""
    answer = asking.agencies(asked.read(TableQuery))
    scope = answer["scope"]
    return {
        "scope": scope,
        "columns": [(code, say(f"measure_{code}", language)) for code in IN_TABLE],
        "kinds": [_kind(answer["items"], kind, language) for kind in AgencyKind],
        "marks": marks.of_scope(scope),
        "as_of": marks.as_of(scope, language),
        "files": files(("agencies",)),
    }


def files(names: Sequence[str], **path: str) -> list[tuple[str, str, str]]:
    """(word, address of the CSV, address of the XLSX) of each table, with the page's filters."""
    values = {**asked.filters(), **path}
    return [
        (
            WORDS.get(name, f"sheet_{name}"),
            url_for(f"leader.{name}_csv", **values),
            url_for(f"leader.{name}_xlsx", **values),
        )
        for name in names
    ]


def quality_file(**agency: str) -> list[tuple[str, str, str]]:
    """The table of the quality of records, which no filter but the period narrows."""
    if any(name in asked.given() for name in asked.FILTERS):
        return []
    return files(("quality",), **agency)


def course(query: dict[str, Any], scope: Scope, language: str) -> trend.Chart:
    """The months up to the end of the period."""
    first, last = trend.days_of(scope)
    found = asking.course({**query, "first": first, "last": last, "by": By.MONTH})
    return trend.chart(found, language)


def _pdf(scope: Scope) -> str | None:
    """The report on paper of a period that is one month, once it is over."""
    month = Month.of(scope.period.first)
    if whole_months(scope.period) != 1 or month.last >= scope.today:
        return None
    return url_for("leader.month_pdf", month=str(month))


def _kind(items: Sequence[Mapping[str, Any]], kind: AgencyKind, language: str) -> Kind:
    own = [row for row in items if row["agency"]["kind"] == kind]
    return Kind(
        kind.value,
        say(f"leader_kind_{kind}", language),
        [_agency(row, language) for row in own if row["ranked"]],
        [_agency(row, language) for row in own if not row["ranked"]],
    )


def _agency(figures: Mapping[str, Any], language: str) -> Agency:
    row, agency = Row(figures, figures["assignments"], language), figures["agency"]
    page = url_for("leader.agency", code=agency["code"], **asked.filters(kind=""))
    return Agency(agency["name"], page, figures["rank"], [row[code] for code in IN_TABLE])
