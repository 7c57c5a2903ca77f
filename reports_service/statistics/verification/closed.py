"""Closed months: whether they are as they were frozen, and whether the figures moved on since."""

from __future__ import annotations

from collections.abc import Iterator
from zoneinfo import ZoneInfo

from sqlalchemy import select

from reports_service.core.audit import AuditEntry
from reports_service.core.db import db
from reports_service.statistics.cells.turns import FiguresUnreadable
from reports_service.statistics.closing import checking, service
from reports_service.statistics.closing.freezing import FiguresDoNotAddUp
from reports_service.statistics.closing.models import ClosedPeriod
from reports_service.statistics.verification.differences import Difference, Kind


def other_months(zone: ZoneInfo) -> Iterator[Difference]:
    """What of the closed months was edited or removed; else, where the live figures differ."""
    known = set()
    for period in db.session.scalars(select(ClosedPeriod).order_by(ClosedPeriod.month)).all():
        known.add(period.month)
        edited = list(_edited(period))
        yield from edited or _moved_on(period, zone)
    told = select(AuditEntry.object_key).where(
        AuditEntry.object_kind == "period", AuditEntry.act == "closed"
    )
    for month in sorted(set(db.session.scalars(told)) - known):
        yield Difference(Kind.CLOSED_MISSING, month=month)


def _edited(period: ClosedPeriod) -> Iterator[Difference]:
    if not service.intact(period):
        yield Difference(Kind.CLOSED_EDITED, month=period.month, correction=0)
    for number, one in enumerate(period.corrections, start=1):
        if one.number != number:
            yield Difference(
                Kind.CORRECTION_MISSING,
                month=period.month,
                correction=number,
                expected=number,
                found=one.number,
            )
            return
        if not service.intact(one):
            yield Difference(Kind.CLOSED_EDITED, month=period.month, correction=number)


def _moved_on(period: ClosedPeriod, zone: ZoneInfo) -> Iterator[Difference]:
    """How many figures no correction explains. What cannot be read is named with the figures."""
    try:
        differing = len(checking.compare(period, zone).uncorrected)
    except (FiguresDoNotAddUp, FiguresUnreadable):
        return
    if differing:
        yield Difference(Kind.CLOSED_DIFFERS, month=period.month, found=differing)
