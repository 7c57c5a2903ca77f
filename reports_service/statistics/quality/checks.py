"""Each check as two conditions on an assignment and its report: the nightly counts and the lists
behind them use the same ones.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    and_,
    case,
    exists,
    false,
    func,
    not_,
    or_,
    select,
    type_coerce,
)
from sqlalchemy.dialects.postgresql import JSONB

from reports_service.attachments.models import Attachment, Role, State
from reports_service.categories import service as categories
from reports_service.core.db import db
from reports_service.domain.outcomes import Outcome, ResolutionKind
from reports_service.domain.quality import FIXED_TOO_SOON_S, NEED_NOT_BE_COMPLETE, SILENT_AFTER
from reports_service.domain.roles import Party
from reports_service.reports.models import Assignment, Event, Report, ReportPhoto

Condition = ColumnElement[bool]
STAFF = (Party.OFFICER, Party.HEAD, Party.OPERATOR, Party.ADMIN)
LENGTHS = (
    Assignment.acknowledge_working_s,
    Assignment.acknowledge_elapsed_s,
    Assignment.resolve_working_s,
    Assignment.resolve_elapsed_s,
)


@dataclass(frozen=True, slots=True)
class Counted:
    """Which assignments fail a check, of those that it concerns."""

    fails: Condition
    concerns: Condition

    @property
    def found(self) -> Condition:
        """Concerned, and failing."""
        return and_(self.concerns, self.fails)


def of_opened(as_of: datetime) -> dict[str, Counted]:
    """The checks of assignments that were opened on some day; ``as_of``: when they are counted."""
    return {**_right(), **_complete(), **_results(), **_clean(as_of)}


def held(opened_before: datetime) -> Condition:
    """Open, and handed over before that moment.

    Nearly all assignments ever were: said as an expression, the moment does not tempt SQLite to
    walk them by their index instead of the few that are open by theirs.
    """
    opened_at = func.coalesce(Assignment.opened_at, opened_before)
    return and_(Assignment.outcome.is_(None), opened_at < opened_before)


def awaited(opened_before: datetime) -> Condition:
    """Open, and not waiting for the reporter's reply: somebody should be doing something."""
    paused = case((Assignment.own_resolve_by.is_(None), 1), else_=0)  # as in ``held``: no index
    return and_(held(opened_before), paused == 0)


def last_act(as_of: datetime) -> ColumnElement[datetime]:
    """When staff last did something about an open assignment; its opening, if nothing yet."""
    acts = (
        select(func.max(Event.at))
        .where(
            Event.report_id == Assignment.report_id,
            Event.by.in_(STAFF),
            Event.at >= Assignment.opened_at,
            Event.at <= as_of,
        )
        .scalar_subquery()
    )
    return func.coalesce(acts, Assignment.acknowledged_at, Assignment.opened_at)


def silent(as_of: datetime) -> Condition:
    """Nothing was done for too long."""
    return last_act(as_of) < as_of - SILENT_AFTER


def _any_assignment() -> Condition:
    return Assignment.opened_at.is_not(None)


def _right() -> dict[str, Counted]:
    passed_on = Assignment.outcome.in_((Outcome.HANDED_BACK, Outcome.TRANSFERRED))
    return {
        "wrong_unit": Counted(passed_on, Assignment.triage.is_(False)),
        "wrong_matter": Counted(Assignment.outcome == Outcome.RECLASSIFIED, _any_assignment()),
    }


def _complete() -> dict[str, Counted]:
    sorted_out = Report.status.not_in(NEED_NOT_BE_COMPLETE)
    required = _required_questions()
    asked = and_(sorted_out, Report.category_id.in_(required))
    lacking = [
        and_(Report.category_id == category, not_(and_(*map(_answered, codes))))
        for category, codes in required.items()
    ]
    return {
        "category_missing": Counted(Report.category_id.is_(None), sorted_out),
        "area_missing": Counted(Report.area_id.is_(None), sorted_out),
        "place_not_inside": Counted(Report.place_fit != "inside", sorted_out),
        "answers_missing": Counted(or_(false(), *lacking), asked),
    }


def _results() -> dict[str, Counted]:
    resolved = Assignment.outcome == Outcome.RESOLVED
    needs_photo = [one.id for one in categories.book() if one.after_photo]
    fixed = Assignment.resolution_kind == ResolutionKind.FIXED
    # The date of a plan stands with the report as long as the result does.
    undated = and_(
        Assignment.resolution_kind == ResolutionKind.PLANNED,
        Assignment.reopened_at.is_(None),
        Report.planned_for.is_(None),
    )
    return {
        "after_photo_missing": Counted(
            not_(_after_photo()), and_(fixed, Report.category_id.in_(needs_photo))
        ),
        "result_incomplete": Counted(or_(Assignment.resolution_kind.is_(None), undated), resolved),
        # The digest of words outlives their erasure.
        "note_missing": Counted(
            not_(_event_of_result(Event.text_digest.is_not(None))),
            and_(resolved, _event_of_result()),
        ),
    }


def _clean(as_of: datetime) -> dict[str, Counted]:
    done = (Assignment.acknowledged_at, Assignment.resolved_at, Assignment.ended_at)
    deadlines = (Assignment.acknowledge_by, Assignment.resolve_by, Assignment.own_resolve_by)
    too_soon = and_(
        Assignment.resolve_elapsed_s >= 0, Assignment.resolve_elapsed_s < FIXED_TOO_SOON_S
    )
    every = _any_assignment()
    return {
        "merged_late": Counted(
            Assignment.ended_at > Assignment.acknowledge_by, Assignment.outcome == Outcome.MERGED
        ),
        "ended_before_opened": Counted(_any_of(at < Assignment.opened_at for at in done), every),
        "acknowledged_after_result": Counted(
            Assignment.acknowledged_at > Assignment.resolved_at,
            and_(Assignment.acknowledged_at.is_not(None), Assignment.resolved_at.is_not(None)),
        ),
        "in_the_future": Counted(_any_of(at > as_of for at in done), every),
        "deadline_before_opened": Counted(
            _any_of(by < Assignment.opened_at for by in deadlines), every
        ),
        "negative_length": Counted(_any_of(length < 0 for length in LENGTHS), every),
        "fixed_too_soon": Counted(too_soon, Assignment.resolution_kind == ResolutionKind.FIXED),
    }


def _any_of(conditions: Any) -> Condition:
    return or_(*conditions)


def _required_questions() -> Mapping[int, list[str]]:
    """Category id -> codes of the questions that must be answered, as they are asked today."""
    asked = {
        category.id: [one["code"] for one in category.questions if one.get("required")]
        for category in categories.book()
    }
    return {category: codes for category, codes in asked.items() if codes}


def _answered(code: str) -> Condition:
    """Whether a report's answers hold one to the question with this code."""
    if db.engine.dialect.name == "postgresql":
        return type_coerce(Report.answers, JSONB).contains([{"code": code}])
    answer = func.json_each(Report.answers).table_valued("value")
    return exists(select(1).where(func.json_extract(answer.c.value, "$.code") == code))


def _after_photo() -> Condition:
    """Whether a picture of the work was sent with this assignment's result, and not refused."""
    return exists(
        select(1)
        .select_from(ReportPhoto)
        .join(Attachment, Attachment.id == ReportPhoto.attachment_id)
        .where(
            ReportPhoto.report_id == Assignment.report_id,
            ReportPhoto.role == Role.AFTER,
            Attachment.state != State.REJECTED,
            Attachment.created_at >= Assignment.opened_at,
            or_(
                Assignment.reopened_at.is_(None),
                Attachment.created_at <= Assignment.reopened_at,
            ),
        )
    )


def _event_of_result(*more: Condition) -> Condition:
    return exists(
        select(1).where(
            Event.report_id == Assignment.report_id,
            Event.kind == "resolved",
            Event.at == Assignment.resolved_at,
            *more,
        )
    )
