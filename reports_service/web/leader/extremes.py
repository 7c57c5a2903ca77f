"""Who keeps the word best and worst: by the lower bound, within one kind, small numbers apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from flask import url_for

from reports_service.agencies.models import AgencyKind
from reports_service.core.words import say
from reports_service.domain.measures import RANKED_FROM
from reports_service.web.leader import asked
from reports_service.web.leader.numbers import Number, Row

SHOWN: Final = 3  # of each end; fewer than twice as many are shown as one list


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
    """Best and worst of a kind; ``worst`` holds nobody who was never late. ``among``: ranked."""

    name: str
    among: int
    best: Sequence[Place]
    worst: Sequence[Place]


@dataclass(frozen=True)
class Extremes:
    """The kinds, how many agencies were due too little to be ranked, and the finding."""

    title: str
    kinds: Sequence[Kind]
    apart: str | None


def extremes(items: Sequence[Mapping[str, Any]], language: str) -> Extremes:
    """Read from the rows of the table of agencies, which stand in the order of their ranks."""
    kinds = [_kind(items, kind, language) for kind in AgencyKind]
    few = sum(1 for row in items if 0 < row["due"] < RANKED_FROM)
    return Extremes(
        title=_title([kind for kind in kinds if kind.among], language),
        kinds=[kind for kind in kinds if kind.among],
        apart=say("leader_apart", language, count=few, fewest=RANKED_FROM) if few else None,
    )


def _kind(items: Sequence[Mapping[str, Any]], kind: AgencyKind, language: str) -> Kind:
    ranked = [row for row in items if row["ranked"] and row["agency"]["kind"] == kind]
    late = [row for row in ranked if row["met"] < row["due"]]
    if len(ranked) < 2 * SHOWN:
        best, worst = ranked, []
    else:
        best, worst = ranked[:SHOWN], [row for row in ranked[SHOWN:] if row in late][-SHOWN:][::-1]
    return Kind(
        say(f"leader_kind_{kind}", language),
        len(ranked),
        [_place(row, language) for row in best],
        [_place(row, language) for row in worst],
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
    """The one that needs looking at first; praise where nobody does."""
    worst = min(
        (kind.worst[0] for kind in kinds if kind.worst), key=lambda one: one.bound, default=None
    )
    if worst is not None:
        return say(
            "leader_worst", language, name=worst.name, share=worst.share.text, due=worst.due.text
        )
    return say("leader_extremes" if kinds else "leader_nobody_ranked", language)
