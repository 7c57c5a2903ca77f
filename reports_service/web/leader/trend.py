"""The course of the share on time, drawn: points, lines and axes as lengths in a small picture.

The picture is 360 wide, so that its letters have their own size on a phone. A month that
runs is drawn hollow; one in which too few were due stands in the table only.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import dropwhile, pairwise
from typing import Any, Final

from reports_service.core.words import say
from reports_service.domain.measures import RANKED_FROM
from reports_service.statistics.closing.months import Month
from reports_service.statistics.interface.answers import MEASURE
from reports_service.statistics.scope import Period, Scope
from reports_service.web.leader import numbers, periods
from reports_service.web.leader.marks import THIN
from reports_service.web.leader.numbers import Number, Row, Sentence

MONTHS: Final = 12
MOST_MONTHS: Final = 120  # ten years; of a longer period its last ones
WIDTH, HEIGHT = 360, 190
LEFT, RIGHT, TOP, BOTTOM = 44, 14, 18, 30
LABELS: Final = 6  # below the line: as many as can be read beside each other
CODE: Final = "on_time_rate"


@dataclass(frozen=True)
class Point:
    """A span: where it stands in the picture (None: too few were due), and its numbers.

    ``hollow``: it is not over. ``thin``: a few cases move its share a lot.
    """

    label: str
    name: str
    share: Number
    due: Number
    met: Number
    x: float
    y: float | None
    hollow: bool
    thin: bool
    labelled: bool

    @property
    def is_firm(self) -> bool:
        """Whether the title may speak of it."""
        return not (self.hollow or self.thin)


@dataclass(frozen=True)
class Tick:
    """A line across the picture, with its share in words."""

    y: float
    words: str


@dataclass(frozen=True)
class Chart:
    """The course: its finding, its points, the lines between those that follow each other.

    ``last``: the point that has its number beside it, the one that the title ends with. ``floor``:
    where the axis begins, in per cent, if not at nothing.
    """

    title: str
    points: Sequence[Point]
    lines: Sequence[tuple[Point, Point]]
    ticks: Sequence[Tick]
    last: Point | None
    floor: str | None
    about: Sentence | None
    width: int = WIDTH
    height: int = HEIGHT
    left: int = LEFT
    right: int = WIDTH - RIGHT
    bottom: int = HEIGHT - BOTTOM


def days_of(scope: Scope) -> tuple[date, date]:
    """Which days are drawn: the twelve months up to the end of the period, or all of a longer
    one, up to today.
    """
    last = min(scope.period.last, scope.today)
    end, begun = Month.of(last), Month.of(scope.period.first)
    first = max(min(begun, end.before(MONTHS - 1)), end.before(MOST_MONTHS - 1))
    return first.first, last


def chart(course: Mapping[str, Any], language: str) -> Chart:
    """Draw what ``asking.course`` answers."""
    scope = course["scope"]
    items = list(dropwhile(_is_before_anything, course["items"]))
    lowest = min((row[CODE] for row in items if _is_firm(row)), default=1.0)
    floor = 0.0 if lowest < 0.5 else 0.5
    points = list(_points(items, floor, scope, language))
    drawn = [point for point in points if point.y is not None]
    return Chart(
        title=_title(drawn, language),
        points=points,
        lines=[(a, b) for a, b in pairwise(points) if a.y is not None and b.y is not None],
        ticks=list(_ticks(floor, language)),
        last=_last(drawn),
        floor=numbers.whole(round(floor * 100), language) if floor else None,
        about=_about(items, scope, language) if items else None,
    )


def _last(drawn: Sequence[Point]) -> Point | None:
    """The last that is told; where none is, the last of months that are over; else the last."""
    told = [point for point in drawn if point.is_firm]
    over = [point for point in drawn if not point.hollow]
    return next((some[-1] for some in (told, over, drawn) if some), None)


def _is_before_anything(row: Mapping[str, Any]) -> bool:
    """Whether a month lies before the service began."""
    return not row["received"] and not row["due"]


def _about(items: Sequence[Mapping[str, Any]], scope: Scope, language: str) -> Sentence:
    """What is drawn, and from how many assignments."""
    first, last = (date.fromisoformat(text) for text in (items[0]["from"], items[-1]["to"]))
    drawn = Period(first, last, scope.period.zone)
    link = numbers.behind_then(items[0]["assignments"], drawn).replace(MEASURE, "due")
    number = Number(numbers.whole(sum(row["due"] for row in items), language), link)
    return Sentence.of("leader_course_about", language, number, fewest=RANKED_FROM)


def _is_firm(row: Mapping[str, Any]) -> bool:
    """Whether enough were due for a point: one case would draw a cliff."""
    return int(row["due"]) >= RANKED_FROM


def _points(
    items: Sequence[Mapping[str, Any]], floor: float, scope: Scope, language: str
) -> Iterator[Point]:
    step = (WIDTH - LEFT - RIGHT) / max(len(items) - 1, 1)
    every = -(-len(items) // LABELS)
    for place, figures in enumerate(items):
        row = Row(figures, figures["assignments"], language)
        first, last = date.fromisoformat(figures["from"]), date.fromisoformat(figures["to"])
        month = Month.of(first)
        yield Point(
            label=_label(month),
            name=periods.name(Period(month.first, month.last, scope.period.zone), language),
            share=row[CODE],
            due=row["due"],
            met=row["met"],
            x=round(LEFT + step * place, 1),
            y=_y(figures[CODE], floor) if _is_firm(figures) else None,
            hollow=last >= scope.today or last < month.last,
            thin=figures["due"] < THIN,
            labelled=(len(items) - 1 - place) % every == 0,
        )


def _label(month: Month) -> str:
    """10/25: narrow enough to stand six in a row."""
    return f"{month.number}/{month.year % 100:02}"


def _y(share: float, floor: float) -> float:
    part = (share - floor) / (1 - floor)
    return round(HEIGHT - BOTTOM - part * (HEIGHT - BOTTOM - TOP), 1)


def _ticks(floor: float, language: str) -> Iterator[Tick]:
    for part in (0.0, 0.5, 1.0):
        share = floor + part * (1 - floor)
        yield Tick(_y(share, floor), numbers.whole(round(share * 100), language) + " %")


def _title(drawn: Sequence[Point], language: str) -> str:
    """From where to where it went, between the first and the last span that say something.

    Neither of them is thin, as in the headline: else it is chance that would be told.
    """
    firm = [point for point in drawn if point.is_firm]
    if len(firm) < 2:
        return say("leader_course_short", language, fewest=THIN)
    first, last = firm[0], firm[-1]
    assert first.y is not None and last.y is not None  # only drawn ones are firm
    way = "same" if first.share.text == last.share.text else "up" if last.y < first.y else "down"
    return say(
        f"leader_course_{way}", language, first=first.name, then=first.share.text,
        last=last.name, now=last.share.text,
    )  # fmt: skip
