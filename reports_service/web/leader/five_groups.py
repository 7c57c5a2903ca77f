"""The five groups of Decision 766 on one page: what speaks to each, and what cannot be measured."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from reports_service.core.words import say
from reports_service.domain.five_groups import Reach
from reports_service.statistics.comparison import Against
from reports_service.statistics.interface import asking
from reports_service.statistics.interface.answers import CHANNELS, MEASURE
from reports_service.statistics.interface.asked import LinesQuery, TableQuery
from reports_service.statistics.monthly.numbers import shown
from reports_service.web.leader import asked, marks, numbers, periods, whole
from reports_service.web.leader.grading import grade, said
from reports_service.web.leader.groups_of_agencies import COLUMNS, Place, first_to_look_at, kinds
from reports_service.web.leader.marks import THIN
from reports_service.web.leader.numbers import Number, Row, Sentence

GRADED: Final = ("transparency", "progress")  # by a share; others have a number beside before
# The measure that a group is read by, what it is counted from, and the words for that.
LEADS: Final[Mapping[str, tuple[str, str, str]]] = {
    "transparency": ("acknowledged_on_time_rate", "acknowledgements_due",
                     "leader_of_acknowledgements"),
    "progress": ("on_time_rate", "due", "leader_of_due"),
    "online_services": ("received", "received", ""),
    "satisfaction": ("satisfaction", "satisfaction_n", "leader_of_ratings"),
}  # fmt: skip
REACHES: Final[Mapping[str, str]] = {Reach.PARTLY: "good", Reach.LIKENESS: "accent", Reach.NOT: ""}


@dataclass(frozen=True)
class Lead:
    """The number that a group is read by: from how many, how it stood before, how good it is."""

    name: str
    number: Number
    value: float | None
    of: Sentence | None
    before: Sentence | None
    moved: str | None
    tone: str
    grade: str | None


@dataclass(frozen=True)
class Channel:
    """A row of the table of channels."""

    name: str
    received: Number
    part: str
    share: Number
    due: Number


@dataclass(frozen=True)
class Group:
    """A group: its number in the decision, what speaks to it here, and what does not."""

    code: str
    number: int
    name: str
    points: int
    reach: str
    reach_tone: str
    lead: Lead | None
    facts: Sequence[tuple[str, Number]]
    first: Place | None
    measured: Sentence
    missing: str
    channels: Sequence[Channel]


def five_groups(language: str) -> dict[str, Any]:
    """All that the page shows. Raises as the interface does."""
    query = asked.read(TableQuery, compare=str(Against.PREVIOUS))
    answer = asking.five_groups(query)
    scope = answer["scope"]
    groups = [_group(number, one, answer, language)
              for number, one in enumerate(answer["groups"], 1)]  # fmt: skip
    progress = answer["total"]["progress"]
    return {
        "scope": scope,
        "title": _title(groups, periods.name(scope.period, language, scope.today), language),
        "reached": _reached(groups, language),
        "groups": groups,
        "kinds": list(kinds(answer["items"], language)),
        "heads": [(one.name, len(COLUMNS[one.code])) for one in groups if one.code in COLUMNS],
        "columns": [say(f"measure_{one}", language) for row in COLUMNS.values() for one in row],
        "marks": [
            *marks.of_scope(scope),
            *marks.of_due(progress["due"], language),
            *marks.of_months(scope, None, language),
        ],
        "as_of": marks.as_of(scope, language),
        "empty": not _anything(answer["total"]),
        "files": whole.files(("five_groups", "channels")),
    }


def _group(
    number: int, group: Mapping[str, Any], answer: Mapping[str, Any], language: str
) -> Group:
    code, lead = group["code"], LEADS.get(group["code"])
    row = Row(answer["total"][code], answer["assignments"], language)
    return Group(
        code=code,
        number=number,
        name=group["name"],
        points=group["points"],
        reach=say(f"leader_reach_{group['reach']}", language),
        reach_tone=REACHES[group["reach"]],
        lead=lead and _lead(code, row, answer),
        facts=[(say(f"measure_{one}", language), row[one]) for one in group["measures"]],
        first=lead and first_to_look_at(code, lead[0], lead[1], answer, language),
        measured=_measured(group["measured"], language),
        missing=group["missing"],
        channels=list(_channels(language)) if code == "online_services" else (),
    )


def _lead(code: str, row: Row, answer: Mapping[str, Any]) -> Lead:
    measure, of, words = LEADS[code]
    language, count = row.language, row.figures[of]
    tone = grade(row.figures[measure], count) if code in GRADED else ""
    return Lead(
        name=say(f"measure_{measure}", language),
        number=row[measure],
        value=row.figures[measure],
        of=Sentence.of(words, language, row[of]) if words else None,
        before=_before(measure, row, answer),
        moved=_moved(measure, of, row, answer),
        tone=tone,
        grade=said(tone, language) if code in GRADED and count else None,
    )


def _before(measure: str, row: Row, answer: Mapping[str, Any]) -> Sentence | None:
    """The number of the period before, where it is one that is compared."""
    value = answer["compared"][Against.PREVIOUS].get(measure)
    if value is None:
        return None
    then = numbers.behind_then(answer["assignments"], answer["earlier"][0].period)
    written = Number(shown(measure, value, row.language), then.replace(MEASURE, measure))
    return Sentence.of("leader_before", row.language, written)


def _moved(measure: str, of: str, row: Row, answer: Mapping[str, Any]) -> str | None:
    """How it moved, where neither period is thin."""
    then = answer["earlier"][0].total.counts[of]
    if min(row.figures[of], then) < THIN:
        return None
    change = answer["compared"][Against.PREVIOUS]["change"].get(measure)
    return numbers.moved(measure, change, row.language)


def _title(groups: Sequence[Group], period: str, language: str) -> str:
    """The group to look at first; that all is well; or that too few came due to tell."""
    graded = [(one.name, one.lead) for one in groups if one.lead and one.lead.tone]
    if not graded:
        return say("leader_groups_title_few", language, period=period)
    name, lead = min(graded, key=lambda one: one[1].value or 0)
    values = {"group": name, "measure": lead.name, "share": lead.number.text}
    return say(f"leader_groups_title_{lead.tone}", language, period=period, **values)


def _reached(groups: Sequence[Group], language: str) -> str:
    """How many of the groups can be measured here, and how far."""
    found = [one.reach_tone for one in groups]
    counts = {str(reach): found.count(tone) for reach, tone in REACHES.items()}
    return say("leader_groups_reached", language, **counts)


def _measured(words: str, language: str) -> Sentence:
    """What is measured, the table of channels as a link: it stands below, or without the kind."""
    before, channels, after = words.partition(CHANNELS)
    if not channels:
        return Sentence(before, Number(""), "")
    if "kind" in asked.given():
        address = f"{asked.here(kind='')}#channels"
        return Sentence(before, Number(say("leader_groups_without_kind", language), address), after)
    return Sentence(before, Number(say("leader_groups_below", language), "#channels"), after)


def _channels(language: str) -> Iterator[Channel]:
    """Those by which anything came or came due; none where only a kind of agency is counted."""
    if "kind" in asked.given():
        return
    answer = asking.lines("channel")(asked.read(LinesQuery))
    in_all = answer["total"]["received"]
    for one in answer["items"]:
        row = Row(one, one["assignments"], language)
        if one["received"] or one["due"]:
            part = numbers.percent(one["received"] / in_all if in_all else None, language)
            name = one["channel"]["name"]
            yield Channel(name, row["received"], part, row["on_time_rate"], row["due"])


def _anything(total: Mapping[str, Any]) -> bool:
    return bool(total["online_services"]["received"] or total["progress"]["due"]
                or total["progress"]["overdue"])  # fmt: skip
