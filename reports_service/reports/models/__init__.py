"""Reports and all that happens to them, as rows."""

from __future__ import annotations

from reports_service.reports.models.assignment import Assignment, ClockRow, Escalation, Extension
from reports_service.reports.models.change import Change, OldEvents, WaitingChange
from reports_service.reports.models.event import DailyHead, Event, EventText
from reports_service.reports.models.report import (
    FINDABLE,
    STILL_OPEN,
    TO_FORGET,
    Follower,
    Report,
    ReportPhoto,
)
from reports_service.reports.models.reporter import Reporter

__all__ = [
    "FINDABLE",
    "STILL_OPEN",
    "TO_FORGET",
    "Assignment",
    "Change",
    "ClockRow",
    "DailyHead",
    "Escalation",
    "Event",
    "EventText",
    "Extension",
    "Follower",
    "OldEvents",
    "Report",
    "ReportPhoto",
    "Reporter",
    "WaitingChange",
]
