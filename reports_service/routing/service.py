"""Deciding who answers, in memory, with the reason kept; trying rules before they are saved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select

from reports_service.agencies import service as agencies
from reports_service.agencies.models import Agency
from reports_service.areas import service as areas
from reports_service.categories import service as categories
from reports_service.core import clock, words
from reports_service.core.codes import named
from reports_service.core.db import db
from reports_service.core.reference import Snapshot
from reports_service.domain.routing import Match, Matter, Rule, RuleBook
from reports_service.routing.models import RoutingRule
from reports_service.routing.rules import REFERENCE, add, drafted

__all__ = ["REFERENCE", "Decision", "Trial", "add", "decide", "describe", "try_out"]

SHOWN_MATCHES = 5
DRAFT_ID = 2**62  # larger than any: saved now, a rule would be the youngest


@dataclass(frozen=True)
class Decision:
    """Which agency answers. ``reason`` holds facts for the history; ``describe`` says them.

    ``reason["why"]`` is "rule" (then ``rule`` and what it names: ``because``) or why the centre
    answers: "no_category", "no_place", "no_rule", "no_committee", "agency_ended".
    """

    agency_id: int
    to_centre: bool
    reason: dict[str, Any]
    rule_id: int | None = None
    priority: str | None = None


@dataclass(frozen=True)
class AgencyFacts:
    """An agency as answers name it."""

    id: int
    code: str
    names: Mapping[str, str]
    ended_at: datetime | None

    def serves(self, at: datetime) -> bool:
        """Whether it can be given work at that moment."""
        return self.ended_at is None or self.ended_at > at


@dataclass(frozen=True)
class Known:
    """What deciding needs, in memory."""

    rules: RuleBook
    agencies: Mapping[int, AgencyFacts]
    centre_id: int


@dataclass(frozen=True)
class RunnerUp:
    """A rule that holds: its number (None for the draft), whom it names, and why it holds."""

    rule_id: int | None
    agency: AgencyFacts | None
    to_committee: bool
    priority: str | None
    reason: dict[str, Any]


@dataclass(frozen=True)
class Trial:
    """A matter tried on the rules: the decision, and the rules that hold, the winner first.

    ``draft``: the place of the rule not saved yet among all that hold; None where it does not.
    """

    decision: Decision
    agency: AgencyFacts
    matches: Sequence[RunnerUp]
    draft: int | None = None


def decide(
    *,
    category_id: int | None,
    area_id: int | None,
    text: str,
    answers: Mapping[str, Any],
) -> Decision:
    """Find the agency in memory: no statement is sent while the snapshots are warm.

    The centre holds what no rule fits, what a rule sends to a committee that is not known, and
    what lies in no area of ours, whatever the rules say: an operator looks where it belongs.
    """
    known = KNOWN.current()
    if area_id is None:
        return _nowhere(known, category_id)
    found = known.rules.matches(_matter(category_id, area_id, text, answers))
    return _decide(known, found, category_id, area_id)


def try_out(
    *,
    category: str | None,
    area: str | None,
    location: tuple[float, float] | None,
    text: str,
    answers: Mapping[str, Any],
    draft: Mapping[str, Any] | None = None,
    instead_of: int | None = None,
) -> Trial:
    """Route a sample without filing it; ``draft`` is a rule not saved yet, tried with the rest, or
    in the place of the rule with the number ``instead_of``.

    Raises ``CodeUnknown``, ``PointOutside``, and what ``drafted`` refuses.
    """
    known = KNOWN.current()
    category_id = named(categories.active, category, field="category").id if category else None
    area_id = _area_id(area, location)
    tried = DRAFT_ID if instead_of is None else instead_of
    rules = known.rules
    if draft is not None:
        others = (rule for rule in rules.rules if rule.id != tried)
        rules = RuleBook((*others, _rule(drafted(draft), tried)))
    found = rules.matches(_matter(category_id, area_id, text, answers))
    outside = location is not None and area_id is None
    decision = (
        _nowhere(known, category_id) if outside else _decide(known, found, category_id, area_id)
    )
    runners_up = [_runner_up(known, match) for match in found[:SHOWN_MATCHES]]
    places = (place for place, match in enumerate(found) if match.rule.id == tried)
    return Trial(
        decision,
        known.agencies[decision.agency_id],
        runners_up,
        next(places, None) if draft is not None else None,
    )


def describe(reason: Mapping[str, Any], language: str) -> str:
    """Why this agency, in words."""
    if reason["why"] != "rule":
        return words.say(f"routed_{reason['why']}", language)
    conditions = [_said(name, value, language) for name, value in reason["because"].items()]
    because = "; ".join(conditions) or words.say("routed_by_nothing", language)
    if reason["rule"] is None:
        return words.say("routed_draft", language, because=because)
    return words.say("routed_rule", language, rule=reason["rule"], because=because)


def _said(name: str, value: str, language: str) -> str:
    names: Mapping[str, str] | None = None
    if name == "category":
        category = categories.book().by_code(value)
        names = category.names if category else None
    elif name == "area":
        place = areas.present().places.get(value)
        names = place.names if place else None
    shown = words.named(names, language) if names else value
    return words.say(f"routed_by_{name}", language, value=shown)


def _area_id(area: str | None, location: tuple[float, float] | None) -> int | None:
    """As filing does it: a point outside all areas, though kept, has none."""
    if location is not None:
        located = areas.locate(*location)
        return located.area.id if located.area and located.kind != "outside" else None
    return named(areas.place, area, field="area").id if area else None


def _nowhere(known: Known, category_id: int | None) -> Decision:
    why = "no_category" if category_id is None else "no_place"
    return Decision(known.centre_id, to_centre=True, reason={"why": why})


def _decide(
    known: Known, found: Sequence[Match], category_id: int | None, area_id: int | None
) -> Decision:
    if not found:
        why = "no_category" if category_id is None else "no_place" if area_id is None else "no_rule"
        return Decision(known.centre_id, to_centre=True, reason={"why": why})
    rule = found[0].rule
    target = _committee_of(area_id) if rule.to_committee else rule.agency
    agency = known.agencies.get(target) if target else None
    reason = _reason(found[0])
    if agency is None or not agency.serves(clock.now()):
        why = "no_committee" if agency is None else "agency_ended"
        reason, agency = {**reason, "why": why}, known.agencies[known.centre_id]
    return Decision(
        agency_id=agency.id,
        to_centre=agency.id == known.centre_id,
        reason=reason,
        rule_id=reason["rule"],
        priority=rule.priority,
    )


def _reason(match: Match) -> dict[str, Any]:
    """The facts of a match: codes, and the rule's own word and answer."""
    rule = match.rule
    category = categories.book().by_id(rule.category) if rule.category else None
    values = {
        "word": rule.word,
        "answer": f"{rule.question}: {rule.answer}",
        "category": category.code if category else None,
        "area": rule.area,
    }
    number = None if rule.id == DRAFT_ID else rule.id
    because = {name: values[name] for name in match.because}
    return {"why": "rule", "rule": number, "because": because}


def _runner_up(known: Known, match: Match) -> RunnerUp:
    reason = _reason(match)
    rule = match.rule
    agency = known.agencies.get(rule.agency) if rule.agency else None
    return RunnerUp(reason["rule"], agency, rule.to_committee, rule.priority, reason)


def _matter(
    category_id: int | None, area_id: int | None, text: str, answers: Mapping[str, Any]
) -> Matter:
    category = categories.book().by_id(category_id) if category_id else None
    path = areas.path_of_id(area_id) if area_id else ()
    return Matter(
        categories=category.path if category else (),
        areas=tuple(place.code for place in path),
        text=text,
        answers=answers,
        at=clock.now(),
    )


def _committee_of(area_id: int | None) -> int | None:
    """The people's committee of the smallest area that has one."""
    path = areas.path_of_id(area_id) if area_id else ()
    return next((place.committee_id for place in path if place.committee_id), None)


def _load() -> Known:
    rows = db.session.scalars(select(RoutingRule)).unique().all()
    columns = (Agency.id, Agency.code, Agency.names, Agency.ended_at)
    known = [AgencyFacts(*row) for row in db.session.execute(select(*columns))]
    return Known(
        rules=RuleBook(_rule(row, row.id) for row in rows),
        agencies={agency.id: agency for agency in known},
        centre_id=agencies.centre().id,
    )


def _rule(row: RoutingRule, rule_id: int) -> Rule:
    return Rule(
        id=rule_id,
        category=row.category.id if row.category else None,
        area=row.area.code if row.area else None,
        word=row.word,
        question=row.question,
        answer=row.answer,
        agency=row.agency.id if row.agency else None,
        to_committee=row.to_committee,
        priority=row.priority,
        position=row.position,
        ended_at=row.ended_at,
    )


KNOWN = Snapshot(REFERENCE, categories.REFERENCE, areas.REFERENCE, agencies.REFERENCE, load=_load)
