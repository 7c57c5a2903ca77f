"""What may be done to a report now: the lifecycle's edges, less those that would be refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

from reports_service.domain.lifecycle import Action, Status, possible
from reports_service.domain.roles import Party
from reports_service.reports import holding
from reports_service.reports.models import Extension, Report


def acts(report: Report, party: Party, now: datetime) -> frozenset[Action]:
    """The acts that this party would not be refused for what the report is and has had already."""
    return frozenset(
        action
        for action in possible(Status(report.status), party)
        if action not in _STANDS or _STANDS[action](report, now)
    )


def pending_extension(report: Report) -> Extension | None:
    """The request for more time that waits for its decision."""
    asked = holding.current(report).extensions
    return next((one for one in asked if one.decided_at is None), None)


def _may_ask(report: Report, _now: datetime) -> bool:
    return report.questions_asked < holding.policy_of(holding.current(report)).questions_max


def _may_extend(report: Report, now: datetime) -> bool:
    held = holding.current(report)
    return (
        pending_extension(report) is None
        and held.resolve_by is not None
        and now <= held.resolve_by
        and held.extensions_granted < holding.policy_of(held).extensions_max
    )


def _may_reopen(report: Report, now: datetime) -> bool:
    return report.reopens_until is not None and now <= report.reopens_until


_STANDS: Mapping[Action, Callable[[Report, datetime], bool]] = {
    Action.ASK: _may_ask,
    Action.REQUEST_EXTENSION: _may_extend,
    Action.DECIDE_EXTENSION: lambda report, _now: pending_extension(report) is not None,
    Action.REOPEN: _may_reopen,
}
