"""Results: what an agency or the centre says was done about a report, with its proof."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from reports_service.attachments.intake import TakenIn
from reports_service.categories import service as categories
from reports_service.core.db import db
from reports_service.domain.errors import Invalid
from reports_service.domain.lifecycle import Action
from reports_service.domain.outcomes import ResolutionKind
from reports_service.reports import holding
from reports_service.reports.models import Event
from reports_service.reports.pictures import attach
from reports_service.reports.service import Turn
from reports_service.sla import service as sla


class AfterPhotoNeeded(Invalid):
    """This category takes "fixed" only with a picture of the work done."""

    code = "after_photo_needed"


class PlannedDateNeeded(Invalid):
    """A plan has a date, and the date lies ahead."""

    code = "planned_date_needed"


@dataclass(frozen=True)
class Resolution:
    """A result: its kind, what was done in words, a date when planned, pictures of the work."""

    kind: str
    note: str
    planned_for: date | None = None
    pictures: Sequence[TakenIn] = ()


def resolve(turn: Turn, result: Resolution) -> Event:
    """Give a result. Raises ``AfterPhotoNeeded``, ``PlannedDateNeeded``."""
    turn.check(Action.RESOLVE)
    _require_proof(turn, result)
    report, assignment = turn.report, turn.assignment
    policy = holding.policy_of(assignment)
    turn.move(Action.RESOLVE)
    holding.resolve(assignment, result.kind, turn.at)
    report.resolved_at, report.resolution_kind = turn.at, result.kind
    report.planned_for = result.planned_for
    report.closes_at = turn.at + timedelta(days=policy.silence_days)
    report.reopens_until = report.closes_at + timedelta(days=policy.reopen_days)
    for picture in result.pictures:
        attach(
            report,
            picture,
            role="after",
            position=len(report.photos),
            event_seq=report.event_seq + 1,
        )
    db.session.flush()
    return turn.record(
        "resolved",
        {
            **turn.which,
            "kind": result.kind,
            "planned_for": result.planned_for.isoformat() if result.planned_for else None,
            "pictures": len(result.pictures),
            "closes_at": report.closes_at.isoformat(),
            "ended": holding.ended(assignment),
        },
        {"note": result.note},
    )


def _require_proof(turn: Turn, result: Resolution) -> None:
    category = categories.book().by_id(turn.report.category_id) if turn.report.category_id else None
    good = [picture for picture in result.pictures if picture.refusal is None]
    if result.kind == ResolutionKind.FIXED and category and category.after_photo and not good:
        raise AfterPhotoNeeded(field="photos")
    if result.kind == ResolutionKind.PLANNED and (
        result.planned_for is None or result.planned_for < turn.at.astimezone(sla.zone()).date()
    ):
        raise PlannedDateNeeded(field="planned_for")
