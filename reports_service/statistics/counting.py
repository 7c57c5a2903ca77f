"""Each count as a condition on assignments. A figure and the list behind it use the same one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, func, not_, or_, select
from sqlalchemy.orm import aliased

from reports_service.domain.lifecycle import OPEN, Status
from reports_service.domain.measures import FIRST_SIGN, Day, Treatment, treated_as
from reports_service.domain.outcomes import Outcome, ResolutionKind
from reports_service.reports.models import Assignment, Report

Condition = ColumnElement[bool]

MOMENT: Mapping[Day, Any] = {
    Day.OPENED: Assignment.opened_at,
    Day.DUE: Assignment.own_resolve_by,
    Day.DUE_WITH_EXTENSIONS: Assignment.resolve_by,
    Day.ACKNOWLEDGEMENT_DUE: Assignment.acknowledge_by,
    Day.RESOLVED: Assignment.resolved_at,
}


_any = aliased(Assignment)
# Of a report: when whoever held it first acknowledged it.
FIRST_SIGN_AT: ColumnElement[datetime | None] = (
    select(func.min(_any.acknowledged_at)).where(_any.report_id == Report.id).scalar_subquery()
)


@dataclass(frozen=True, slots=True)
class Deadline:
    """A deadline, and when what it promises was done (null: not)."""

    by: Any
    done_at: ColumnElement[datetime | None]


_result_at = case(
    (Assignment.outcome.in_(treated_as(Treatment.RESULT)),
     func.coalesce(Assignment.resolved_at, Assignment.ended_at)),
)  # fmt: skip
OWN = Deadline(Assignment.own_resolve_by, _result_at)
EXTENDED = Deadline(Assignment.resolve_by, _result_at)
ACKNOWLEDGEMENT = Deadline(
    Assignment.acknowledge_by, func.coalesce(Assignment.acknowledged_at, _result_at)
)


def in_cohort(deadline: Deadline, as_of: datetime) -> Condition:
    """Due by ``as_of``, and neither left out nor paused: ``domain.measures.kept`` in SQL."""
    ended_at = Assignment.ended_at
    late_hand_over = or_(Assignment.acknowledge_by.is_(None), ended_at > Assignment.acknowledge_by)
    return and_(
        deadline.by <= as_of,
        or_(
            deadline.done_at.is_not(None),
            Assignment.outcome.is_(None),
            and_(_treated(Treatment.OUT_BY_ACKNOWLEDGEMENT), late_hand_over),
            and_(_treated(Treatment.OUT_BY_DEADLINE), ended_at > deadline.by),
        ),
    )


def met(deadline: Deadline, as_of: datetime) -> Condition:
    """In the cohort, and done by the deadline."""
    return and_(deadline.by <= as_of, deadline.done_at <= deadline.by)


def conditions(as_of: datetime, now: datetime | None = None) -> dict[Day, dict[str, Condition]]:
    """Every count that is made of assignments, by the moment that must lie in the period.

    ``now``: when it was asked how things stand; ``as_of`` where it is not said.
    """
    still = Assignment.outcome.is_(None)
    return {
        Day.OPENED: _of_opened(still),
        Day.NOW: standing(now or as_of),
        Day.DUE: _of_due(as_of),
        Day.DUE_WITH_EXTENSIONS: {
            "due_with_extensions": in_cohort(EXTENDED, as_of),
            "met_with_extensions": met(EXTENDED, as_of),
        },
        Day.ACKNOWLEDGEMENT_DUE: {
            "acknowledgements_due": in_cohort(ACKNOWLEDGEMENT, as_of),
            "acknowledged_on_time": met(ACKNOWLEDGEMENT, as_of),
        },
        Day.RESOLVED: _of_resolved(),
    }


def standing(now: datetime) -> dict[str, Condition]:
    """How things stand: what is open at a moment."""
    still = Assignment.outcome.is_(None)
    return {
        "open": still,
        "overdue": and_(still, Assignment.resolve_by < now),
        "paused": and_(still, Assignment.resolve_by.is_(None)),  # as own_resolve_by; indexed
    }


def waits_for_first_sign() -> Condition:
    """Of a report: it is open, and nobody has acknowledged it."""
    return and_(Report.status.in_(OPEN), FIRST_SIGN_AT.is_(None))


def of_filed() -> dict[str, Condition]:
    """Every count that is made of reports, each once, on the day it was filed."""
    return {
        "received": Report.id.is_not(None),
        "duplicates": Report.status == Status.DUPLICATE,
        "recurring": Report.recurrence_of_id.is_not(None),
        # Ended without a sign: neither a short nor a long wait.
        FIRST_SIGN: or_(waits_for_first_sign(), FIRST_SIGN_AT.is_not(None)),
    }


def _of_opened(still: Condition) -> dict[str, Condition]:
    opened = Assignment.opened_at.is_not(None)
    return {
        "received": opened,
        "duplicates": Assignment.report.has(Report.status == Status.DUPLICATE),
        "recurring": Assignment.report.has(Report.recurrence_of_id.is_not(None)),
        "extended": Assignment.extensions_granted > 0,
        "transferred": Assignment.outcome == Outcome.TRANSFERRED,
        "handed_back": Assignment.outcome == Outcome.HANDED_BACK,
        "rejected": Assignment.outcome == Outcome.REJECTED,
        # Ended without the time of a result: neither short nor long.
        "hours_to_acknowledge": or_(still, Assignment.acknowledge_elapsed_s.is_not(None)),
        "hours_to_resolve": or_(still, Assignment.resolve_elapsed_s.is_not(None)),
    }


def _of_due(as_of: datetime) -> dict[str, Condition]:
    due, no_reply = in_cohort(OWN, as_of), Assignment.outcome == Outcome.NO_REPLY
    past = Assignment.own_resolve_by <= as_of
    return {
        "due": due,
        "met": met(OWN, as_of),
        "no_reply": and_(past, no_reply),
        "left_out": and_(
            past, func.coalesce(Assignment.outcome, "") != Outcome.NO_REPLY, not_(due)
        ),
    }


def _of_resolved() -> dict[str, Condition]:
    resolved = Assignment.resolved_at.is_not(None)
    kinds = {kind.value: Assignment.resolution_kind == kind for kind in ResolutionKind}
    return {
        "resolutions": resolved,
        "reopened": Assignment.reopened_at.is_not(None),
        "satisfaction_n": Assignment.rating.is_not(None),
        **kinds,
    }


def _treated(treatment: Treatment) -> Condition:
    return Assignment.outcome.in_(treated_as(treatment))
