"""Figures by category, by area and by channel: a parent with all below it, then what is below."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from reports_service.areas.models import Area, Level
from reports_service.categories import service as categories
from reports_service.core.db import db
from reports_service.domain.channels import Channel
from reports_service.statistics import reading
from reports_service.statistics.comparison import (
    Against,
    Earlier,
    compared,
    earlier,
    partial,
)
from reports_service.statistics.figures import figures_of_all
from reports_service.statistics.reading import Axis, Table
from reports_service.statistics.scope import ALONE, WITHOUT, Scope, asked_of
from reports_service.statistics.service import whole_of
from reports_service.statistics.tallies import Tally

PROMISES = ("promises_due", "promises_kept", "promises_without_reply")


@dataclass(frozen=True, slots=True)
class Line:
    """A row of an axis. ``keys``: what of the reading it adds up; ``asked``: its filter's value.

    ``code`` and ``names`` are None for what has no category or area. ``always``: it is shown even
    where there is nothing to count.
    """

    code: str | None
    names: Mapping[str, str] | None
    parent: str | None
    keys: tuple[Any, ...]
    asked: str
    always: bool = False


@dataclass(frozen=True, slots=True)
class Node:
    """A category or an area (all its versions, ``ids``), and the ids of all below it."""

    code: str
    names: Mapping[str, str]
    parent: str | None
    ids: tuple[int, ...]
    below: tuple[int, ...]
    always: bool


def by_category(scope: Scope, compare: Sequence[Against] = ()) -> dict[str, Any]:
    """A row for each category: with those below it, and by itself where it has any."""
    lines = _tree(_categories(scope), scope.category_ids)
    return _by(scope, Axis.CATEGORY, lines, compare)


def by_area(scope: Scope, compare: Sequence[Against] = ()) -> dict[str, Any]:
    """A row for each commune and for what it is part of, ended ones where there is anything."""
    return _by(scope, Axis.AREA, _tree(_areas(scope), scope.area_ids), compare)


def by_channel(scope: Scope, compare: Sequence[Against] = ()) -> dict[str, Any]:
    """A row for each channel."""
    lines = [
        Line(str(one), None, None, (str(one),), str(one), always=True)
        for one in Channel
        if scope.channel in (None, one)
    ]
    return _by(scope, Axis.CHANNEL, lines, compare)


def _by(
    scope: Scope, axis: Axis, lines: Sequence[Line], compare: Sequence[Against]
) -> dict[str, Any]:
    found, then = reading.table(scope, axis), earlier(scope, compare, axis)
    return {
        "scope": scope,
        "earlier": then,
        **whole_of(found, then),
        "items": list(_rows(scope, axis, lines, found, then)),
        "next_cursor": None,
    }


def _rows(
    scope: Scope, axis: Axis, lines: Sequence[Line], found: Table, then: Sequence[Earlier]
) -> Iterator[dict[str, Any]]:
    for line in lines:
        if not line.always and not any(key in found.rows for key in line.keys):
            continue
        tally = _reports_once(found.rows, line.keys)
        past = {one.against: _reports_once(one.rows, line.keys) for one in then}
        yield {
            axis.value: line,
            "parent": line.parent,
            "by_itself": line.asked.endswith(ALONE),
            "asked": asked_of(scope, **{axis.value: line.asked}),
            **figures_of_all(tally, _promises(found.promised, line.keys)),
            "compared": compared(tally, past, partial(then)),
        }


def _reports_once(found: Mapping[Any, Tally], keys: Sequence[Any]) -> Tally:
    """What these groups count together; a report is received once, as in the total."""
    whole = Tally()
    for key in keys:
        if key in found:
            whole.join(found[key])
    whole.counts.update({code: whole.counts[of] for code, of in reading.OF_REPORTS.items()})
    return whole


def _promises(found: Mapping[Any, Mapping[str, int]], keys: Sequence[Any]) -> dict[str, int]:
    return {code: sum(found[key][code] for key in keys if key in found) for code in PROMISES}


def _tree(nodes: Sequence[Node], wanted: Collection[int | None] | None) -> list[Line]:
    """The nodes as rows, each followed by those below it; only ``wanted`` ids, None: all."""

    def is_wanted(key: int | None) -> bool:
        return wanted is None or key in wanted

    below: defaultdict[str | None, list[Node]] = defaultdict(list)
    codes = {node.code for node in nodes}
    for node in nodes:
        below[node.parent if node.parent in codes else None].append(node)
    lines = [line for top in below[None] for line in _branch(top, below, is_wanted)]
    if is_wanted(None):
        lines.append(Line(None, None, None, (None,), WITHOUT))
    return lines


def _branch(
    node: Node, below: Mapping[str | None, Sequence[Node]], is_wanted: Callable[[int | None], bool]
) -> Iterator[Line]:
    """A node with all below it, by itself if there is anything below, and each one below."""
    own = tuple(key for key in node.ids if is_wanted(key))
    under = tuple(key for key in node.below if is_wanted(key))
    if own:
        asked = node.code + ALONE if node.below and not under else node.code
        yield Line(node.code, node.names, node.parent, own + under, asked, node.always)
    if own and under:
        yield Line(node.code, node.names, node.parent, own, node.code + ALONE)
    for one in below.get(node.code, ()):
        yield from _branch(one, below, is_wanted)


def _categories(scope: Scope) -> list[Node]:
    book = categories.book()
    codes = {one.id: one.code for one in book}
    return [
        Node(
            code=one.code,
            names=one.names,
            parent=codes.get(one.parent_id or 0),
            ids=(one.id,),
            below=tuple(sorted(book.with_descendants(one.code) - {one.id})),
            always=one.serves(scope.asked_at),
        )
        for one in sorted(book, key=lambda one: (one.position, one.code))
    ]


def _areas(scope: Scope) -> list[Node]:
    """Areas by code: a commune that was renamed is one, under its latest name."""
    columns = (Area.id, Area.code, Area.names, Area.parent_id, Area.valid_to, Area.level)
    versions = db.session.execute(select(*columns).order_by(Area.code, Area.valid_from)).all()
    codes = {one.id: one.code for one in versions}
    ids: defaultdict[str, list[int]] = defaultdict(list)
    children: defaultdict[int | None, list[int]] = defaultdict(list)
    for one in versions:
        ids[one.code].append(one.id)
        children[one.parent_id].append(one.id)
    today = scope.asked_at.astimezone(scope.period.zone).date()
    return [
        Node(
            code=code,
            names=one.names,
            parent=codes.get(one.parent_id or 0),
            ids=tuple(ids[code]),
            below=tuple(_descendants(ids[code], children)),
            always=one.level != Level.HAMLET and (one.valid_to is None or one.valid_to > today),
        )
        for code, one in {one.code: one for one in versions}.items()  # the latest of each code
    ]


def _descendants(ids: Sequence[int], children: Mapping[int | None, Sequence[int]]) -> list[int]:
    """The ids below these, each once, without themselves."""
    found, open_ids = set(ids), list(ids)
    while open_ids:
        new = [child for child in children.get(open_ids.pop(), ()) if child not in found]
        found.update(new)
        open_ids += new
    return sorted(found - set(ids))
