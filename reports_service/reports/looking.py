"""Looks at a reporter's data: each is written down, with who, when, from where and what for."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from sqlalchemy import Select, select

from reports_service.core import audit
from reports_service.core.audit import AuditEntry
from reports_service.core.auth import Actor
from reports_service.domain.errors import Invalid
from reports_service.reports import codes
from reports_service.reports.models import Report

IDENTITY, EXPORT = "identity", "personal_data"  # what was looked at


class Why(StrEnum):
    """What an operator looks at a reporter's data for."""

    CALL_BACK = "call_back"
    AT_REPORTERS_WISH = "at_reporters_wish"
    DUPLICATE = "duplicate"
    DANGER = "danger"  # to life or health
    BY_LAW = "by_law"  # an authority asks, and may


class ReasonNeeded(Invalid):
    """A person's data is shown for a reason, which is written down."""

    code = "look_reason_needed"


def write_down(
    report: Report,
    actor: Actor,
    why: str | None,
    came_from: str | None,
    what: str = IDENTITY,
) -> AuditEntry:
    """Keep this look, in the caller's unit of work. A reporter at home leaves no address."""
    own = actor.tracking is not None
    detail = {} if own else {"why": why, "from": came_from}
    return audit.record(actor, audit.LOOKED, what, report.code, as_reporter=own, **detail)


def listing(filters: Mapping[str, Any]) -> Select[AuditEntry]:
    """The looks that fit: ``report`` (a code), ``account`` (an e-mail address), ``since`` and
    ``until`` (moments), ``staff``: without those of reporters at their own data.
    """
    query = select(AuditEntry).where(
        AuditEntry.act == audit.LOOKED, AuditEntry.object_kind.in_((IDENTITY, EXPORT))
    )
    if filters.get("report"):
        query = query.where(AuditEntry.object_key == codes.plain(filters["report"]))
    if filters.get("account"):
        query = query.where(AuditEntry.actor == filters["account"].strip().lower())
    if filters.get("since"):
        query = query.where(AuditEntry.at >= filters["since"])
    if filters.get("until"):
        query = query.where(AuditEntry.at < filters["until"])
    if filters.get("staff"):
        query = query.where(AuditEntry.account_id.is_not(None))
    return query


def as_told(look: AuditEntry) -> dict[str, Any]:
    """One look for who is shown it."""
    return {
        "at": look.at,
        "by": "reporter" if look.detail.get("as_reporter") else look.actor,
        "what": look.object_kind,
        "report": codes.grouped(look.object_key),
        "why": look.detail.get("why"),
        "from": look.detail.get("from"),
    }
