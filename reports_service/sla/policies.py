"""Policies: listed, added, changed, ended. Deadlines already given stay where they are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Select, or_, select

from reports_service.agencies import service as agencies
from reports_service.categories import service as categories
from reports_service.categories.models import Category
from reports_service.categories.service import CategoryUnknown
from reports_service.core import audit, clock, endings, reference
from reports_service.core.auth import Actor
from reports_service.core.codes import named
from reports_service.core.db import db
from reports_service.domain.errors import Conflict, NotFound
from reports_service.domain.targets import Target
from reports_service.sla import ladders
from reports_service.sla.facts import TARGETS
from reports_service.sla.models import Policy
from reports_service.sla.service import POLICIES

CONDITIONS = ("category", "agency", "ladder")
FITS = ("category_id", "agency_id", "priority", "triage")


class PolicyUnknown(NotFound):
    """No policy has this code."""

    code = "policy_unknown"


class PolicyExists(Conflict):
    """The code is taken, perhaps by a policy that has ended."""

    code = "policy_exists"


class DefaultPolicyNeeded(Conflict):
    """The only policy that serves whatever no other serves must stay."""

    code = "default_policy_needed"


def listing() -> Select[Policy]:
    """All policies that have not ended."""
    return select(Policy).where(or_(Policy.ended_at.is_(None), Policy.ended_at > clock.now()))


def by_code(code: str) -> Policy:
    """The policy with this code, ended or not. Raises ``PolicyUnknown``."""
    policy = db.session.scalars(select(Policy).where(Policy.code == code)).unique().first()
    if policy is None:
        raise PolicyUnknown(policy=code)
    return policy


def add(actor: Actor, values: Mapping[str, Any]) -> Policy:
    """A new policy; ``values`` as the admin API takes them, with category, agency, ladder by code.

    Raises ``PolicyExists``, ``TargetRefused``, ``CodeUnknown``.
    """
    if db.session.scalar(select(Policy.id).where(Policy.code == values["code"])):
        raise PolicyExists(policy=values["code"])
    policy = Policy(created_at=clock.now(), **_columns(values))
    db.session.add(policy)
    audit.record(actor, "added", "sla_policy", policy.code, **values)
    _changed()
    return policy


def change(actor: Actor, code: str, values: Mapping[str, Any]) -> Policy:
    """Other conditions, targets or limits, for assignments to come. Raises as ``add`` does, and

    ``DefaultPolicyNeeded`` where a condition would leave some reports without any policy.
    """
    policy = by_code(code)
    serves_rest = _serves_rest(policy)
    columns = _columns(values)
    before = {name: _plain(policy, name) for name in values}
    for name, value in columns.items():
        setattr(policy, name, value)
    db.session.flush()
    if serves_rest is not None and _serves_rest(policy) != serves_rest:
        _require_other_default(policy, triage=serves_rest)
    audit.record(actor, "changed", "sla_policy", code, before=before, after=dict(values))
    _changed()
    return policy


def end(actor: Actor, code: str, at: datetime | None = None) -> Policy:
    """End a policy: it times nothing new. Raises ``DefaultPolicyNeeded`` for the last default."""
    policy = by_code(code)
    if _serves_rest(policy) is not None:
        _require_other_default(policy, triage=policy.triage)
    policy.ended_at = at or clock.now()
    audit.record(actor, "ended", "sla_policy", code, at=policy.ended_at.isoformat())
    _changed()
    return policy


def bring_back(actor: Actor, code: str) -> Policy:
    """Take an end back: the policy times what comes from now on.

    Raises ``PolicyUnknown``, ``HasNotEnded``, ``NeededHasEnded`` for what it names, and
    ``Replaced`` where one for the same was added since.
    """
    policy = by_code(code)
    ended_at = endings.take_back(actor, "sla_policy", policy, code)
    endings.require(code, category=policy.category, agency=policy.agency, ladder=policy.ladder)
    same = [getattr(Policy, name) == getattr(policy, name) for name in FITS]
    later = listing().where(*same, Policy.created_at >= ended_at, Policy.id != policy.id)
    other = db.session.scalars(later.limit(1)).unique().first()
    if other is not None:
        raise endings.Replaced(key=code, other=other.code)
    _changed()
    return policy


def _columns(values: Mapping[str, Any]) -> dict[str, Any]:
    """What is given as codes and targets, as the table keeps it."""
    columns = {name: value for name, value in values.items() if name not in CONDITIONS}
    for name in TARGETS:
        if name in columns:
            columns[name] = Target.parse(columns[name]).serialise()
    if "category" in values:
        columns["category"] = _found(_category, values, "category")
    if "agency" in values:
        columns["agency"] = _found(agencies.active, values, "agency")
    if "ladder" in values:
        columns["ladder"] = _found(ladders.active, values, "ladder")
    return columns


def _found(find: Callable[[str], Any], values: Mapping[str, Any], name: str) -> Any:
    return named(find, values[name], field=name) if values[name] else None


def _category(code: str) -> Category:
    category = categories.by_code(code)
    if category.ended_at is not None and category.ended_at <= clock.now():
        raise CategoryUnknown(field="category", category=code)
    return category


def _plain(policy: Policy, name: str) -> Any:
    value = getattr(policy, name)
    return value.code if name in CONDITIONS and value is not None else value


def _serves_rest(policy: Policy) -> bool | None:
    """For a default policy whether it is one for triage; None for every other."""
    named = (policy.category, policy.agency, policy.priority)
    default = policy.ended_at is None and all(condition is None for condition in named)
    return policy.triage if default else None


def _require_other_default(policy: Policy, *, triage: bool) -> None:
    other = select(Policy.id).where(
        Policy.id != policy.id,
        Policy.triage == triage,
        Policy.category_id.is_(None),
        Policy.agency_id.is_(None),
        Policy.priority.is_(None),
        Policy.ended_at.is_(None),
    )
    if db.session.scalar(other.limit(1)) is None:
        raise DefaultPolicyNeeded(policy=policy.code)


def _changed() -> None:
    db.session.flush()
    reference.changed(POLICIES)
