"""What a reader must know before the numbers: as of when, how thin, whether months are closed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from flask import url_for

from reports_service.core.words import say
from reports_service.statistics.closing import service as closing
from reports_service.statistics.closing.months import Month
from reports_service.statistics.comparison import whole_months
from reports_service.statistics.interface.notes import notes
from reports_service.statistics.monthly.numbers import moment
from reports_service.statistics.scope import Period, Scope

THIN: Final = 30  # below it two or three cases move a share by ten points and more
MOST_MONTHS: Final = 12
OF_THE_PERIOD: Final = ("received", "due", "due_with_extensions", "acknowledgements_due",
                        "resolutions", "promises_due")  # fmt: skip
# Whether the figures of now differ from the closed ones -> the words and the tone. None: only the
# whole province is frozen, so that filtered figures have nothing to be compared with.
BESIDE_CLOSED: Final[Mapping[bool | None, tuple[str, str]]] = {
    True: ("leader_differs", "soon"),
    False: ("leader_closed", "good"),
    None: ("leader_closed_in_all", ""),
}


@dataclass(frozen=True)
class Mark:
    """Something to know: its words, how much it matters, and a way on."""

    words: str
    tone: str = ""
    link: str | None = None
    way: str | None = None


def of_scope(scope: Scope) -> list[Mark]:
    """What the figures say of themselves: filters that ended, periods that run or lie behind."""
    return [Mark(words, "soon") for words in notes(scope)]


def of_due(due: int, language: str) -> list[Mark]:
    """That so few were due that the share says little."""
    if not 0 < due < THIN:
        return []
    return [Mark(say("leader_thin", language, due=due), "soon")]


def as_of(scope: Scope, language: str) -> str:
    """Up to when changes are counted, and of when what is open is."""
    counted, asked = (moment(at, scope.period.zone) for at in (scope.as_of, scope.asked_at))
    if counted == asked and not is_over(scope):
        return say("leader_as_of_now", language, now=asked)
    return say("leader_as_of", language, as_of=counted, now=asked)


def is_over(scope: Scope) -> bool:
    """Whether the period lies behind, so that what is open now is no matter of it."""
    return scope.period.last < scope.today


def is_empty(figures: Mapping[str, Any], scope: Scope) -> bool:
    """Whether a row has nothing to show of the period."""
    codes = OF_THE_PERIOD if is_over(scope) else (*OF_THE_PERIOD, "open")
    return not any(figures.get(code) for code in codes)


def of_months(scope: Scope, note: Mapping[str, Any] | None, language: str) -> Iterator[Mark]:
    """Which of the period's months are closed; ``note``: of the one month that the period is."""
    months = list(_months(scope.period))
    ended = [month for month in months if month.last < scope.today]
    if not ended or len(months) > MOST_MONTHS:
        return
    kept = closing.among(ended)
    link, way = url_for("leader.months"), say("leader_to_months", language)
    missing = [month for month in ended if str(month) not in kept]
    if missing:
        said = ", ".join(month.written for month in missing)
        yield Mark(say("leader_not_closed", language, months=said), "soon", link, way)
    if note is not None:
        word, tone = BESIDE_CLOSED[note["differs"]]
        at = moment(note["closed_at"], scope.period.zone)
        yield Mark(say(word, language, month=ended[0].written, at=at), tone, link, way)


def _months(period: Period) -> Sequence[Month]:
    """The months of a period that is made of whole ones."""
    if not whole_months(period):
        return ()
    return list(Month.of(period.first).until(Month.of(period.last)))
