"""The citizen's view: of the dates promised to reporters, how many were kept, whoever held them."""

from __future__ import annotations

from typing import TypeVarTuple

from sqlalchemy import Select, and_, case, func, not_, or_, select
from sqlalchemy.orm import aliased

from reports_service.core.db import db
from reports_service.domain.lifecycle import Status
from reports_service.reports.models import Report
from reports_service.statistics.counting import Condition
from reports_service.statistics.queries import lies_in, reports_within
from reports_service.statistics.scope import Scope

Columns = TypeVarTuple("Columns")

LEFT_OUT = (Status.REJECTED, Status.REFERRED, Status.WITHDRAWN)
WITH_RESULT = (Status.RESOLVED, Status.CLOSED)

# A duplicate has its own promised date, and its master's fate.
_master = aliased(Report)
_follows = and_(Report.status == Status.DUPLICATE, Report.master_id == _master.id)
_status = func.coalesce(_master.status, Report.status)
_resolved_at = case((_master.id.is_not(None), _master.resolved_at), else_=Report.resolved_at)


def conditions() -> dict[str, Condition]:
    """Each count of promises as a condition on reports and their masters."""
    without_reply = and_(_status == Status.CLOSED, _resolved_at.is_(None))
    due = not_(or_(_status.in_(LEFT_OUT), without_reply))
    return {
        "promises_due": due,
        "promises_kept": and_(due, _status.in_(WITH_RESULT), _resolved_at <= Report.promised_by),
        "promises_without_reply": without_reply,
    }


def counts(scope: Scope) -> dict[str, int]:
    """How many promises were due, and kept; and how many reports closed without a reply."""
    sums = {code: func.sum(case((holds, 1), else_=0)) for code, holds in conditions().items()}
    row = db.session.execute(_due(scope, select(*sums.values()))).one()
    return {code: number or 0 for code, number in zip(sums, row, strict=True)}


def behind(scope: Scope, code: str) -> Select[int]:
    """The ids of the reports that the count ``code`` counts."""
    return _due(scope, select(Report.id)).where(conditions()[code])


def _due(scope: Scope, query: Select[*Columns]) -> Select[*Columns]:
    return with_masters(query).where(
        *lies_in(Report.promised_by, scope.period.begins, scope.period.ends),
        Report.promised_by <= scope.as_of,
        *reports_within(scope),
    )


def with_masters(query: Select[*Columns]) -> Select[*Columns]:
    """A query of reports joined with what ``conditions`` look at besides."""
    return query.select_from(Report).outerjoin(_master, _follows)
