"""Escalation ladders: listed, added, changed, ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, or_, select

from reports_service.core import audit, clock, endings, reference
from reports_service.core.auth import Actor
from reports_service.core.db import db
from reports_service.domain.errors import Conflict, NotFound
from reports_service.domain.escalation import Step, StepRefused
from reports_service.domain.targets import Target
from reports_service.sla.models import Ladder, Policy
from reports_service.sla.service import POLICIES


class LadderUnknown(NotFound):
    """No ladder has this code, or it has ended."""

    code = "ladder_unknown"


class LadderExists(Conflict):
    """The code is taken, perhaps by a ladder that has ended."""

    code = "ladder_exists"


class LadderInUse(Conflict):
    """Policies that have not ended climb it."""

    code = "ladder_in_use"


def listing() -> Select[Ladder]:
    """All ladders that have not ended."""
    return select(Ladder).where(or_(Ladder.ended_at.is_(None), Ladder.ended_at > clock.now()))


def by_code(code: str) -> Ladder:
    """The ladder with this code, ended or not. Raises ``LadderUnknown``."""
    ladder = db.session.scalar(select(Ladder).where(Ladder.code == code))
    if ladder is None:
        raise LadderUnknown(ladder=code)
    return ladder


def active(code: str) -> Ladder:
    """The ladder with this code that policies can still take. Raises ``LadderUnknown``."""
    ladder = by_code(code)
    if ladder.ended_at is not None and ladder.ended_at <= clock.now():
        raise LadderUnknown(ladder=code)
    return ladder


def add(actor: Actor, values: Mapping[str, Any]) -> Ladder:
    """A new ladder: code, names, steps. Raises ``LadderExists``, ``StepRefused``."""
    if db.session.scalar(select(Ladder.id).where(Ladder.code == values["code"])):
        raise LadderExists(ladder=values["code"])
    ladder = Ladder(
        created_at=clock.now(),
        code=values["code"],
        names=dict(values["names"]),
        steps=_kept_steps(values["steps"]),
    )
    db.session.add(ladder)
    audit.record(actor, "added", "ladder", ladder.code, steps=ladder.steps)
    _changed()
    return ladder


def change(actor: Actor, code: str, values: Mapping[str, Any]) -> Ladder:
    """New names or steps, for assignments to come. Raises ``LadderUnknown``, ``StepRefused``."""
    ladder = by_code(code)
    new = dict(values)
    if "steps" in new:
        new["steps"] = _kept_steps(new["steps"])
    before = {name: getattr(ladder, name) for name in new}
    for name, value in new.items():
        setattr(ladder, name, value)
    audit.record(actor, "changed", "ladder", code, before=before, after=new)
    _changed()
    return ladder


def end(actor: Actor, code: str, at: datetime | None = None) -> Ladder:
    """End a ladder that no policy in force climbs. Raises ``LadderInUse``."""
    ladder = by_code(code)
    moment = at or clock.now()
    users = db.session.scalars(
        select(Policy.code)
        .where(Policy.ladder_id == ladder.id)
        .where(or_(Policy.ended_at.is_(None), Policy.ended_at > moment))
        .order_by(Policy.code)
    ).all()
    if users:
        raise LadderInUse(ladder=code, policies=", ".join(users))
    ladder.ended_at = moment
    audit.record(actor, "ended", "ladder", code, at=moment.isoformat())
    _changed()
    return ladder


def bring_back(actor: Actor, code: str) -> Ladder:
    """Take an end back: policies can climb it again. Raises ``LadderUnknown``, ``HasNotEnded``."""
    ladder = by_code(code)
    endings.take_back(actor, "ladder", ladder, code)
    _changed()
    return ladder


def _kept_steps(steps: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Steps as the rules serialise them, each with its names beside."""
    return [_kept_step(step) for step in steps]


def _kept_step(step: Mapping[str, Any]) -> dict[str, Any]:
    names = dict(step["names"])
    if (step.get("at") is None) == (step.get("after") is None):
        raise StepRefused(step=names["vi"])
    when = {"at": step["at"]} if step.get("at") is not None else {"after": step["after"]}
    parsed = Step.parse({"name": names["vi"], "tell": step["tell"], **when})
    return {**parsed.serialise(), "name": _code_of(parsed), "names": names}


def _code_of(step: Step) -> str:
    """A name for programs that says what the step does: head-100, leader-after-1-working_days."""
    if isinstance(step.at, Target):
        return f"{step.tell}-after-{step.at.serialise()['amount']}-{step.at.unit}"
    return f"{step.tell}-{(Decimal(step.at) * 100).normalize():f}"


def _changed() -> None:
    db.session.flush()
    reference.changed(POLICIES)
