"""Rules as administrators keep them: found, added, changed, ended."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Select, or_, select

from reports_service.agencies import service as agencies
from reports_service.areas import service as areas
from reports_service.areas.models import Area
from reports_service.categories import service as categories
from reports_service.core import audit, clock, endings, reference
from reports_service.core.auth import Actor
from reports_service.core.codes import named
from reports_service.core.db import db
from reports_service.domain.errors import Invalid, NotFound
from reports_service.domain.routing import fold_word
from reports_service.routing.models import RoutingRule

REFERENCE = "routing"
LARGEST_ID = 2**63 - 1  # a larger number is no key of any database
CONDITIONS = ("category_id", "word", "question", "answer")
PLAIN = ("word", "question", "answer", "to_committee", "priority", "position", "notes")


class RuleUnknown(NotFound):
    """No routing rule has this number."""

    code = "rule_unknown"


class TargetNeeded(Invalid):
    """A rule names an agency, or the committee of the place, and not both."""

    code = "rule_target_needed"


class AnswerConditionHalf(Invalid):
    """A condition on an extra answer names the question and the answer."""

    code = "rule_answer_half"


class WordWithoutLetters(Invalid):
    """Marks alone are never found in a text."""

    code = "rule_word_empty"


def listing(
    category: str | None = None, area: str | None = None, agency: str | None = None
) -> Select[RoutingRule]:
    """The rules that have not ended: all, or those that name a category, an area, an agency.

    Codes. Raises ``CategoryUnknown``, ``AreaUnknown``, ``AgencyUnknown``.
    """
    ended_at = RoutingRule.ended_at
    query = select(RoutingRule).where(or_(ended_at.is_(None), ended_at > clock.now()))
    if category:
        query = query.where(RoutingRule.category_id == categories.by_code(category).id)
    if area:
        versions = select(Area.id).where(Area.code == areas.by_code(area).code)
        query = query.where(RoutingRule.area_id.in_(versions))
    if agency:
        query = query.where(RoutingRule.agency_id == agencies.by_code(agency).id)
    return query


def by_id(rule_id: int) -> RoutingRule:
    """The rule with this number, ended or not. Raises ``RuleUnknown``."""
    rule = db.session.get(RoutingRule, rule_id) if rule_id <= LARGEST_ID else None
    if rule is None:
        raise RuleUnknown(rule=rule_id)
    return rule


def drafted(values: Mapping[str, Any]) -> RoutingRule:
    """A rule that is not saved; category, area and agency by code.

    Raises ``TargetNeeded``, ``AnswerConditionHalf``, ``WordWithoutLetters``, ``CodeUnknown``.
    """
    plain = {"to_committee": False, "position": 0, "notes": {}}
    rule = RoutingRule(**{**plain, **_columns(values)})
    _check(rule)
    return rule


def add(actor: Actor, values: Mapping[str, Any]) -> RoutingRule:
    """A new rule. Raises as ``drafted`` does."""
    rule = drafted(values)
    rule.created_at = clock.now()
    db.session.add(rule)
    db.session.flush()
    audit.record(actor, "added", "routing_rule", str(rule.id), **values)
    reference.changed(REFERENCE)
    return rule


def change(actor: Actor, rule_id: int, values: Mapping[str, Any]) -> RoutingRule:
    """Other conditions or another target, for reports to come. Raises as ``drafted`` does."""
    rule = by_id(rule_id)
    before = {name: _plain(rule, name) for name in values}
    for name, value in _columns(values).items():
        setattr(rule, name, value)
    _check(rule)
    audit.record(actor, "changed", "routing_rule", str(rule_id), before=before, after=dict(values))
    _changed()
    return rule


def end(actor: Actor, rule_id: int, at: datetime | None = None) -> RoutingRule:
    """End a rule: it routes nothing new."""
    rule = by_id(rule_id)
    rule.ended_at = at or clock.now()
    audit.record(actor, "ended", "routing_rule", str(rule_id), at=rule.ended_at.isoformat())
    _changed()
    return rule


def bring_back(actor: Actor, rule_id: int) -> RoutingRule:
    """Take an end back: the rule routes again.

    Raises ``RuleUnknown``, ``HasNotEnded``, ``NeededHasEnded`` for what it names, and ``Replaced``
    where a rule for the same was added since: the older one would silently win again.
    """
    rule = by_id(rule_id)
    ended_at = endings.take_back(actor, "routing_rule", rule, rule_id)
    endings.require(rule_id, category=rule.category, agency=rule.agency)
    if rule.area is not None and not areas.is_present(rule.area.code):
        raise endings.NeededHasEnded(key=rule_id, what="needed_area", needed=rule.area.code)
    other = _successor(rule, ended_at)
    if other is not None:
        raise endings.Replaced(key=rule_id, other=other.id)
    _changed()
    return rule


def _successor(rule: RoutingRule, since: datetime) -> RoutingRule | None:
    """A rule with the same conditions that was added after this one had ended, and goes on."""
    same = [getattr(RoutingRule, name) == getattr(rule, name) for name in CONDITIONS]
    if rule.area is not None:
        place = RoutingRule.area_id.in_(select(Area.id).where(Area.code == rule.area.code))
    else:
        place = RoutingRule.area_id.is_(None)
    later = RoutingRule.created_at >= since
    found = listing().where(*same, place, later, RoutingRule.id != rule.id).limit(1)
    return db.session.scalars(found).unique().first()


def _columns(values: Mapping[str, Any]) -> dict[str, Any]:
    """What is given as codes, as the table keeps it."""
    columns = {name: values[name] for name in PLAIN if name in values}
    for name, find in (
        ("category", categories.by_code),
        ("area", areas.by_code),
        ("agency", agencies.active),
    ):
        if name in values:
            columns[name] = named(find, values[name], field=name) if values[name] else None
    return columns


def _check(rule: RoutingRule) -> None:
    if (rule.agency is not None) == bool(rule.to_committee):
        raise TargetNeeded(field="agency")
    if (rule.question is None) != (rule.answer is None):
        raise AnswerConditionHalf(field="answer")
    if rule.word is not None and not fold_word(rule.word):
        raise WordWithoutLetters(field="word", word=rule.word)


def _plain(rule: RoutingRule, name: str) -> Any:
    value = getattr(rule, name)
    return value if name in PLAIN or value is None else value.code


def _changed() -> None:
    db.session.flush()
    reference.changed(REFERENCE)
