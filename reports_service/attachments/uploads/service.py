"""Beginning an upload, going on with it, giving it to a report, sweeping what was left behind."""

from __future__ import annotations

from sqlalchemy import update

from reports_service.attachments.uploads.models import Upload
from reports_service.core import clock
from reports_service.core.db import db


def claim(uuid: str) -> bool:
    """Give a finished upload to the report that is written in this unit of work, if none has it."""
    now = clock.now()
    ours = update(Upload).where(
        Upload.uuid == uuid,
        Upload.arrived == Upload.byte_size,
        Upload.used_at.is_(None),
        Upload.swept_at.is_(None),
    )
    return db.session.connection().execute(ours.values(used_at=now)).rowcount == 1
