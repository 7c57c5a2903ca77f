"""A new tracking token for who shows the one that holds: the old one and its links end at once."""

from __future__ import annotations

from sqlalchemy import select

from reports_service.core.auth import Actor
from reports_service.core.db import db
from reports_service.domain.lifecycle import Action
from reports_service.reports import codes, service, tracking
from reports_service.reports.codes import ReportUnknown
from reports_service.reports.models import Report
from reports_service.reports.service import TrackingTokenWrong


def renew(code: str, actor: Actor, key: str | None) -> Report:
    """Renew the token of a report, whose reporter ``actor`` shows that it is.

    Sent again with the same ``key`` and the token of before, it renews nothing and is answered as
    the first time: else who lost the answer would have lost the report.
    Raises ``ReportUnknown``, ``TrackingTokenWrong``, ``NotYours``.
    """
    try:
        turn = service.take(code, actor)
    except (TrackingTokenWrong, ReportUnknown):
        if (renewed := _renewed_before(code, actor, key)) is not None:
            return renewed
        raise
    turn.move(Action.RENEW_TOKEN)
    tracking.renew(turn.report, key)
    turn.record("token_renewed", {"generation": turn.report.token_generation})
    return turn.report


def _renewed_before(code: str, actor: Actor, key: str | None) -> Report | None:
    report = db.session.scalar(select(Report).where(Report.code == codes.plain(code)))
    if report is None or not tracking.renewed_by(report, actor.tracking, key):
        return None
    return report
