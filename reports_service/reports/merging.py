"""Duplicates: a report merged into another and taken out again, its pictures and followers too."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from sqlalchemy import Select, select, update

from reports_service.core.db import db
from reports_service.domain.errors import Conflict, Invalid
from reports_service.domain.lifecycle import OPEN, Action, Status
from reports_service.reports import codes, holding
from reports_service.reports.models import Event, Report
from reports_service.reports.service import Turn


class MergeIntoSelf(Conflict):
    """A report is no duplicate of itself."""

    code = "merge_into_self"


class MasterNotOpen(Conflict):
    """A report is merged into an open one that is no duplicate itself."""

    code = "master_not_open"


class MasterUnknown(Invalid):
    """There is no report to merge into."""

    code = "master_unknown"


def merge(turn: Turn, into: str, note: str = "") -> Event:
    """Make the report a duplicate of an open one, whose fate it follows from now on.

    Reports that were merged into this one follow the new master; where they were merged at first
    is kept for undoing. Raises ``MasterUnknown``, ``MergeIntoSelf``, ``MasterNotOpen``.
    """
    turn.check(Action.MERGE)
    report, master = turn.report, _master(into)
    if master.id == report.id:
        raise MergeIntoSelf(report=codes.grouped(report.code))
    if master.status not in OPEN:
        raise MasterNotOpen(report=codes.grouped(master.code), status=master.status)
    report.status_before_merge = report.status
    turn.move(Action.MERGE)
    holding.suspend(turn.assignment, turn.at)
    report.master_id = report.merged_into_id = master.id
    report.closes_at = None
    db.session.execute(
        update(Report).where(Report.master_id == report.id).values(master_id=master.id)
    )
    master.followers_count += report.followers_count + 1
    return turn.record(
        "merged",
        {**turn.which, "into": master.code, "ended": holding.ended(turn.assignment)},
        {"note": note},
    )


def undo_merge(turn: Turn, note: str = "") -> Event:
    """No duplicate after all: the agency holds it again with the time it had left."""
    report = turn.report
    turn.move(Action.UNDO_MERGE)
    asking = report.status == Status.AWAITING_REPORTER
    holding.take_up(turn.assignment, turn.at, still_asking=asking)
    if asking:
        policy = holding.policy_of(turn.assignment)
        report.closes_at = turn.at + timedelta(days=policy.question_days)
    master = db.session.get_one(Report, report.master_id)
    for above in _merged_above(report):
        above.followers_count = max(0, above.followers_count - report.followers_count - 1)
    # What had been merged into this report before follows it again.
    db.session.execute(
        update(Report).where(Report.id.in_(_merged_below(report))).values(master_id=report.id)
    )
    report.master_id = report.merged_into_id = report.status_before_merge = None
    return turn.record(
        "merge_undone",
        {**turn.which, "from": master.code, **holding.deadlines(turn.assignment)},
        {"note": note},
    )


def _master(code: str) -> Report:
    """The report behind a code, locked. Raises ``MasterUnknown``."""
    try:
        digits = codes.plain(code)
    except codes.ReportUnknown as unknown:
        raise MasterUnknown(field="into", report=code[:40]) from unknown
    master = db.session.scalar(select(Report).where(Report.code == digits).with_for_update())
    if master is None:
        raise MasterUnknown(field="into", report=code[:40])
    return master


def _merged_above(report: Report) -> Iterator[Report]:
    """The reports that this one was merged into, and they into others, up to the master."""
    above = report.merged_into_id
    while above is not None:
        merged = db.session.get_one(Report, above)
        yield merged
        above = merged.merged_into_id


def _merged_below(report: Report) -> Select[int]:
    """The ids of what was merged into this one, and into those."""
    below = select(Report.id).where(Report.merged_into_id == report.id).cte(recursive=True)
    below = below.union(select(Report.id).where(Report.merged_into_id == below.c.id))
    return select(below.c.id)
