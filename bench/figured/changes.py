"""Changes of reports as the services write them: rows, one event, its effects. Each adds one.

Each report goes through four: reopened, transferred, resolved, rated. Each of them adds one to what
the agencies received today, resolved today or were rated for today, so that a reader can tell from
the figures alone how many changes are in them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from reports_service.agencies.models import Agency, AgencyKind
from reports_service.core import clock
from reports_service.core.db import db, unit_of_work
from reports_service.domain.lifecycle import Status
from reports_service.domain.outcomes import Outcome
from reports_service.domain.roles import Party
from reports_service.reports import chain, holding
from reports_service.reports.models import Assignment, Report
from reports_service.reports.service import set_status

COUNTED = ("received", "resolutions", "satisfaction_n")
STEP, MIXED, AMONG = 17, 7_919, 10_007  # reports are taken from all years, in no order

Act = Callable[[Report, datetime, int], None]


class Changes:
    """So many changes of different reports (a fourth of ``number``), made in groups."""

    def __init__(self, number: int) -> None:
        self.number = number
        self._reports = _closed(number // len(ACTS))
        self._other = db.session.scalars(
            select(Agency.id).where(Agency.kind == AgencyKind.UTILITY).order_by(Agency.id)
        ).all()
        db.session.rollback()

    def make(self, first: int, number: int) -> None:
        """Make the changes from place ``first`` on, in one unit of work."""
        each = len(self._reports)
        asked = range(first, min(first + number, self.number))
        with unit_of_work():
            found = _loaded([self._reports[place % each] for place in asked])
            for place in asked:
                report = found[self._reports[place % each]]
                other = self._other[(report.agency_id == self._other[0]) and 1]
                ACTS[place // each](report, clock.now(), other)
        db.session.expunge_all()


def _closed(number: int) -> Sequence[int]:
    """Reports that were closed with a result, of all years."""
    closed = select(Report.id).where(
        Report.status == Status.CLOSED, Report.resolved_at.is_not(None), Report.id % STEP == 0
    )
    found = db.session.scalars(
        closed.order_by(Report.id * MIXED % AMONG, Report.id).limit(number)
    ).all()
    if len(found) < number:
        raise SystemExit(f"{number} closed reports are needed to change, there are {len(found)}")
    return found


def _loaded(ids: Sequence[int]) -> dict[int, Report]:
    query = select(Report).where(Report.id.in_(set(ids))).options(selectinload(Report.assignments))
    return {report.id: report for report in db.session.scalars(query)}


def _reopen(report: Report, at: datetime, _other: int) -> None:
    judged = holding.current(report)
    judged.reopened_at = at
    report.resolved_at = report.closed_at = report.resolution_kind = None
    set_status(report, Status.ASSIGNED, at)
    opened = _opened(report, judged.agency_id, at)
    facts = {"judged": judged.number, "rating": None, **holding.facts(opened)}
    chain.record(report, "reopened", at=at, by=Party.REPORTER, facts=facts)


def _transfer(report: Report, at: datetime, other: int) -> None:
    left = holding.current(report)
    left.ended_at, left.outcome = at, Outcome.TRANSFERRED
    opened = _opened(report, other, at)
    facts = {
        "from_agency": left.agency_id,
        "ended": holding.ended(left),
        "officer": None,
        **holding.facts(opened),
    }
    chain.record(report, "transferred", at=at, by=Party.HEAD, facts=facts)


def _resolve(report: Report, at: datetime, _other: int) -> None:
    held = holding.current(report)
    seconds = holding.whole_seconds(at - held.opened_at)
    held.acknowledged_at = held.resolved_at = held.ended_at = at
    held.acknowledge_elapsed_s = held.resolve_elapsed_s = seconds
    held.acknowledge_working_s = held.resolve_working_s = 0
    held.outcome, held.resolution_kind = Outcome.RESOLVED, "fixed"
    report.resolved_at, report.resolution_kind = at, "fixed"
    set_status(report, Status.RESOLVED, at)
    facts = {"assignment": held.number, "kind": "fixed", "ended": holding.ended(held)}
    chain.record(report, "resolved", at=at, by=Party.OFFICER, facts=facts)


def _rate(report: Report, at: datetime, _other: int) -> None:
    judged = holding.current(report)
    judged.rating, judged.rated_at = 4, at
    report.closed_at = at
    set_status(report, Status.CLOSED, at)
    facts = {"assignment": judged.number, "rating": 4}
    chain.record(report, "confirmed", at=at, by=Party.REPORTER, facts=facts)


def _opened(report: Report, agency_id: int, at: datetime) -> Assignment:
    before = holding.current(report)
    values: dict[str, Any] = {
        name: getattr(before, name) for name in ("category_id", "area_id", "channel", "policy")
    }
    due = at + timedelta(days=5)
    opened = Assignment(
        number=before.number + 1, agency_id=agency_id, triage=False, reason={"why": "by_hand"},
        opened_at=at, acknowledge_by=at + timedelta(days=1), resolve_by=due, own_resolve_by=due,
        extensions_granted=0, **values,
    )  # fmt: skip
    report.assignments.append(opened)
    report.agency_id = agency_id
    return opened


ACTS: Sequence[Act] = (_reopen, _transfer, _resolve, _rate)
