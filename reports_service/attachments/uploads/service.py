"""Beginning an upload, going on with it, giving it to a report, sweeping what was left behind.

Only the machine that began an upload can go on with it: its parts lie on that machine's disk. What
has arrived whole lies with the photos, for all machines. A row outlives its bytes by a month, so
that a filing which is sent again long after is known by what its pictures were.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import BinaryIO
from uuid import uuid4

from sqlalchemy import ColumnElement, delete, func, or_, select, update

from reports_service.attachments.inspection import Fingerprint, fingerprint
from reports_service.attachments.uploads.models import Upload
from reports_service.attachments.uploads.parts import Checksum, Parts, write
from reports_service.attachments.uploads.refusals import (
    UploadGone,
    UploadNotFound,
    UploadOffset,
    UploadsTooMany,
    UploadTooLarge,
)
from reports_service.core import clock
from reports_service.core.db import db, snapshot, unit_of_work
from reports_service.core.storage import Storage
from reports_service.core.uploads import in_bytes

KEPT = timedelta(days=1)
KNOWN = timedelta(days=30)
_LONGEST_PIECE = timedelta(hours=1)  # to arrive: until then it is left alone
FOLDER = "uploads"  # of the photo store
_SWEPT_AT_ONCE = 500


@dataclass(frozen=True)
class Bounds:
    """The bytes of one upload, and how many of one sender may wait for their reports."""

    byte_size: int
    of_one_sender: int


@dataclass(frozen=True)
class Places:
    """Where bytes lie before they are whole, and afterwards."""

    parts: Parts
    storage: Storage


@dataclass(frozen=True)
class Standing:
    """An upload that can go on: its bytes as announced and as arrived, and its last moment."""

    uuid: str
    byte_size: int
    arrived: int
    expires_at: datetime


@dataclass(frozen=True)
class Arrived:
    """An upload that a report names and that was whole once; without ``key``, it is not there."""

    uuid: str
    fingerprint: Fingerprint
    key: str | None


def begin(byte_size: int, sender: bytes, bounds: Bounds) -> Standing:
    """Begin an upload inside the caller's unit of work; ``sender``: a hash of the address.

    Raises ``UploadTooLarge``, ``UploadsTooMany``.
    """
    now = clock.now()
    if byte_size > bounds.byte_size:
        raise UploadTooLarge(most=in_bytes(bounds.byte_size))
    if _waiting(sender, now) >= bounds.of_one_sender:
        raise UploadsTooMany(most=bounds.of_one_sender)
    upload = Upload(
        uuid=str(uuid4()),
        byte_size=byte_size,
        arrived=0,
        sender=sender,
        created_at=now,
        expires_at=now + KEPT,
    )
    db.session.add(upload)
    db.session.flush()
    return _standing(upload)


def _waiting(sender: bytes, now: datetime) -> int:
    live = (Upload.used_at.is_(None), Upload.swept_at.is_(None), Upload.expires_at > now)
    counted = select(func.count()).select_from(Upload).where(Upload.sender == sender, *live)
    return db.session.scalar(counted) or 0


def standing(uuid: str) -> Standing:
    """How far an upload has come. Raises ``UploadNotFound``, ``UploadGone``.

    Leaves no transaction open: bytes may take minutes to arrive.
    """
    with snapshot():
        upload = db.session.get(Upload, uuid)
        if upload is None:
            raise UploadNotFound()
        if upload.swept_at or upload.expires_at <= clock.now():
            raise UploadGone()
        return _standing(upload)


def _standing(upload: Upload) -> Standing:
    return Standing(upload.uuid, upload.byte_size, upload.arrived, upload.expires_at)


def go_on(
    uuid: str, offset: int, pieces: Iterable[bytes], checksum: Checksum | None, places: Places
) -> Standing:
    """Take a piece that begins at ``offset``; what counts of it is durable on return.

    Call it outside of units of work. Raises what ``standing`` and ``parts.write`` raise, and
    ``UploadOffset``, ``UploadBusy``.
    """
    _meets(standing(uuid), offset)  # before a file is made for what there is not
    with places.parts.turn(uuid) as file:
        before = standing(uuid)
        _meets(before, offset)
        written = write(file, offset, before.byte_size - offset, pieces, checksum)
        arrived = offset + written
        last = written > 0 and arrived == before.byte_size
        whole = _whole(uuid, file, places.storage) if last else None
        with unit_of_work():
            _note(uuid, arrived, whole)
        if whole:
            places.parts.delete(uuid)
    return Standing(uuid, before.byte_size, arrived, before.expires_at)


def _meets(upload: Standing, offset: int) -> None:
    if upload.arrived != offset:
        raise UploadOffset(arrived=upload.arrived)


def _whole(uuid: str, file: BinaryIO, storage: Storage) -> str:
    """Put what has arrived whole to the photos; its SHA-256."""
    file.seek(0)
    measured = fingerprint(file)
    file.seek(0)
    storage.put(_key(uuid), file)
    return measured.sha256


def _note(uuid: str, arrived: int, sha256: str | None) -> None:
    ours = update(Upload).where(Upload.uuid == uuid, Upload.swept_at.is_(None))
    db.session.execute(ours.values(arrived=arrived, sha256=sha256))


def take_back(uuid: str, places: Places) -> None:
    """Delete an upload whose sender does not want it any more; not one that its report has.

    Raises ``UploadNotFound``, ``UploadGone``, ``UploadBusy``.
    """
    standing(uuid)
    with places.parts.turn(uuid):
        with unit_of_work():
            ours = update(Upload).where(Upload.uuid == uuid, Upload.used_at.is_(None))
            db.session.execute(ours.values(swept_at=clock.now()))
        _delete_bytes(uuid, places)


def arrived(uuids: Sequence[str]) -> Mapping[str, Arrived]:
    """Those of some uploads that were whole once, by their ids."""
    now = clock.now()
    found = db.session.scalars(
        select(Upload).where(Upload.uuid.in_(uuids), Upload.sha256.is_not(None))
    )
    return {
        one.uuid: Arrived(
            one.uuid,
            Fingerprint(one.byte_size, one.sha256 or ""),
            None if one.used_at or one.swept_at or one.expires_at <= now else _key(one.uuid),
        )
        for one in found
    }


def claim(uuid: str) -> bool:
    """Give a finished upload to the report that is written in this unit of work, if none has it."""
    ours = update(Upload).where(
        Upload.uuid == uuid,
        Upload.sha256.is_not(None),
        Upload.used_at.is_(None),
        Upload.swept_at.is_(None),
    )
    return db.session.connection().execute(ours.values(used_at=clock.now())).rowcount == 1


def sweep(places: Places) -> int:
    """Delete the bytes of uploads whose report has them or whose day is over. Returns how many."""
    now = clock.now()
    over = or_(Upload.used_at.is_not(None), Upload.expires_at <= now - _LONGEST_PIECE)
    swept = 0
    while uuids := _some(Upload.swept_at.is_(None), over):
        for uuid in uuids:
            _delete_bytes(uuid, places)
        with unit_of_work():
            db.session.execute(update(Upload).where(Upload.uuid.in_(uuids)).values(swept_at=now))
        swept += len(uuids)
    with unit_of_work():
        long_ago = Upload.expires_at <= now - KNOWN
        db.session.execute(delete(Upload).where(Upload.swept_at.is_not(None), long_ago))
    return swept


def give_up_unfinished() -> None:
    """Say of all that have not arrived whole that they are gone, in the caller's unit of work.

    For a restored database: their parts lay on a machine that is no more, and who went on with one
    would write behind nothing. Devices begin anew.
    """
    unfinished = update(Upload).where(Upload.sha256.is_(None), Upload.swept_at.is_(None))
    db.session.execute(unfinished.values(swept_at=clock.now()))


def _some(*conditions: ColumnElement[bool]) -> list[str]:
    some = select(Upload.uuid).where(*conditions).limit(_SWEPT_AT_ONCE)
    with snapshot():
        return list(db.session.scalars(some))


def _delete_bytes(uuid: str, places: Places) -> None:
    places.parts.delete(uuid)
    places.storage.delete(_key(uuid))


def _key(uuid: str) -> str:
    return f"{FOLDER}/{uuid}"
