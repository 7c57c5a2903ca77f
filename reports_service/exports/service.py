"""Exports asked for, built part by part, served, and swept away."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import BinaryIO
from uuid import uuid4
from zoneinfo import ZoneInfo

from sqlalchemy import Select, select, update

from reports_service.core import audit, clock, outbox
from reports_service.core.auth import Actor
from reports_service.core.db import db, for_update, unit_of_work
from reports_service.core.storage import NoSuchFile, Storage
from reports_service.domain.errors import Conflict, NotFound
from reports_service.exports import wishes
from reports_service.exports.models import Export, ExportPart
from reports_service.exports.wishes import Built, Wish
from reports_service.statistics.scope import Period

EFFECT = "export"
FOLDER = "exports"
KEPT = timedelta(days=7)


class ExportUnknown(NotFound):
    """There is no such export."""

    code = "export_unknown"


class ExportSwept(NotFound):
    """The export's files were deleted when their time was over."""

    code = "export_swept"


class ExportPartUnknown(NotFound):
    """The export has no part of this number."""

    code = "export_part_unknown"


class ExportPartNotReady(Conflict):
    """The part will be there, and is not yet."""

    code = "export_part_not_ready"


@dataclass(frozen=True)
class Task:
    """A part that is to be built, apart from its row: no transaction is open meanwhile."""

    part_id: int
    key: str
    wish: Wish
    days: Period


def ask(actor: Actor, wish: Wish, province: str) -> Export:
    """Write an export down and let workers build it. Who asks again before it is finished, or
    sends the request again, gets the same one.

    Of two requests at once the key of unfinished exports refuses one: ``transact`` asks again.
    """
    same = db.session.scalar(_unfinished(actor, wish))
    if same is not None:
        return same
    now = clock.now()
    export = Export(
        uuid=str(uuid4()),
        what=wish.what,
        format=wish.form,
        first=wish.period.first,
        last=wish.period.last,
        requested_by=actor.name,
        created_at=now,
        kept_until=now + KEPT,
    )
    export.parts = [
        ExportPart(
            number=part.number, name=part.name, first=part.period.first, last=part.period.last
        )
        for part in wishes.parts(wish, province, now)
    ]
    db.session.add(export)
    db.session.flush()
    audit.record(actor, "exported", "export", export.uuid, **_asked(wish))
    _go_on(export)
    return export


def _unfinished(actor: Actor, wish: Wish) -> Select[Export]:
    return select(Export).where(
        Export.requested_by == actor.name,
        Export.what == wish.what,
        Export.format == wish.form,
        Export.first == wish.period.first,
        Export.last == wish.period.last,
        Export.finished_at.is_(None),
        Export.swept_at.is_(None),
    )


def _asked(wish: Wish) -> dict[str, str]:
    period = wish.period
    return {
        "what": wish.what,
        "format": wish.form,
        "from": period.first.isoformat(),
        "to": period.last.isoformat(),
    }


def _go_on(export: Export) -> None:
    """Let the next part be built, or say that all are."""
    part = next((part for part in export.parts if part.made_at is None), None)
    if part is None:
        export.finished_at = clock.now()
    else:
        outbox.put(EFFECT, {"part_id": part.id})


def listing() -> Select[Export]:
    """All exports, swept ones too."""
    return select(Export)


def find(uuid: str) -> Export:
    """An export. Raises ``ExportUnknown``."""
    export = db.session.scalar(select(Export).where(Export.uuid == uuid))
    if export is None:
        raise ExportUnknown(export=uuid)
    return export


def finished_part(uuid: str, number: int) -> ExportPart:
    """A part whose file can be read.

    Raises ``ExportUnknown``, ``ExportSwept``, ``ExportPartUnknown``, ``ExportPartNotReady``.
    """
    export = find(uuid)
    if export.swept_at is not None:
        raise ExportSwept(at=export.swept_at)
    part = next((part for part in export.parts if part.number == number), None)
    if part is None:
        raise ExportPartUnknown(number=number, parts=len(export.parts))
    if part.made_at is None:
        raise ExportPartNotReady(number=number)
    return part


def task_of(part_id: int, zone: ZoneInfo) -> Task | None:
    """What is to be built for a part; None if it was built or is not wanted any more.

    Each attempt has a storage key of its own: two workers at once do not write over each other.
    """
    part = db.session.get(ExportPart, part_id)
    if part is None or part.made_at is not None or part.export.swept_at is not None:
        return None
    export = part.export
    wish = Wish(export.what, export.format, Period(export.first, export.last, zone))
    key = f"{FOLDER}/{export.uuid}/{secrets.token_hex(8)}.{export.format}"
    return Task(part.id, key, wish, Period(part.first, part.last, zone))


def store(task: Task, built: Built, file: BinaryIO, storage: Storage) -> None:
    """Keep the file of a part that was built, and let the next one be built.

    The first who built a part wins; what is too late is thrown away.
    """
    storage.put(task.key, file)
    with unit_of_work():
        outbox.renew()
        kept = _keep(task, built)
    if not kept:
        storage.delete(task.key)


def _keep(task: Task, built: Built) -> bool:
    part = db.session.get_one(ExportPart, task.part_id, **for_update())
    if part.made_at is not None or part.export.swept_at is not None:
        return False
    part.row_count, part.left_out_count = built.rows, built.left_out
    part.byte_size, part.sha256 = built.byte_size, built.sha256
    part.storage_key, part.made_at = task.key, clock.now()
    _go_on(part.export)
    return True


def opened(part: ExportPart, storage: Storage) -> BinaryIO:
    """The file of a finished part; the caller closes it. Raises ``ExportSwept``."""
    try:
        return storage.open(part.storage_key or "")
    except NoSuchFile as swept:
        raise ExportSwept(at=part.export.kept_until) from swept


def sweep(storage: Storage) -> int:
    """Delete the files of exports whose time is over, begun ones too. Returns how many files.

    Files are listed first: an export is committed before it has a file, so that each file of the
    list has its export among the live ones, or that is over.
    """
    now = clock.now()
    over = update(Export).where(Export.kept_until < now, Export.swept_at.is_(None))
    with unit_of_work():
        db.session.execute(over.values(swept_at=now))
    keys = [file.key for file in storage.list(FOLDER)]
    live = set(db.session.scalars(select(Export.uuid).where(Export.swept_at.is_(None))))
    swept = [key for key in keys if key.split("/")[1] not in live]
    for key in swept:
        storage.delete(key)
    return len(swept)
