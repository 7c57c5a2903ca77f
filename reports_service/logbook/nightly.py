"""The check of the whole log, once a local day; what it found stands in the log itself."""

from __future__ import annotations

import logging
from zoneinfo import ZoneInfo

from sqlalchemy import select

from reports_service.core import audit, clock
from reports_service.core.audit import AuditEntry
from reports_service.core.auth import SYSTEM
from reports_service.core.db import db, snapshot, unit_of_work
from reports_service.logbook import verification
from reports_service.logbook.verification import Finding, Walk

log = logging.getLogger(__name__)
NAMED_MOST = 20  # of the differences: an entry's detail is no list without an end


def check_once(zone: ZoneInfo) -> list[Finding] | None:
    """Check the log unless that was done since the local midnight (None). Returns what is wrong."""
    midnight = clock.now().astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    before = last_check()
    if before is not None and before.at >= midnight:
        return None
    return check()


def check() -> list[Finding]:
    """Check the log now, and write down what was found."""
    walk = Walk()
    with snapshot():
        found = list(verification.verify(walk))
    with unit_of_work():
        _write_down(walk, found)
    for one in found[:NAMED_MOST]:
        log.error("the audit log was changed: %s", one.to_dict())
    return found


def last_check() -> AuditEntry | None:
    """The entry that the last check wrote."""
    checks = select(AuditEntry).where(
        AuditEntry.object_kind == "audit", AuditEntry.act == "verified"
    )
    return db.session.scalar(checks.order_by(AuditEntry.number.desc()).limit(1))


def _write_down(walk: Walk, found: list[Finding]) -> None:
    named = [{**one.to_dict(), "day": _iso(one)} for one in found[:NAMED_MOST]]
    counts = {"entries": walk.entries, "differences": len(found)}
    audit.record(SYSTEM, "verified", "audit", str(walk.number), **counts, named=named)


def _iso(one: Finding) -> str | None:
    return one.day.isoformat() if one.day else None
