"""The reports behind a number: as many as it says, newest first, page by page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import url_for

from reports_service.areas import service as areas
from reports_service.categories import service as categories
from reports_service.core.words import named, say
from reports_service.domain.measures import BY_CODE, Day
from reports_service.reports.codes import grouped
from reports_service.reports.models import Assignment
from reports_service.statistics import lists
from reports_service.statistics.figures import Counted, counted_in
from reports_service.statistics.interface import asking
from reports_service.statistics.interface.asked import BehindQuery
from reports_service.statistics.interface.asking import Number
from reports_service.statistics.lists import Behind
from reports_service.web.leader import asked, marks, numbers, periods
from reports_service.web.leader.numbers import Sentence

PAGING = ("cursor", "limit")
TONES: Mapping[bool | None, str] = {True: "good", False: "late", None: ""}


@dataclass(frozen=True)
class Item:
    """An assignment with its report: whose, what and where, until when, and what came of it."""

    code: str
    page: str
    agency: str
    category: str | None
    area: str | None
    opened: datetime
    deadline: datetime | None
    ended: datetime | None
    outcome: str | None
    rating: int | None
    met: str | None
    tone: str
    before: Sentence | None = None  # a report that may be about the same thing


def behind(language: str) -> dict[str, Any]:
    """What the page shows. Raises as the interface does."""
    query = asked.read(BehindQuery)
    number = asking.number(query)
    paging = {name: query[name] for name in PAGING}
    found = lists.behind(number.scope, number.measure, number.agency, **paging)
    return {
        "scope": number.scope,
        "title": _title(number, found, language),
        "measure": number.measure,
        "definition": say(f"definition_{number.measure}", language),
        "said": list(_said(number, language)),
        "restricted": found.restricted and numbers.whole(found.restricted, language),
        "listed": [item(one.assignment, one.met, language) for one in found.items],
        "next": _address(cursor=found.next_cursor) if found.next_cursor else None,
        "marks": marks.of_scope(number.scope),
        "as_of": marks.as_of(number.scope, language),
        "back": _back(number),
        "files": [("sheet_assignments", _file("csv"), _file("xlsx"))],
    }


def _title(number: Number, found: Behind, language: str) -> str:
    """1.284 lượt xử lý: Đến hạn."""
    in_reports = counted_in(number.measure) is not Counted.ASSIGNMENTS and number.agency is None
    counted = say("counted_reports" if in_reports else "counted_assignments", language)
    listed = BY_CODE[number.measure].listed
    return say(
        "leader_behind", language, count=numbers.whole(found.count, language), counted=counted,
        measure=say(f"measure_{listed}", language),
    )  # fmt: skip


def _said(number: Number, language: str) -> Iterator[str]:
    """The period, the agency and the ages that narrow the list."""
    scope = number.scope
    if BY_CODE[number.measure].day is Day.NOW:
        yield say("leader_now", language)
    else:
        yield periods.name(scope.period, language, scope.today)
    if number.agency is not None:
        yield named(number.agency.names, language)
    for name, span in (("age", scope.age), ("overdue_for", scope.overdue)):
        if span is not None:
            ending = "above" if span.to_days is None else "between"
            words = f"sheet_{name}_{ending}"
            yield say(words, language, low=span.from_days, high=span.to_days)


def item(held: Assignment, met: bool | None, language: str) -> Item:
    """An assignment as a list shows it. ``met``: its deadline, None where that is not judged."""
    code = grouped(held.report.code)
    category = categories.book().by_id(held.category_id) if held.category_id else None
    judged = {True: "leader_in_time", False: "leader_late", None: None}[met]
    return Item(
        code=code,
        page=url_for("web.report", code=code),
        agency=named(held.agency.names, language),
        category=named(category.names, language) if category else None,
        area=named(areas.version(held.area_id).names, language) if held.area_id else None,
        opened=held.opened_at,
        deadline=held.own_resolve_by,
        ended=held.resolved_at or held.ended_at,
        outcome=held.outcome and say(f"sheet_outcome_{held.outcome}", language),
        rating=held.rating,
        met=judged and say(judged, language),
        tone=TONES[met],
    )


def _back(number: Number) -> str:
    """The page of figures that the number stands on."""
    if number.agency is None:
        return url_for("leader.figures", **asked.filters())
    return url_for("leader.agency", code=number.agency.code, **asked.filters(kind=""))


def _address(**others: str) -> str:
    return url_for("leader.reports", **{**asked.given(), **others})


def _file(ending: str) -> str:
    said = {name: value for name, value in asked.given().items() if name not in PAGING}
    return url_for(f"leader.assignments_{ending}", **said)
