"""A check of the quality of records as a page shows it: how many fail it, and how bad that is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from flask import url_for

from reports_service.core.words import say
from reports_service.domain.measures import wilson_lower
from reports_service.statistics.monthly.numbers import NOTHING
from reports_service.statistics.quality.kept import Figure
from reports_service.web.leader import numbers
from reports_service.web.leader.grading import grade
from reports_service.web.leader.numbers import Number

WORST_LAST: Final = ("", "good", "soon", "late")


@dataclass(frozen=True)
class Line:
    """A check: ``found`` fail it, out of ``of``; dashes where nothing was counted.

    ``need``: the larger, the sooner it is looked at: by grade, then by the lower bound.
    """

    code: str
    name: str
    definition: str
    found: Number
    of: str
    share: Number
    part: float
    tone: str
    need: tuple[int, float]
    figure: Figure

    @property
    def failed(self) -> bool:
        """Whether anything fails it."""
        return bool(self.figure.count)


def lines(groups: Sequence[Mapping[str, Any]], language: str) -> list[Line]:
    """All checks of a row of ``asking.quality``, in their order."""
    return [line(one, language) for group in groups for one in group["checks"]]


def line(one: Mapping[str, Any], language: str) -> Line:
    """One check of such a row."""
    figure, code = one["figure"], one["figure"].check.code
    link = url_for("leader.failing", **dict(one["asked"])) if one["asked"] else None
    share = figure.share
    tone = "" if share is None else grade(1 - share, figure.of)
    return Line(
        code=code,
        name=say(f"quality_check_{code}", language),
        definition=say(f"quality_definition_{code}", language),
        found=Number(_written(figure.count, language), link),
        of=_written(figure.of, language),
        share=Number(numbers.percent(share, language), None if share is None else link),
        part=share or 0,
        tone=tone,
        need=(WORST_LAST.index(tone), least(figure)),
        figure=figure,
    )


def least(figure: Figure) -> float:
    """The lower bound of the share that fails: a handful of cases does not come first."""
    return wilson_lower(figure.count or 0, figure.of or 0) or 0.0


def _written(count: int | None, language: str) -> str:
    return NOTHING if count is None else numbers.whole(count, language)
