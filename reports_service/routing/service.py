"""Deciding who answers, with the reason kept; the rules, changed and tried."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, or_, select

from reports_service.agencies import service as agencies
from reports_service.agencies.models import Agency, AgencyKind
from reports_service.areas import service as areas
from reports_service.categories import service as categories
from reports_service.core import audit, clock, reference, words
from reports_service.core.auth import Actor
from reports_service.core.db import db
from reports_service.core.reference import Snapshot
from reports_service.domain.errors import Invalid, NotFound
from reports_service.domain.routing import Match, Matter, Rule, fold_word, matches
from reports_service.routing.models import RoutingRule

REFERENCE = "routing"
SHOWN_MATCHES = 5


class RuleUnknown(NotFound):
    """No routing rule has this number."""

    code = "rule_unknown"


class TargetNeeded(Invalid):
    """A rule names an agency, or the committee of the place, and not both."""

    code = "rule_target_needed"


class AnswerConditionHalf(Invalid):
    """A condition on an extra answer names the question and the answer."""

    code = "rule_answer_half"


@dataclass(frozen=True)
class Decision:
    """Which agency answers. ``reason`` holds facts for the history, and ``describe`` says them."""

    agency_id: int
    to_centre: bool
    reason: dict[str, Any]
    rule_id: int | None = None
    priority: str | None = None


@dataclass(frozen=True)
class Rules:
    """What deciding needs, in memory."""

    rules: tuple[Rule, ...]
    centre_id: int
    serving: frozenset[int]


@dataclass(frozen=True)
class Trial:
    """A matter tried on the rules: the decision, and the rules that hold, best first."""

    decision: Decision
    agency: Agency
    matches: Sequence[Match]


def decide(
    *,
    category_id: int | None,
    area_id: int | None,
    text: str,
    answers: Mapping[str, Any],
) -> Decision:
    """Find the agency in memory: no statement is sent while the snapshots are warm.

    The centre holds what no rule fits, and what a rule sends to a committee that is not known.
    """
    known = RULES.current()
    matter = _matter(category_id, area_id, text, answers)
    return _decide(known, matches(known.rules, matter), category_id, area_id)


def try_out(
    *,
    category: str | None,
    area: str | None,
    location: tuple[float, float] | None,
    text: str,
    answers: Mapping[str, Any],
    draft: Mapping[str, Any] | None = None,
) -> Trial:
    """Route a sample without filing it; ``draft``: a rule not saved yet, tried with the others."""
    known = RULES.current()
    category_id = categories.active(category).id if category else None
    place = areas.locate(*location).area if location else areas.place(area) if area else None
    area_id = place.id if place else None
    rules = known.rules if draft is None else (*known.rules, _rule(_row(draft, draft_id=0)))
    found = matches(rules, _matter(category_id, area_id, text, answers))
    decision = _decide(known, found, category_id, area_id)
    return Trial(decision, db.session.get_one(Agency, decision.agency_id), found[:SHOWN_MATCHES])


def describe(reason: Mapping[str, Any], language: str) -> str:
    """Why this agency, in words."""
    if reason["why"] != "rule":
        return words.say(f"routed_{reason['why']}", language)
    conditions = [words.say(f"routed_by_{name}", language) for name in reason["because"]]
    because = ", ".join(conditions) or words.say("routed_by_nothing", language)
    return words.say("routed_rule", language, rule=reason["rule"], because=because)


def listing() -> Select[RoutingRule]:
    """All rules that have not ended."""
    return select(RoutingRule).where(
        or_(RoutingRule.ended_at.is_(None), RoutingRule.ended_at > clock.now())
    )


def by_id(rule_id: int) -> RoutingRule:
    """The rule with this number, ended or not. Raises ``RuleUnknown``."""
    rule = db.session.get(RoutingRule, rule_id)
    if rule is None:
        raise RuleUnknown(rule=rule_id)
    return rule


def add(actor: Actor, values: Mapping[str, Any]) -> RoutingRule:
    """A new rule; category, area and agency by code.

    Raises ``TargetNeeded``, ``AnswerConditionHalf``, and for codes that are unknown.
    """
    rule = _row(values)
    rule.created_at = clock.now()
    db.session.add(rule)
    db.session.flush()
    audit.record(actor, "added", "routing_rule", str(rule.id), **values)
    reference.changed(REFERENCE)
    return rule


def change(actor: Actor, rule_id: int, values: Mapping[str, Any]) -> RoutingRule:
    """Other conditions or another target, for reports to come."""
    rule = by_id(rule_id)
    before = _plain(rule)
    for name, value in _columns(values).items():
        setattr(rule, name, value)
    _check(rule)
    audit.record(actor, "changed", "routing_rule", str(rule_id), before=before, after=dict(values))
    db.session.flush()
    reference.changed(REFERENCE)
    return rule


def end(actor: Actor, rule_id: int, at: datetime | None = None) -> RoutingRule:
    """End a rule: it routes nothing new."""
    rule = by_id(rule_id)
    rule.ended_at = at or clock.now()
    audit.record(actor, "ended", "routing_rule", str(rule_id), at=rule.ended_at.isoformat())
    db.session.flush()
    reference.changed(REFERENCE)
    return rule


def _decide(
    known: Rules, found: Sequence[Match], category_id: int | None, area_id: int | None
) -> Decision:
    if not found:
        why = "no_category" if category_id is None else "no_place" if area_id is None else "no_rule"
        return _to_centre(known, why)
    best = found[0]
    target = _committee_of(area_id) if best.rule.to_committee else best.rule.agency
    if target is None:
        return _to_centre(known, "no_committee", best)
    if target not in known.serving:
        return _to_centre(known, "agency_ended", best)
    return Decision(
        agency_id=target,
        to_centre=target == known.centre_id,
        reason={"why": "rule", "rule": best.rule.id, "because": list(best.because)},
        rule_id=best.rule.id,
        priority=best.rule.priority,
    )


def _to_centre(known: Rules, why: str, match: Match | None = None) -> Decision:
    reason: dict[str, Any] = {"why": why}
    if match is not None:
        reason["rule"] = match.rule.id
    priority = match.rule.priority if match else None
    return Decision(known.centre_id, to_centre=True, reason=reason, priority=priority)


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
    )


def _committee_of(area_id: int | None) -> int | None:
    """The people's committee of the smallest area that has one."""
    path = areas.path_of_id(area_id) if area_id else ()
    return next((place.committee_id for place in path if place.committee_id), None)


def _row(values: Mapping[str, Any], draft_id: int | None = None) -> RoutingRule:
    rule = RoutingRule(id=draft_id, to_committee=False, position=0, notes={})
    for name, value in _columns(values).items():
        setattr(rule, name, value)
    _check(rule)
    return rule


def _columns(values: Mapping[str, Any]) -> dict[str, Any]:
    columns = dict(values)
    if "category" in values:
        columns["category"] = categories.by_code(values["category"]) if values["category"] else None
    if "area" in values:
        columns["area"] = areas.by_code(values["area"]) if values["area"] else None
    if "agency" in values:
        columns["agency"] = agencies.active(values["agency"]) if values["agency"] else None
    return columns


def _check(rule: RoutingRule) -> None:
    if (rule.agency is not None) == bool(rule.to_committee):
        raise TargetNeeded(field="agency")
    if (rule.question is None) != (rule.answer is None):
        raise AnswerConditionHalf(field="answer")


def _plain(rule: RoutingRule) -> dict[str, Any]:
    return {
        "category": rule.category.code if rule.category else None,
        "area": rule.area.code if rule.area else None,
        "agency": rule.agency.code if rule.agency else None,
        **{
            name: getattr(rule, name)
            for name in ("word", "question", "answer", "to_committee", "priority", "position")
        },
    }


def _load() -> Rules:
    now = clock.now()
    rows = db.session.scalars(listing()).unique().all()
    serving = db.session.scalars(
        select(Agency.id).where(or_(Agency.ended_at.is_(None), Agency.ended_at > now))
    )
    centre_id = db.session.scalars(select(Agency.id).where(Agency.kind == AgencyKind.CENTRE)).one()
    return Rules(tuple(_rule(row) for row in rows), centre_id, frozenset(serving))


def _rule(row: RoutingRule) -> Rule:
    return Rule(
        id=row.id,
        category=row.category.id if row.category else None,
        area=row.area.code if row.area else None,
        word=fold_word(row.word) if row.word else None,
        question=row.question,
        answer=row.answer,
        agency=row.agency.id if row.agency else None,
        to_committee=row.to_committee,
        priority=row.priority,
        position=row.position,
    )


RULES = Snapshot(REFERENCE, categories.REFERENCE, areas.REFERENCE, agencies.REFERENCE, load=_load)
