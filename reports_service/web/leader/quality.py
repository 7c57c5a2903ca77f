"""The quality of records on one page: đúng, đủ, sạch, sống; what is worst, and where."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from reports_service.core.words import named, say
from reports_service.domain.quality import Group
from reports_service.statistics.monthly.numbers import moment
from reports_service.statistics.quality import asking
from reports_service.statistics.quality.kept import Figure, Kept
from reports_service.statistics.quality.schemas import HOUR_S, QualityQuery
from reports_service.statistics.scope import Scope
from reports_service.web.leader import asked, checked, numbers, periods, whole
from reports_service.web.leader.checked import WORST_LAST, Line
from reports_service.web.leader.failing_agencies import agencies, first_to_look_at
from reports_service.web.leader.grading import said
from reports_service.web.leader.marks import Mark

OF_NIGHT: Final = "leader_quality_of_night"


@dataclass(frozen=True)
class Part:
    """One of the four: what it asks, how it stands, and its checks.

    ``failed``: those that found something, what needs most first; ``clean``: that found nothing;
    ``unknown``: that had nothing to check or were not counted. ``grade``: None where all were so.
    """

    code: str
    name: str
    about: str
    finding: str
    tone: str
    grade: str | None
    failed: Sequence[Line]
    clean: Sequence[Line]
    unknown: Sequence[Line]

    @property
    def worst(self) -> Line | None:
        """The check that needs most; None where nothing fails."""
        return self.failed[0] if self.failed else None

    @property
    def lines(self) -> Sequence[Line]:
        """All checks."""
        return [*self.failed, *self.clean, *self.unknown]


def quality(language: str) -> dict[str, Any]:
    """All that the page shows. Raises as the interface does, and ``FiguresNotYours``."""
    answer = asking.quality(asked.read(QualityQuery))
    scope, kept = answer["scope"], answer["kept"]
    one = answer["items"][0] if scope.agency_id is not None else None
    parts = [_part(group, language) for group in answer["total"]]
    found = [line for part in parts for line in part.lines]
    title = _title(found, periods.name(scope.period, language, scope.today), language)
    return {
        "scope": scope,
        "title": f"{named(one['agency'].names, language)}: {title}" if one else title,
        "parts": parts,
        "last_act": one and _last_act(one["last_act"], language),
        "counted": any(line.figure.count is not None for line in found),
        "first": [] if one else first_to_look_at(answer, language),
        "agencies": None if one else agencies(answer, language),
        "marks": list(_marks(answer["notes"], kept, scope, language)),
        "as_of": _as_of(kept, scope, language),
        "files": whole.files(("quality",)),
    }


def _part(group: Mapping[str, Any], language: str) -> Part:
    code: Group = group["group"]
    lines = [checked.line(one, language) for one in group["checks"]]
    lines.sort(key=lambda one: one.need, reverse=True)  # those that need the same in their order
    failed = [one for one in lines if one.failed]
    tone = max((one.tone for one in lines), key=WORST_LAST.index)
    return Part(
        code=code.value,
        name=say(f"quality_group_{code}", language),
        about=say(f"leader_quality_about_{code}", language),
        finding=_finding(lines, failed, language),
        tone=tone,
        grade=said(tone, language) if any(one.figure.of for one in lines) else None,
        failed=failed,
        clean=[one for one in lines if one.figure.of and not one.failed],
        unknown=[one for one in lines if not one.figure.of],
    )


def _finding(lines: Sequence[Line], failed: Sequence[Line], language: str) -> str:
    """How many of the checks found something, or why none did."""
    if failed:
        return say("leader_quality_found", language, failed=len(failed), checks=len(lines))
    return say(f"leader_quality_part_{_why_none(lines)}", language)


def _why_none(lines: Sequence[Line]) -> str:
    if all(one.figure.count is None for one in lines):
        return "not_counted"
    return "clean" if any(one.figure.of for one in lines) else "nothing"


def _title(lines: Sequence[Line], period: str, language: str) -> str:
    """The finding: the check to look at first, or that there is none, or why nobody knows."""
    failed = [one for one in lines if one.failed]
    if not failed:
        return say(f"leader_quality_title_{_why_none(lines)}", language, period=period)
    worst = max(failed, key=lambda one: one.need)
    return say(
        f"leader_quality_title_{worst.tone or 'few'}", language, period=period, check=worst.name,
        share=worst.share.text, count=worst.found.text, of=worst.of,
    )  # fmt: skip


def _last_act(figure: Figure, language: str) -> str | None:
    """How long ago the agency last did something about what it holds."""
    if figure.median_s is None or figure.p90_s is None:
        return None
    median, p90 = (numbers.whole(round(one / HOUR_S), language)
                   for one in (figure.median_s, figure.p90_s))  # fmt: skip
    of = numbers.whole(figure.of or 0, language)
    return say("leader_quality_last_act", language, median=median, p90=p90, of=of)


def _marks(notes: Sequence[str], kept: Kept, scope: Scope, language: str) -> Iterator[Mark]:
    yield from (Mark(words, "soon") for words in notes)
    if kept.night is not None and not kept.newest:
        yield Mark(say(OF_NIGHT, language, day=periods.day(kept.night)), "soon")


def _as_of(kept: Kept, scope: Scope, language: str) -> str | None:
    """When the night was counted; None: no night was."""
    if kept.night_at is None:
        return None
    return say("leader_quality_as_of", language, at=moment(kept.night_at, scope.period.zone))
