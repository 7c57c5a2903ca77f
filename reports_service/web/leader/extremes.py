"""Who keeps the word best and worst: by the lower bound, within one kind, small numbers apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for

from reports_service.agencies.models import AgencyKind
from reports_service.core.words import say
from reports_service.domain.held_up import HELD_UP_FROM, held_up
from reports_service.web.leader import asked
from reports_service.web.leader.numbers import Number, Row


@dataclass(frozen=True)
class Place:
    """An agency with its share on time, n, and its rank among its kind."""

    name: str
    page: str
    rank: int
    share: Number
    part: float
    bound: float
    due: Number


@dataclass(frozen=True)
class Kind:
    """Best and worst of a kind; ``firm`` of the ``among`` that are ranked may be held up."""

    name: str
    firm: int
    among: int
    best: Sequence[Place]
    worst: Sequence[Place]


@dataclass(frozen=True)
class Extremes:
    """The kinds; from how many due on an agency is held up, and how many had fewer; the finding."""

    title: str
    fewest: int
    kinds: Sequence[Kind]
    apart: str | None


def extremes(items: Sequence[Mapping[str, Any]], language: str) -> Extremes:
    """Read from the rows of the table of agencies."""
    found = [_kind(items, kind, language) for kind in AgencyKind]
    kinds = [kind for kind in found if kind.best or kind.worst]
    few = sum(1 for row in items if 0 < row["due"] < HELD_UP_FROM)
    return Extremes(
        title=_title(kinds, language),
        fewest=HELD_UP_FROM,
        kinds=kinds,
        apart=say("leader_apart", language, count=few, fewest=HELD_UP_FROM) if few else None,
    )


def _kind(items: Sequence[Mapping[str, Any]], kind: AgencyKind, language: str) -> Kind:
    own = [row for row in items if row["agency"]["kind"] == kind]
    found = held_up(own)
    return Kind(
        say(f"leader_kind_{kind}", language),
        found.firm,
        found.among,
        [_place(row, language) for row in found.best],
        [_place(row, language) for row in found.worst],
    )


def _place(figures: Mapping[str, Any], language: str) -> Place:
    row, agency = Row(figures, figures["assignments"], language), figures["agency"]
    return Place(
        name=agency["name"],
        page=url_for("leader.agency", code=agency["code"], **_filters()),
        rank=figures["rank"],
        share=row["on_time_rate"],
        part=figures["on_time_rate"],
        bound=figures["on_time_lower_bound"],
        due=row["due"],
    )


def _filters() -> dict[str, Any]:
    """What narrows an agency's own page: it is of one kind by itself."""
    return asked.filters(kind="")


def _title(kinds: Sequence[Kind], language: str) -> str:
    """The one that needs looking at first; where nobody does, the best."""
    if not kinds:
        return say("leader_nobody_ranked", language)
    worst = [kind.worst[0] for kind in kinds if kind.worst]
    word, found = (
        ("leader_worst", min(worst, key=_bound))
        if worst
        else ("leader_foremost", max((kind.best[0] for kind in kinds if kind.best), key=_bound))
    )
    return say(word, language, name=found.name, share=found.share.text, due=found.due.text)


def _bound(place: Place) -> float:
    return place.bound
