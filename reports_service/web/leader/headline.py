"""The finding that a page of figures begins with, and the few numbers that stand beside it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from reports_service.core.words import say
from reports_service.domain.measures import FIRST_SIGN
from reports_service.statistics.comparison import Earlier
from reports_service.statistics.interface.answers import MEASURE
from reports_service.web.leader import marks, numbers, periods
from reports_service.web.leader.marks import THIN
from reports_service.web.leader.numbers import Number, Row, Sentence

HEADLINE: Final = "on_time_rate"


@dataclass(frozen=True)
class Against:
    """An earlier period: the share of then, n, and how it moved since; or that nothing was due."""

    nothing: str | None
    share: Sentence | None = None
    due: Sentence | None = None
    moved: str | None = None


@dataclass(frozen=True)
class Headline:
    """The share on time: the finding, what it is counted from, and earlier periods beside it."""

    title: str
    share: Number
    met: Sentence
    due: Sentence
    with_extensions: Sentence
    before: Sequence[Against]
    definition: str


@dataclass(frozen=True)
class Card:
    """A number with its name, what must be read with it, and its definition."""

    code: str
    name: str
    number: Number
    about: Sentence | None
    note: str | None
    definition: str
    tone: str = ""


def headline(found: Mapping[str, Any], row: Row, name: str = "") -> Headline:
    """The finding of a row. ``found``: its period and earlier ones; ``name``: of one agency."""
    language = row.language
    return Headline(
        title=_title(found, row, name),
        share=row[HEADLINE],
        met=Sentence.of("leader_met", language, row["met"]),
        due=Sentence.of("leader_of_due", language, row["due"]),
        with_extensions=Sentence.of(
            "leader_with_extensions", language, row["on_time_rate_with_extensions"]
        ),
        before=[_against(one, row, found["template"]) for one in found["earlier"]],
        definition=say(f"definition_{HEADLINE}", language),
    )


def _title(found: Mapping[str, Any], row: Row, name: str) -> str:
    """93,8 % đúng hạn trong quý 3/2026, tăng 2,1 điểm; of one agency with its name."""
    scope, language = found["scope"], row.language
    period = periods.name(scope.period, language, scope.today)
    if not row.figures["due"]:
        said = say("leader_nothing_due", language, period=period)
    else:
        said = say("leader_on_time", language, share=row[HEADLINE].text, period=period)
        moved = _moved(row, found["earlier"][0])
        said = f"{said}, {moved}" if moved else said
    return f"{name}: {said}" if name else said


def _moved(row: Row, then: Earlier) -> str | None:
    """How it moved, where neither period is thin: else it is chance that would be told."""
    before = row.figures[str(then.against)]
    if min(row.figures["due"], before["due"]) < THIN:
        return None
    return numbers.moved(HEADLINE, before["change"][HEADLINE], row.language)


def _against(then: Earlier, row: Row, template: str) -> Against:
    figures, language = row.figures[str(then.against)], row.language
    named = periods.name(then.period, language)
    if not figures["due"]:
        return Against(say("leader_nothing_then", language, period=named.capitalize()))
    link = numbers.behind_then(template, then.period).replace(MEASURE, HEADLINE)
    share = Number(numbers.percent(figures[HEADLINE], language), link)
    due = Number(numbers.whole(figures["due"], language), link)
    return Against(
        None,
        Sentence.of(f"leader_against_{then.against}", language, share, period=named),
        Sentence.of("leader_of_due", language, due),
        _moved(row, then),
    )


def cards(found: Mapping[str, Any], row: Row) -> Iterator[Card]:
    """Overdue; promises and the first sign of life (of all agencies) or acknowledgements (of one);
    satisfaction, the time to a result, received.
    """
    figures, language = row.figures, row.language
    yield _overdue(found, row)
    if "promise_kept_rate" in figures:
        yield _card(row, "promise_kept_rate", "leader_of_promises", "promises_due")
        yield _hours(row, FIRST_SIGN, "waits")
    else:
        code, of = "acknowledged_on_time_rate", "acknowledgements_due"
        yield _card(row, code, "leader_of_acknowledgements", of)
    few = 0 < figures["satisfaction_n"] < THIN
    note = say("leader_few_ratings", language) if few else None
    yield _card(row, "satisfaction", "leader_of_ratings", "satisfaction_n", note=note)
    yield _hours(row, "hours_to_resolve", "hours")
    yield _received(found, row)


def _hours(row: Row, code: str, what: str) -> Card:
    """A median, with how many it is of; and how many of them are open: those count as longest.
    Where it is not known, why. ``what``: the words of agencies' hours or of citizens' waits.
    """
    hours, language = row.figures[code], row.language
    if hours["elapsed"]["median"] is None:
        return _card(row, code, f"leader_of_unknown_{what}", code, note=hours["note"])
    still = numbers.whole(hours["still_open"], language)
    note = say(f"leader_{what}_open", language, open=still) if hours["still_open"] else None
    return _card(row, code, f"leader_of_{what}", code, note=note)


def _overdue(found: Mapping[str, Any], row: Row) -> Card:
    """What is overdue now, whatever the period: no fault, and no merit, of one that is over."""
    tone = "late" if row.figures["overdue"] else "good"
    card = _card(
        row, "overdue", "leader_of_open", "open",
        tone="" if marks.is_over(found["scope"]) else tone,
    )  # fmt: skip
    return replace(card, name=say("leader_card_now", row.language, name=card.name))


def _card(
    row: Row, code: str, words: str, of: str, *, tone: str = "", note: str | None = None
) -> Card:
    language = row.language
    about = Sentence.of(words, language, row.count(of))
    return Card(
        code, say(f"measure_{code}", language), row[code], about, note,
        say(f"definition_{code}", language), tone,
    )  # fmt: skip


def _received(found: Mapping[str, Any], row: Row) -> Card:
    """How many came in, and how many more or less than before."""
    language, then = row.language, found["earlier"][0]
    before = row.figures[str(then.against)]
    link = numbers.behind_then(found["template"], then.period).replace(MEASURE, "received")
    number = Number(numbers.whole(before["received"], language), link)
    change = before["change"]["received"] if before["received"] >= THIN else None
    return Card(
        "received",
        say("measure_received", language),
        row["received"],
        Sentence.of("leader_before", language, number),
        numbers.moved("received", change, language),
        say("definition_received", language),
    )
