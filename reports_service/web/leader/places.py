"""The communes on a map, and in a table that says the same: who keeps the word where."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from reports_service.areas import service as areas
from reports_service.areas.models import Level
from reports_service.core.words import say
from reports_service.domain.measures import RANKED_FROM
from reports_service.web.leader.numbers import Number, Row, Sentence
from reports_service.web.leader.outlines import outlines

# From which share on time a commune is painted so; the darkest are those that need most.
SHADES: Final = ((0.95, "best"), (0.9, "well"), (0.8, "fair"), (0.0, "poor"))
FEW, NONE = "few", "none"


@dataclass(frozen=True)
class Line:
    """A commune: its numbers, its shade, and its outline where it has one."""

    name: str
    share: Number
    due: Number
    overdue: Number
    shade: str
    path: str | None
    said: str


@dataclass(frozen=True)
class Shade:
    """A shade of the map: what it means, and how many communes have it."""

    code: str
    words: str
    count: int


@dataclass(frozen=True)
class Map:
    """The communes, worst first in the table, and what the shades mean."""

    title: str
    lines: Sequence[Line]
    shades: Sequence[Shade]
    about: Sentence
    width: int
    height: int


def places(answer: Mapping[str, Any], language: str) -> Map:
    """Read from what ``asking.lines("area")`` answers."""
    drawn, whole = outlines(), Row(answer["total"], answer["assignments"], language)
    rows = sorted(_of_communes(answer["items"]), key=_need)
    lines = [_line(row, drawn.paths, language) for row in rows]
    counted = Counter(line.shade for line in lines)
    codes = [*(code for _, code in SHADES), FEW, NONE]
    return Map(
        title=_title(rows, counted["poor"], language),
        lines=lines,
        shades=[
            Shade(code, say(f"leader_shade_{code}", language, fewest=RANKED_FROM), counted[code])
            for code in codes
        ],
        about=Sentence.of("leader_map_about", language, whole.count("due")),
        width=drawn.width,
        height=drawn.height if any(line.path for line in lines) else 0,
    )


def _of_communes(items: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """Each place once: communes with all below them, and what lies in no commune."""
    known = areas.present().places
    above = {row["parent"] for row in items}
    for row in items:
        code = row["area"] and row["area"]["code"]
        level = known[code].level if code in known else None
        if level == Level.COMMUNE:
            wanted = not row["by_itself"]
        elif level == Level.PROVINCE:
            wanted = row["by_itself"] or code not in above
        else:
            wanted = level is None and not row["by_itself"]
        if wanted and (level == Level.COMMUNE or row["due"] or row["open"]):
            yield row


def _need(row: Mapping[str, Any]) -> tuple[Any, ...]:
    """Those counted from enough first, by the lower bound; then by name."""
    firm = row["due"] >= RANKED_FROM
    bound = row["on_time_lower_bound"] if firm else 2.0
    return not firm, bound, -row["due"], row["area"]["name"] if row["area"] else ""


def _line(figures: Mapping[str, Any], paths: Mapping[str, str], language: str) -> Line:
    row, area = Row(figures, figures["assignments"], language), figures["area"]
    name = area["name"] if area else say("sheet_without_area", language)
    share, due = row["on_time_rate"], row["due"]
    return Line(
        name=name,
        share=share,
        due=due,
        overdue=row["overdue"],
        shade=_shade(figures),
        path=paths.get(area["code"]) if area else None,
        said=say("leader_commune", language, name=name, share=share.text, due=due.text),
    )


def _shade(row: Mapping[str, Any]) -> str:
    if not row["due"]:
        return NONE
    if row["due"] < RANKED_FROM:
        return FEW
    return next(code for least, code in SHADES if row["on_time_rate"] >= least)


def _title(rows: Sequence[Mapping[str, Any]], poor: int, language: str) -> str:
    if poor:
        return say("leader_map_poor", language, count=poor)
    firm = any(row["due"] >= RANKED_FROM for row in rows)
    return say("leader_map_well" if firm else "leader_map_thin", language)
