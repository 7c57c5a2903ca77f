"""A change as another system is told it: what happened, and how the report stands now."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, Select, select
from sqlalchemy.orm import aliased

from reports_service.core.db import db
from reports_service.exports import published
from reports_service.reports.models import Change, Event, Report

REMOVED = "removed"
FACTS = ("status", "assignment")  # of an event; the others may hold what is not for everybody

# After these events it may be restricted that was not, or the other way round.
HIDE_OR_SHOW = ("filed", "reclassified", "referred", "rejection_taken_back", "referral_taken_back")

_into, _earlier = aliased(Report), aliased(Report)
# Columns by name, never whole rows: what is not loaded cannot get out.
_CHANGES = (
    select(
        Change.number,
        Event.report_id,
        Event.seq,
        Event.kind,
        Event.at,
        Event.by,
        Event.agency_id.label("event_agency_id"),
        Event.internal,
        Event.facts,
        Event.hash,
        Report.code,
        Report.restricted,
        Report.event_seq,
        Report.status,
        Report.status_since,
        Report.priority,
        Report.channel,
        Report.category_id,
        Report.area_id,
        Report.agency_id,
        Report.lat,
        Report.lon,
        Report.place_fit,
        Report.created_at,
        Report.updated_at,
        Report.promised_by,
        Report.expected_by,
        Report.resolved_at,
        Report.closed_at,
        Report.resolution_kind,
        Report.planned_for,
        Report.recurrence_number,
        _into.code.label("into"),
        _earlier.code.label("earlier"),
    )
    .join(Event, Event.id == Change.event_id)
    .join(Report, Report.id == Event.report_id)
    .outerjoin(_into, (_into.id == Report.merged_into_id) & _into.restricted.is_(False))
    .outerjoin(_earlier, (_earlier.id == Report.recurrence_of_id) & _earlier.restricted.is_(False))
    .order_by(Change.number)
)


def query(after: int, limit: int) -> Select[Any]:
    """The changes behind a place, as ``told`` takes them."""
    return _CHANGES.where(Change.number > after).limit(limit)


def hidden_by(rows: Sequence[Row[Any]]) -> dict[int, int]:
    """Id of each restricted report among the changes -> seq of the event that hid it last."""
    restricted = {row.report_id for row in rows if row.restricted}
    if not restricted:
        return {}
    events = (
        select(Event.report_id, Event.seq, Event.kind, Event.facts)
        .where(Event.report_id.in_(restricted), Event.kind.in_(HIDE_OR_SHOW))
        .order_by(Event.report_id, Event.seq)
    )
    found: dict[int, int] = {}
    hidden = dict.fromkeys(restricted, False)
    for report_id, seq, kind, facts in db.session.execute(events):
        was = hidden[report_id]
        hidden[report_id] = facts["restricted"] or (kind == "referred" and was)
        if hidden[report_id] and not was:
            found[report_id] = seq
    return found


def told(row: Row[Any], hidden_by: int | None) -> dict[str, Any] | None:
    """One change; None for what is not told. ``hidden_by``: the seq of the event that hid it.

    A restricted report is told as removed where it was hidden last, and with no other change:
    when something is done about it is nobody's business. Whoever holds its state took it before
    that event, and so has that event's place still before him. One that was hidden from its
    filing on is never named. Where no event says what hid it, each change removes it.
    """
    if row.restricted:
        was_always = hidden_by == 1
        return _removed(row) if hidden_by in (None, row.seq) and not was_always else None
    return {
        "number": row.number,
        "report": published.report_code(row.code),
        "seq": row.seq,
        "kind": row.kind,
        "at": row.at,
        "by": row.by,
        "agency": published.agency_code(row.event_agency_id),
        "internal": row.internal,
        "facts": {name: row.facts[name] for name in FACTS if name in row.facts},
        "state": _state(row),
    }


def _removed(row: Row[Any]) -> dict[str, Any]:
    return {
        "number": row.number,
        "report": published.report_code(row.code),
        "seq": None,
        "kind": REMOVED,
        "at": row.at,
        "by": None,
        "agency": None,
        "internal": False,
        "facts": {},
        "state": None,
    }


def _state(row: Row[Any]) -> dict[str, Any]:
    return {
        "version": row.event_seq,
        "status": row.status,
        "status_since": row.status_since,
        "priority": row.priority,
        "channel": row.channel,
        "category": published.category_code(row.category_id),
        "area": published.area_code(row.area_id),
        "agency": published.agency_code(row.agency_id),
        "lat": published.rounded(row.lat, row.category_id),
        "lon": published.rounded(row.lon, row.category_id),
        "location_precision_m": published.precision_m(row.category_id),
        "place_fit": row.place_fit,
        "created_at": row.created_at,
        "updated_at": row.updated_at,
        "promised_by": row.promised_by,
        "expected_by": row.expected_by,
        "resolved_at": row.resolved_at,
        "closed_at": row.closed_at,
        "resolution_kind": row.resolution_kind,
        "planned_for": row.planned_for,
        "duplicate_of": published.report_code(row.into),
        "recurrence_of": published.report_code(row.earlier),
        "recurrence_number": row.recurrence_number,
    }
