"""A report and its assignments rebuilt from its events alone.

Nothing is asked of tables, calendars or policies of today: each date and each working length is
what the event recorded. ``Rebuilt`` and ``Held`` have the names of the columns that they stand for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from reports_service.domain.lifecycle import OPEN
from reports_service.domain.outcomes import Outcome
from reports_service.reports.holding import whole_seconds

Facts = Mapping[str, Any]


class FactsLacking(Exception):
    """An event does not say what the history needs of it; ``name`` is the fact."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


@dataclass(slots=True)
class Held:
    """One agency's holding of the report. Lengths in whole seconds, moments aware."""

    number: int
    agency_id: int
    category_id: int | None
    area_id: int | None
    channel: str
    triage: bool
    opened_at: datetime
    acknowledge_by: datetime | None = None
    resolve_by: datetime | None = None
    own_resolve_by: datetime | None = None
    acknowledged_at: datetime | None = None
    resolved_at: datetime | None = None
    resolution_kind: str | None = None
    ended_at: datetime | None = None
    outcome: str | None = None
    acknowledge_working_s: int | None = None
    acknowledge_elapsed_s: int | None = None
    resolve_working_s: int | None = None
    resolve_elapsed_s: int | None = None
    extensions_granted: int = 0
    reopened_at: datetime | None = None
    rating: int | None = None
    rated_at: datetime | None = None


@dataclass(slots=True)
class Rebuilt:
    """A report as its events so far leave it. Other reports are named by their codes.

    ``merged_into``: the report that it was merged into, though that may have been merged since.
    """

    status: str = ""
    is_open: bool = True
    priority: str = ""
    channel: str = ""
    restricted: bool = False
    category_id: int | None = None
    area_id: int | None = None
    agency_id: int | None = None
    promised_by: datetime | None = None
    created_at: datetime | None = None
    resolved_at: datetime | None = None
    resolution_kind: str | None = None
    closed_at: datetime | None = None
    recurrence_number: int = 1
    recurrence_of: str | None = None
    merged_into: str | None = None
    held: list[Held] = field(default_factory=list)

    def happened(self, kind: str, at: datetime, facts: Facts) -> None:
        """Carry on by one event. Raises ``FactsLacking``; kinds that move nothing are welcome."""
        try:
            change = CHANGES.get(kind)
            if change is not None:
                change(self, at, facts)
            self.status = facts["status"]
            self.is_open = self.status in OPEN
        except KeyError as lacking:
            raise FactsLacking(str(lacking.args[0])) from lacking
        except (IndexError, TypeError, ValueError) as wrong:
            raise FactsLacking("assignment") from wrong


def _filed(report: Rebuilt, at: datetime, facts: Facts) -> None:
    report.created_at = at
    report.channel, report.priority = facts["channel"], facts["priority"]
    report.restricted = facts["restricted"]
    report.promised_by = _moment(facts["promised_by"])
    report.recurrence_number = facts["recurrence_number"]
    report.recurrence_of = facts["recurrence_of"]
    report.category_id, report.area_id = facts["category_id"], facts["area_id"]
    _open(report, at, facts)


def _open(report: Rebuilt, at: datetime, facts: Facts) -> None:
    """The agency that the event names holds it from now on."""
    opened = Held(
        number=facts["assignment"],
        agency_id=facts["agency"],
        category_id=facts["category_id"],
        area_id=facts["area_id"],
        channel=report.channel,
        triage=facts["triage"],
        opened_at=at,
    )
    _dates(opened, facts)
    report.held.append(opened)
    report.agency_id = opened.agency_id


def _dates(held: Held, facts: Facts) -> None:
    """The deadlines as the event says that they stand."""
    held.acknowledge_by = _moment(facts["acknowledge_by"])
    held.resolve_by = _moment(facts["resolve_by"])
    held.own_resolve_by = _moment(facts["own_resolve_by"])


def _timed(held: Held, facts: Facts, at: datetime) -> None:
    """How long it took, as far as the event says so."""
    if "acknowledge_working_s" in facts:
        acknowledged_at = datetime.fromisoformat(facts["acknowledged_at"])
        held.acknowledged_at = acknowledged_at
        held.acknowledge_working_s = facts["acknowledge_working_s"]
        held.acknowledge_elapsed_s = whole_seconds(acknowledged_at - held.opened_at)
    if "resolve_working_s" in facts:
        held.resolve_working_s = facts["resolve_working_s"]
        held.resolve_elapsed_s = whole_seconds(at - held.opened_at)


def _end(report: Rebuilt, at: datetime, facts: Facts) -> None:
    """The agency holds it no longer, for the reason that the event says."""
    ended = facts["ended"]
    held = report.held[ended["assignment"] - 1]
    _dates(held, ended)
    _timed(held, ended, at)
    held.ended_at, held.outcome = at, ended["outcome"]


def _ended_for_good(report: Rebuilt, at: datetime, facts: Facts) -> None:
    _end(report, at, facts)
    report.closed_at = at


def _handed_over(report: Rebuilt, at: datetime, facts: Facts) -> None:
    _end(report, at, facts)
    _open(report, at, facts)


def _acknowledged(report: Rebuilt, at: datetime, facts: Facts) -> None:
    _timed(_named(report, facts), facts, at)


def _dates_moved(report: Rebuilt, at: datetime, facts: Facts) -> None:
    _dates(_named(report, facts), facts)


def _extended(report: Rebuilt, at: datetime, facts: Facts) -> None:
    _dates_moved(report, at, facts)
    _named(report, facts).extensions_granted += 1


def _prioritised(report: Rebuilt, at: datetime, facts: Facts) -> None:
    report.priority = facts["priority"]
    _dates_moved(report, at, facts)


def _reclassified(report: Rebuilt, at: datetime, facts: Facts) -> None:
    report.category_id, report.area_id = facts["category_id"], facts["area_id"]
    report.priority, report.restricted = facts["priority"], facts["restricted"]
    _handed_over(report, at, facts)


def _corrected(report: Rebuilt, at: datetime, facts: Facts) -> None:
    report.area_id = facts["area_id"]


def _resolved(report: Rebuilt, at: datetime, facts: Facts) -> None:
    _end(report, at, facts)
    held = _named(report, facts)
    held.resolved_at = report.resolved_at = at
    held.resolution_kind = report.resolution_kind = facts["kind"]


def _confirmed(report: Rebuilt, at: datetime, facts: Facts) -> None:
    _rated(_named(report, facts), at, facts)
    report.closed_at = report.closed_at or at


def _rated(held: Held, at: datetime, facts: Facts) -> None:
    if facts["rating"] is not None:
        held.rating, held.rated_at = facts["rating"], at


def _reopened(report: Rebuilt, at: datetime, facts: Facts) -> None:
    judged = report.held[facts["judged"] - 1]
    _rated(judged, at, facts)
    if judged.resolved_at is not None:
        judged.reopened_at = at
    report.resolved_at = report.closed_at = report.resolution_kind = None
    _open(report, at, facts)


def _closed(report: Rebuilt, at: datetime, facts: Facts) -> None:
    report.closed_at = at
    if facts["reason"] == Outcome.NO_REPLY:
        _end(report, at, facts)


def _referred(report: Rebuilt, at: datetime, facts: Facts) -> None:
    _ended_for_good(report, at, facts)
    report.restricted = report.restricted or facts["restricted"]


def _back_at_the_centre(report: Rebuilt, at: datetime, facts: Facts) -> None:
    report.closed_at, report.restricted = None, facts["restricted"]
    _open(report, at, facts)


def _merged(report: Rebuilt, at: datetime, facts: Facts) -> None:
    _end(report, at, facts)
    report.merged_into = facts["into"]


def _merge_undone(report: Rebuilt, at: datetime, facts: Facts) -> None:
    held = _named(report, facts)
    held.ended_at = held.outcome = None
    _dates(held, facts)
    report.merged_into = None


def _named(report: Rebuilt, facts: Facts) -> Held:
    """The assignment that the event names."""
    return report.held[facts["assignment"] - 1]


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


# What each kind of event changes; the others (notes, followers, pictures …) change no figure.
CHANGES: Mapping[str, Callable[[Rebuilt, datetime, Facts], None]] = {
    "filed": _filed,
    "acknowledged": _acknowledged,
    "assigned": _handed_over,
    "transferred": _handed_over,
    "handed_back": _handed_over,
    "reclassified": _reclassified,
    "priority_changed": _prioritised,
    "question_asked": _dates_moved,
    "question_taken_back": _dates_moved,
    "replied": _dates_moved,
    "extension_approved": _extended,
    "resolved": _resolved,
    "confirmed": _confirmed,
    "reopened": _reopened,
    "closed": _closed,
    "rejected": _ended_for_good,
    "rejection_taken_back": _back_at_the_centre,
    "referred": _referred,
    "referral_taken_back": _back_at_the_centre,
    "merged": _merged,
    "merge_undone": _merge_undone,
    "corrected": _corrected,
    "withdrawn": _ended_for_good,
}
