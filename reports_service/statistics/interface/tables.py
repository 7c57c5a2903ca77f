"""Figures as tables for spreadsheets: which columns there are, and what stands above them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from reports_service.domain.five_groups import FIVE_GROUPS
from reports_service.domain.measures import CITIZENS_VIEW, DEFINITIONS, FIRST_SIGN, Day
from reports_service.statistics import lists
from reports_service.statistics.interface import above, asking
from reports_service.statistics.interface.above import Lines
from reports_service.statistics.interface.answers import Answer
from reports_service.statistics.interface.asking import Query
from reports_service.statistics.interface.columns import (
    column,
    of_ages,
    of_assignments,
    of_comparison,
    of_definitions,
    of_measures,
    said,
    text,
)
from reports_service.statistics.interface.spreadsheets import Column, Kind, Sheet
from reports_service.statistics.scope import ALONE, Scope
from reports_service.statistics.trend import in_course

PROMISES = tuple(one.code for one in DEFINITIONS if one.day is Day.PROMISED)
ROW = tuple(one.code for one in DEFINITIONS if one.day not in CITIZENS_VIEW and one.code != "rank")


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
    columns += _compared(answer)
    return _figures("agencies", answer, columns, _with_total(answer, "agency"))


def one_agency(query: Query, code: str) -> Table:
    """The agency as a whole, then its categories."""
    answer = asking.one_agency(query, code)
    columns = [*_of_thing("category"), *_of_rank(), *of_measures(ROW), *_compared(answer)]
    categories = [_said_apart(row, "category") for row in answer["by_category"]]
    rows = [{**answer, "category": _in_all()}, *categories]
    about, scope = above.of_figures(answer, reports=False), answer["scope"]
    title = said("sheet_figures_of", name=answer["agency"]["name"])
    return _table("agency", scope, about, columns, rows, code, *_days(scope), title=title)


def lines(name: str, axis: str) -> Callable[[Query], Table]:
    """The total, then every category, area or channel."""

    def made(query: Query) -> Table:
        answer = asking.lines(axis)(query)
        columns = [
            *_of_thing(axis),
            *([] if axis == "channel" else [text("sheet_parent", "parent")]),
            *of_measures(ROW),
            *_of_citizens(),
            *_compared(answer),
        ]
        return _figures(name, answer, columns, _with_total(answer, axis))

    return made


def trend(query: Query) -> Table:
    """Every span of the period."""
    answer = asking.course(query)
    columns = [
        column("sheet_from", Kind.DAY, "from"),
        column("sheet_to", Kind.DAY, "to"),
        *of_measures([code for code in ROW if in_course(code)]),
    ]
    whole = answer["scope"].agency_id is None
    if whole:
        columns += _of_citizens()
    part = f"by-{answer['by']}"
    return _figures("trend", answer, columns, answer["items"], part, reports=whole)


def backlog(query: Query) -> Table:
    """What is held open in all, and by each agency."""
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
    scope = answer["scope"]
    rows = [{"agency": _in_all(), **answer["total"]}, *answer["items"]]
    day = scope.today.isoformat()
    return _table("backlog", scope, above.of_backlog(scope), columns, rows, day)


def five_groups(query: Query) -> Table:
    """The measures of each group, of the total and of every agency."""
    answer = asking.five_groups(query)
    columns = [*_of_agency()]
    for group in FIVE_GROUPS:
        codes = (*group.measures, *group.of_total)
        columns += of_measures(codes, group.code, before=f"{said(f'group_{group.code}')}: ")
    groups = [(one["name"], f"{one['measured']} {one['missing']}") for one in answer["groups"]]
    rows = [{"agency": _in_all(), **answer["total"]}, *answer["items"]]
    about, scope = above.of_figures(answer, reports=True), answer["scope"]
    return _table("five_groups", scope, [*about, *groups], columns, rows, *_days(scope))


def assignments(query: Query) -> Table:
    """All assignments behind a number that may be shown; how many may not be is said."""
    number = asking.number(query)
    asked = (number.scope, number.measure, number.agency)
    count, restricted = lists.size_behind(*asked)
    about = [
        *above.of_list(number.scope),
        (said("sheet_measure"), said(f"measure_{number.measure}")),
        (said("sheet_count"), count),
        (said("sheet_restricted"), restricted),
    ]
    file, listed = (number.measure, *_days(number.scope)), lists.all_behind(*asked)
    return _table("assignments", number.scope, about, of_assignments(), listed, *file, size=count)


def definitions(query: Query) -> Table:
    """Each measure in words."""
    asking.definitions(query)
    return Table(explanations(), ("definitions",))


def explanations() -> Sheet:
    """Each measure in words, in both languages, with its formula."""
    return Sheet(said("sheet_definitions"), (), of_definitions(), DEFINITIONS, asking.zone())


def _figures(
    name: str,
    answer: Answer,
    columns: Sequence[Column],
    rows: Iterable[Any],
    *file: str,
    reports: bool = True,
) -> Table:
    """Figures of a period; where ``reports``, the totals count reports."""
    about, scope = above.of_figures(answer, reports=reports), answer["scope"]
    return _table(name, scope, about, columns, rows, *file, *_days(scope))


def _table(
    name: str,
    scope: Scope,
    about: Lines,
    columns: Sequence[Column],
    rows: Iterable[Any],
    *file: str,
    title: str = "",
    size: int = 0,
) -> Table:
    shown = said(f"sheet_{name}")
    sheet = Sheet(shown, [(title or shown, ""), *about], columns, rows, scope.period.zone)
    return Table(sheet, (name.replace("_", "-"), *file), size, (explanations(),))


def _days(scope: Scope) -> tuple[str, str]:
    return scope.period.first.isoformat(), scope.period.last.isoformat()


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
        code = row[name]["code"] + ALONE  # as it is asked for in a filter
        return {**row, name: {"code": code, "name": alone}}
    return row


def _in_all() -> Answer:
    return {"code": None, "name": said("sheet_total")}
