"""Taking pictures in, in two steps, so that no file is written while others wait for the database:
``take_in`` checks and stores, ``record`` writes the row.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from typing import IO, BinaryIO, cast
from uuid import uuid4

from reports_service.attachments.developing import EFFECT
from reports_service.attachments.formats import (
    SUFFIXES,
    BadPicture,
    SurplusPicture,
    UploadUnknown,
)
from reports_service.attachments.inspection import (
    Fingerprint,
    Inspection,
    Limits,
    fingerprint,
    inspect,
)
from reports_service.attachments.models import ORIGINALS, Attachment, Role, State
from reports_service.attachments.uploads import service as uploads
from reports_service.core import clock, outbox
from reports_service.core.db import db, snapshot
from reports_service.core.storage import NoSuchFile, Storage


@dataclass(frozen=True)
class TakenIn:
    """A file that was looked at: stored under ``key``, or refused and not kept.

    ``upload`` names the upload that it came by, which only one report may take in.
    """

    uuid: str
    fingerprint: Fingerprint
    inspection: Inspection | None = None
    key: str | None = None
    refusal: BadPicture | None = None
    upload: str | None = None


def take_in(
    file: IO[bytes], limits: Limits, storage: Storage, known: Fingerprint | None = None
) -> TakenIn:
    """Check a seekable file and store it as it came; durable on return. Decodes no pixel.

    A bad picture is an answer, not an error: see ``refusal``. Raises ``Unavailable`` where the
    storage fails.
    """
    uuid = str(uuid4())
    measured = known or fingerprint(file)
    try:
        inspection = inspect(file, limits, measured)
    except BadPicture as refusal:
        return TakenIn(uuid, measured, refusal=refusal)
    key = f"{ORIGINALS}/{clock.now():%Y/%m}/{uuid}.{SUFFIXES[inspection.media_type]}"
    storage.put(key, cast("BinaryIO", file))
    return TakenIn(uuid, measured, inspection, key)


def surplus(file: IO[bytes], limits: Limits, known: Fingerprint | None = None) -> TakenIn:
    """A picture beyond the number that is taken: looked at for its fingerprint only."""
    refusal = SurplusPicture(**limits.in_words())
    return TakenIn(str(uuid4()), known or fingerprint(file), refusal=refusal)


def take_in_uploads(
    uuids: Sequence[str], limits: Limits, storage: Storage, before: int = 0
) -> list[TakenIn]:
    """``take_in`` for what arrived piece by piece; ``before``: pictures that the report has."""
    if not uuids:
        return []
    with snapshot():  # ends here: files are read next, and no transaction stays open for that long
        there = uploads.arrived(uuids)
    room = max(0, limits.count - before)
    return [
        _take_in_upload(there.get(uuid), limits, storage, fits=number < room)
        for number, uuid in enumerate(uuids)
    ]


def _take_in_upload(
    upload: uploads.Arrived | None, limits: Limits, storage: Storage, *, fits: bool
) -> TakenIn:
    if upload is None or upload.key is None:
        return missing_upload()
    if not fits:
        refusal = SurplusPicture(**limits.in_words())
        return TakenIn(str(uuid4()), upload.fingerprint, refusal=refusal)
    try:
        with storage.open(upload.key) as file:
            taken = take_in(file, limits, storage, upload.fingerprint)
    except NoSuchFile:  # swept away at this very moment
        return missing_upload()
    return replace(taken, upload=upload.uuid)


def missing_upload() -> TakenIn:
    """A picture that a report names and that never arrived: the report is kept, and says so."""
    nothing = fingerprint(BytesIO())
    return TakenIn(str(uuid4()), nothing, refusal=UploadUnknown())


def record(taken: TakenIn, *, role: Role | str, position: int) -> Attachment:
    """Write the row of a taken picture, pending with its effect, or rejected with its reason."""
    if taken.upload and not uploads.claim(taken.upload):
        taken = missing_upload()
    picture = Attachment(
        uuid=taken.uuid,
        role=str(role),
        position=position,
        state=State.REJECTED if taken.refusal else State.PENDING,
        reason=taken.refusal.code if taken.refusal else None,
        byte_size=taken.fingerprint.byte_size,
        sha256=taken.fingerprint.sha256,
        original_key=taken.key,
        published=False,
    )
    if taken.inspection:
        picture.media_type = taken.inspection.media_type
        picture.width, picture.height = taken.inspection.width, taken.inspection.height
    db.session.add(picture)
    db.session.flush()
    if not taken.refusal:
        outbox.put(EFFECT, {"attachment_id": picture.id})
    return picture


def receive(
    file: IO[bytes], *, role: Role | str, position: int, limits: Limits, storage: Storage
) -> Attachment:
    """``take_in`` and ``record`` at once, for a single picture inside a unit of work."""
    return record(take_in(file, limits, storage), role=role, position=position)
