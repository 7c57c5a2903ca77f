"""Closed months: whether they are as they were frozen, and whether the figures moved on since."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import select

from reports_service.core.as_kept import as_kept
from reports_service.core.audit import AuditEntry
from reports_service.core.db import db
from reports_service.statistics.cells.turns import FiguresUnreadable
from reports_service.statistics.closing import checking, service
from reports_service.statistics.closing.freezing import FiguresDoNotAddUp
from reports_service.statistics.closing.models import ClosedPeriod
from reports_service.statistics.verification.differences import Difference, Kind


def other_months(zone: ZoneInfo) -> Iterator[Difference]:
    """What of the closed months was edited or removed; else, where the live figures differ."""
    known, corrections = set(), defaultdict(set)
    for month, detail in _logged("corrected"):
        match detail:
            case {"number": int() as number}:
                corrections[month].add(number)
    for period in db.session.scalars(select(ClosedPeriod).order_by(ClosedPeriod.month)).all():
        known.add(period.month)
        edited = list(_edited(period, corrections[period.month]))
        yield from edited or _moved_on(period, zone)
    for month in sorted({month for month, _ in _logged("closed")} - known):
        yield Difference(Kind.CLOSED_MISSING, month=month)


def _logged(act: str) -> Iterator[tuple[str, Any]]:
    """The months that the audit log says this of, and what it says beside it."""
    told = select(AuditEntry.object_key, as_kept(AuditEntry.detail)).where(
        AuditEntry.object_kind == "period", AuditEntry.act == act
    )
    yield from db.session.connection().execute(told.order_by(AuditEntry.number))


def _edited(period: ClosedPeriod, logged: set[int]) -> Iterator[Difference]:
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
    for number in sorted(logged):
        if number > len(period.corrections):
            yield Difference(Kind.CORRECTION_LOST, month=period.month, correction=number)


def _moved_on(period: ClosedPeriod, zone: ZoneInfo) -> Iterator[Difference]:
    """How many figures no correction explains. What cannot be read is named with the figures."""
    try:
        differing = len(checking.compare(period, zone).uncorrected)
    except (FiguresDoNotAddUp, FiguresUnreadable):
        return
    if differing:
        yield Difference(Kind.CLOSED_DIFFERS, month=period.month, found=differing)
