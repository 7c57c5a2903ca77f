"""Figures as tables for spreadsheets: which columns there are, and what stands above them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from reports_service.domain.five_groups import FIVE_GROUPS
from reports_service.domain.measures import DEFINITIONS, FIRST_SIGN, Day
from reports_service.statistics import answers, asking, lists
from reports_service.statistics.answers import Answer
from reports_service.statistics.asking import Query
from reports_service.statistics.columns import (
    column,
    of_ages,
    of_assignments,
    of_comparison,
    of_definitions,
    of_measures,
    said,
    text,
)
from reports_service.statistics.scope import Period, Scope
from reports_service.statistics.spreadsheets import Column, Kind, Sheet
from reports_service.statistics.trend import in_course

PROMISES = tuple(one.code for one in DEFINITIONS if one.day is Day.PROMISED)
ROW = tuple(
    one.code
    for one in DEFINITIONS
    if one.day is not Day.PROMISED and one.code not in ("rank", FIRST_SIGN)
)
Lines = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Table:
    """A sheet, the parts of its file's name, how many rows it has at most; what is beside it."""

    sheet: Sheet
    file: tuple[str, ...]
    rows: int = 0
    beside: tuple[Sheet, ...] = ()


def agencies(query: Query) -> Table:
    """The total, then every agency."""
    answer = asking.agencies(query)
    columns = [*_of_agency(), *_of_rank(), *of_measures(ROW), *_of_citizens()]
    return _table("agencies", answer, [*columns, *_compared(answer)], _with_total(answer, "agency"))


def one_agency(query: Query, code: str) -> Table:
    """The agency as a whole, then its categories."""
    answer = asking.one_agency(query, code)
    columns = [*_of_thing("category"), *_of_rank(), *of_measures(ROW), *_compared(answer)]
    categories = [_said_apart(row, "category") for row in answer["by_category"]]
    rows = [{**answer, "category": _in_all()}, *categories]
    return _table("agency", answer, columns, rows, code)


def lines(name: str, axis: str) -> Callable[[Query], Table]:
    """The total, then every category, area or channel."""

    def made(query: Query) -> Table:
        answer = asking.lines(axis)(query)
        columns = [
            *_of_thing(axis),
            text("sheet_parent", "parent"),
            *of_measures(ROW),
            *_of_citizens(),
            *_compared(answer),
        ]
        return _table(name, answer, columns, _with_total(answer, axis))

    return made


def trend(query: Query) -> Table:
    """Every span of the period."""
    answer = asking.course(query)
    columns = [
        column("sheet_from", Kind.DAY, "from"),
        column("sheet_to", Kind.DAY, "to"),
        *of_measures([code for code in ROW if in_course(code)]),
    ]
    return _table("trend", answer, columns, answer["items"], f"by-{answer['by']}")


def backlog(query: Query) -> Table:
    """What each agency holds open."""
    answer = asking.backlog(query)
    columns = [
        *_of_agency(),
        *of_measures(("open", "paused", "overdue")),
        *of_ages("age"),
        *of_ages("overdue_for"),
        column("sheet_oldest", Kind.MOMENT, "oldest_opened_at"),
        column("sheet_next_deadline", Kind.MOMENT, "next_deadline"),
        column("sheet_longest_overdue", Kind.DECIMAL, "longest_overdue_hours"),
    ]
    return _table("backlog", answer, columns, answer["items"])


def five_groups(query: Query) -> Table:
    """The measures of each group, of the total and of every agency."""
    answer = asking.five_groups(query)
    columns = [*_of_agency()]
    for group in FIVE_GROUPS:
        codes = (*group.measures, *group.of_total)
        columns += of_measures(codes, group.code, before=f"{said(f'group_{group.code}')}: ")
    above = [(one["name"], f"{one['measured']} {one['missing']}") for one in answer["groups"]]
    rows = [{"agency": _in_all(), **answer["total"]}, *answer["items"]]
    return _table("five_groups", answer, columns, rows, above=above)


def assignments(query: Query) -> Table:
    """All assignments behind a number that may be shown; how many may not be is said."""
    number = asking.number(query)
    asked = (number.scope, number.measure, number.agency)
    count, restricted = lists.size_behind(*asked)
    above = [
        (said("sheet_measure"), said(f"measure_{number.measure}")),
        (said("sheet_count"), str(count)),
        (said("sheet_restricted"), str(restricted)),
    ]
    return _table(
        "assignments",
        {"scope": number.scope},
        of_assignments(),
        lists.all_behind(*asked),
        number.measure,
        above=above,
        size=count,
    )


def definitions(query: Query) -> Table:
    """Each measure in words."""
    asking.definitions(query)
    return Table(explanations(), ("definitions",))


def explanations() -> Sheet:
    """Each measure in words, in both languages, with its formula."""
    return Sheet(said("sheet_definitions"), (), of_definitions(), DEFINITIONS, asking.zone())


def _table(
    name: str,
    answer: Answer,
    columns: Sequence[Column],
    rows: Iterable[Any],
    *file: str,
    above: Lines = (),
    size: int = 0,
) -> Table:
    scope: Scope = answer["scope"]
    title = said(f"sheet_{name}")
    about = [(title, ""), *_about(scope), *_periods_compared(answer), *above]
    days = (scope.period.first.isoformat(), scope.period.last.isoformat())
    sheet = Sheet(title, about, columns, rows, scope.period.zone)
    return Table(sheet, (name.replace("_", "-"), *file, *days), size, (explanations(),))


def _about(scope: Scope) -> Lines:
    """What the figures are of, in lines above them."""
    zone = scope.period.zone
    return [
        (said("sheet_period"), _days(scope.period)),
        (said("sheet_zone"), zone.key),
        *((said(f"sheet_{name}"), value) for name, value in scope.asked[2:]),
        (said("sheet_as_of"), _moment(scope.as_of, scope)),
        (said("sheet_open_as_of"), _moment(scope.asked_at, scope)),
        *((said("sheet_note"), note) for note in answers.notes(scope)),
    ]


def _periods_compared(answer: Answer) -> Lines:
    return [(said(f"sheet_{one.against}"), _days(one.period)) for one in answer.get("earlier", ())]


def _days(period: Period) -> str:
    return f"{period.first:%d/%m/%Y} – {period.last:%d/%m/%Y}"


def _moment(moment: datetime, scope: Scope) -> str:
    return f"{moment.astimezone(scope.period.zone):%d/%m/%Y %H:%M:%S}"


def _of_agency() -> list[Column]:
    return [*_of_thing("agency"), Column(said("sheet_kind"), Kind.TEXT, _kind_of)]


def _kind_of(row: Answer) -> str | None:
    kind = row["agency"].get("kind")
    return said(f"sheet_kind_{kind}") if kind else None


def _of_thing(name: str) -> list[Column]:
    return [text("sheet_code", name, "code"), text(f"sheet_{name}", name, "name")]


def _of_rank() -> list[Column]:
    return [
        *of_measures(("rank",)),
        column("sheet_ranked_among", Kind.COUNT, "ranked_among"),
        text("sheet_rank_note", "rank_note"),
    ]


def _of_citizens() -> list[Column]:
    return [*of_measures((FIRST_SIGN,)), *of_measures(PROMISES, "promises")]


def _compared(answer: Answer) -> list[Column]:
    return of_comparison([one.against for one in answer["earlier"]])


def _with_total(answer: Answer, name: str) -> list[Answer]:
    total = {name: _in_all(), **answer["total"], "promises": answer["promises"]}
    return [total, *(_said_apart(row, name) for row in answer["items"])]


def _said_apart(row: Answer, name: str) -> Answer:
    """A row that says which rows are by themselves, and which have no category or area."""
    if row[name] is None:
        return {**row, name: {"code": "-", "name": said(f"sheet_without_{name}")}}
    if row.get("by_itself"):
        alone = said("sheet_by_itself", name=row[name]["name"])
        return {**row, name: {**row[name], "name": alone}}
    return row


def _in_all() -> Answer:
    return {"code": None, "name": said("sheet_total")}
