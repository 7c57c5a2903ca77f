"""Who took an export's files, as the audit log has it.

Every answer with a whole file is an entry of its own. One with a part of the bytes is one too, but
for who took of the same file, from the same address, within the last hour: a download that goes on
in hundreds of ranges is one act, and no byte leaves without an entry that tells of it.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from sqlalchemy import select

from reports_service.core import audit, clock, whence
from reports_service.core.audit import AuditEntry
from reports_service.core.auth import Actor
from reports_service.core.db import db
from reports_service.exports.models import ExportPart

ACT: Final = "downloaded"
KIND: Final = "export"
ONE_ACT: Final = timedelta(hours=1)


def note(actor: Actor, part: ExportPart, *, whole: bool) -> None:
    """Write down that the actor takes bytes of a file; ``whole``: all of them in one answer."""
    if whole or not _is_noted(actor, part):
        audit.record(actor, ACT, KIND, part.export.uuid, part=part.number)


def _is_noted(actor: Actor, part: ExportPart) -> bool:
    """Whether an entry of the last hour tells of this actor, from here, and of this file."""
    entries = select(AuditEntry.detail).where(
        AuditEntry.object_kind == KIND,
        AuditEntry.object_key == part.export.uuid,
        AuditEntry.act == ACT,
        AuditEntry.actor == actor.name,
        AuditEntry.account_id == actor.account_id,
        AuditEntry.address == whence.whence().address,
        AuditEntry.at > clock.now() - ONE_ACT,
    )
    return any(detail.get("part") == part.number for detail in db.session.scalars(entries))
