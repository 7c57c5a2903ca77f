"""What stands beside a report: earlier ones of the same matter, open ones nearby, duplicates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, select

from reports_service.core.auth import Actor
from reports_service.core.db import db
from reports_service.domain.roles import Permission
from reports_service.reports import nearby
from reports_service.reports.lookup import shown_in_lists
from reports_service.reports.models import Report
from reports_service.reports.nearby import Near

EARLIER_MAX = 20


@dataclass(frozen=True)
class Relatives:
    """``earlier``: latest first. ``near``: nearest first. ``duplicates``: merged into this one."""

    earlier: Sequence[Report]
    near: Sequence[Near]
    duplicates: Sequence[Report]


def relatives(report: Report, actor: Actor) -> Relatives:
    """All of them, in a number of statements that grows with none."""
    return Relatives(_earlier(report, actor), _near(report), _duplicates(report, actor))


def _earlier(report: Report, actor: Actor) -> Sequence[Report]:
    """The chain of recurrences behind this one."""
    if report.recurrence_of_id is None:
        return []
    chain = (
        select(Report.id, Report.recurrence_of_id)
        .where(Report.id == report.recurrence_of_id)
        .cte("earlier", recursive=True)
    )
    before = select(Report.id, Report.recurrence_of_id).where(Report.id == chain.c.recurrence_of_id)
    return _seen(select(chain.union(before).c.id), actor)


def _near(report: Report) -> Sequence[Near]:
    if report.category is None or report.lat is None or report.lon is None:
        return []
    found = nearby.open_near(report.lat, report.lon, report.category.code, None)
    return [near for near in found if near.report.id != report.id]


def _duplicates(report: Report, actor: Actor) -> Sequence[Report]:
    return _seen(select(Report.id).where(Report.master_id == report.id), actor)


def _seen(ids: Select[Any], actor: Actor) -> Sequence[Report]:
    query = select(Report).where(Report.id.in_(ids)).options(*shown_in_lists())
    if not actor.may(Permission.SEE_RESTRICTED):
        query = query.where(Report.restricted.is_(False))
    return db.session.scalars(query.order_by(Report.id.desc()).limit(EARLIER_MAX)).all()
