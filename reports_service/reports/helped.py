"""What a facilitator filed for others: today's reports and their number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from reports_service.core import clock
from reports_service.core.auth import Actor
from reports_service.core.db import db
from reports_service.domain.channels import Channel
from reports_service.domain.errors import NotAllowed
from reports_service.reports import codes, tracking
from reports_service.reports.models import Report

SHOWN_MAX = 20
SLIP_FOR = timedelta(days=1)


class SlipOver(NotAllowed):
    """A slip opens the report as its reporter's: it is printed while the reporter is there."""

    code = "slip_over"


@dataclass(frozen=True)
class Helped:
    """How many reports since a moment, and the newest of them."""

    count: int
    newest: Sequence[Report]


def helped(actor: Actor, since: datetime) -> Helped:
    """What this account filed for others since then; asked by the day, which an index serves."""
    theirs = (
        Report.created_at >= since,
        Report.filed_by_id == actor.account_id,
        Report.channel == Channel.FACILITATOR,
    )
    count = db.session.scalar(select(func.count()).select_from(Report).where(*theirs)) or 0
    newest = select(Report).where(*theirs).order_by(Report.created_at.desc(), Report.id.desc())
    return Helped(count, db.session.scalars(newest.limit(SHOWN_MAX)).all() if count else [])


def for_slip(code: str, actor: Actor) -> Report:
    """What this account filed for somebody within a day. Raises ``ReportUnknown``, ``SlipOver``."""
    report = db.session.scalar(select(Report).where(Report.code == codes.plain(code)))
    theirs = report is not None and report.filed_by_id == actor.account_id
    if report is None or not theirs or report.channel != Channel.FACILITATOR:
        raise codes.ReportUnknown(report=code[:40])
    if clock.now() - report.created_at > SLIP_FOR or not tracking.is_first(report):
        raise SlipOver()
    return report
