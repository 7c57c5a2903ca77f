"""One closed month: its few figures as the mail said them, and what corrections changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import url_for

from reports_service.statistics.closing import checking, service
from reports_service.statistics.closing.months import Month
from reports_service.statistics.interface.asking import zone
from reports_service.statistics.monthly import brief, corrections
from reports_service.statistics.monthly.corrections import Change, Corrected
from reports_service.web.leader.months import Closed, closed


@dataclass(frozen=True)
class Correction:
    """What was stated later, why, and what it changed. ``frozen``: its figures, byte for byte."""

    number: int
    at: datetime
    reason: str
    sha256: str
    frozen: str
    changes: Sequence[Change]
    rest: int


@dataclass(frozen=True)
class Shown:
    """The month as in the list of all, with what is in it."""

    month: Closed
    said: Sequence[str]
    corrections: Sequence[Correction]


def month(written: str, language: str) -> Shown:
    """A closed month. Raises ``MonthRefused``, ``MonthNotClosed``."""
    period = service.closed(Month.parse(written))
    return Shown(
        month=closed(period, checking.checks().get(period.month)),
        said=brief.sentences(period, language, zone()),
        corrections=[
            _correction(period.month, one) for one in corrections.corrected(period, language)
        ],
    )


def _correction(of: str, one: Corrected) -> Correction:
    asked: dict[str, Any] = {"month": of, "correction": one.row.number}
    return Correction(
        number=one.row.number,
        at=one.row.frozen_at,
        reason=one.row.reason,
        sha256=one.row.sha256,
        frozen=url_for("closing.PeriodContent", **asked),
        changes=one.changes,
        rest=one.rest,
    )
