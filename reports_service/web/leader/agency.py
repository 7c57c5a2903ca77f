"""What stands on the page of one agency's figures."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import url_for

from reports_service.core.words import say
from reports_service.reports.codes import grouped
from reports_service.statistics.interface import asking
from reports_service.statistics.interface.asked import (
    BOTH,
    FiguresQuery,
    OneAgencyQuery,
    TrendQuery,
)
from reports_service.statistics.lists import Listed
from reports_service.web.leader import asked, backlog, headline, marks, whole
from reports_service.web.leader.numbers import Number, Row

BY_CATEGORY = ("on_time_rate", "due", "received", "overdue")


@dataclass(frozen=True)
class Line:
    """A category of the agency's work."""

    name: str
    figures: Sequence[Number]


@dataclass(frozen=True)
class Waiting:
    """A report that comes first: its code, its page, its deadline."""

    code: str
    page: str
    deadline: datetime


def one_agency(code: str, language: str) -> dict[str, Any]:
    """All that the page shows. Raises as the interface does, and ``FiguresNotYours``."""
    answer = asking.one_agency(asked.read(OneAgencyQuery, compare=BOTH), code)
    row = Row(answer, answer["assignments"], language)
    found = {**answer, "template": answer["assignments"]}
    scope, name = answer["scope"], answer["agency"]["name"]
    return {
        "scope": scope,
        "name": name,
        "headline": headline.headline(found, row, name),
        "cards": list(headline.cards(found, row)),
        "rank": _rank(answer, language),
        "trend": whole.course(asked.read(TrendQuery, agency=code), scope, language),
        "held": backlog.held(asking.held(asked.read(FiguresQuery), code), language),
        "columns": [say(f"measure_{one}", language) for one in BY_CATEGORY],
        "by_category": [_line(one, language) for one in answer["by_category"]],
        "waiting": [_waiting(one) for one in answer["overdue_longest"]],
        "marks": [
            *marks.of_scope(scope),
            *marks.of_due(answer["due"], language),
            *marks.of_months(scope, None, language),
        ],
        "as_of": marks.as_of(scope, language),
        "empty": marks.is_empty(answer, scope),
        "files": [*whole.files(("agency",), code=code), *whole.quality_file(agency=code)],
    }


def _rank(answer: Mapping[str, Any], language: str) -> str:
    if not answer["ranked"]:
        return str(answer["rank_note"])
    kind = say(f"leader_kind_{answer['agency']['kind']}", language)
    return say(
        "leader_rank", language, rank=answer["rank"], among=answer["ranked_among"], kind=kind
    )


def _line(figures: Mapping[str, Any], language: str) -> Line:
    row, category = Row(figures, figures["assignments"], language), figures["category"]
    name = category["name"] if category else say("sheet_without_category", language)
    if figures["by_itself"]:
        name = say("sheet_by_itself", language, name=name)
    return Line(name, [row[code] for code in BY_CATEGORY])


def _waiting(one: Listed) -> Waiting:
    code = grouped(one.assignment.report.code)
    deadline = one.assignment.resolve_by
    assert deadline is not None  # what is overdue has one
    return Waiting(code, url_for("web.report", code=code), deadline)
