"""Taking pictures in, working on them, finding them for who may see them.

Taking in has two steps, so that no file is written while others wait for the database: ``take_in``
checks and stores, ``record`` writes the row. So has the work: ``develop`` and ``settle``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, tzinfo
from io import BytesIO
from pathlib import PurePosixPath
from typing import IO, BinaryIO, cast
from uuid import uuid4

from sqlalchemy import select

from reports_service.attachments import imaging
from reports_service.attachments.exif import PhotoFacts, read_facts
from reports_service.attachments.formats import (
    REASONS,
    SUFFIXES,
    BadPicture,
    PictureUnreadable,
    SurplusPicture,
    UploadUnknown,
)
from reports_service.attachments.imaging import Derived
from reports_service.attachments.inspection import (
    Fingerprint,
    Inspection,
    Limits,
    fingerprint,
    inspect,
)
from reports_service.attachments.models import Attachment, Role, State
from reports_service.attachments.uploads import service as uploads
from reports_service.core import clock, outbox, words
from reports_service.core.db import db, for_update, snapshot
from reports_service.core.storage import NoSuchFile, Storage

EFFECT = "picture"  # the kind of effect that works on a picture; its payload: {"attachment_id"}
ORIGINALS, DERIVED = "originals", "derived"
DECODINGS_MOST = 3  # that nothing survived, before a picture is given up
_SWEPT_AT_ONCE = 500
_UUID_LENGTH = 36


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


@dataclass(frozen=True)
class Developed:
    """What the work on a picture gave: its facts, and the stored files or the refusal."""

    facts: PhotoFacts
    width: int = 0
    height: int = 0
    large_key: str | None = None
    small_key: str | None = None
    refusal: BadPicture | None = None


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
    key = _key(ORIGINALS, f"{uuid}.{SUFFIXES[inspection.media_type]}")
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


def waiting(attachment_id: int) -> Attachment | None:
    """The picture, if there is work to do on it still."""
    picture = db.session.get(Attachment, attachment_id)
    if picture is None or picture.state != State.PENDING or picture.original_key is None:
        return None
    return picture


def develop(
    uuid: str,
    original_key: str,
    storage: Storage,
    zone: tzinfo,
    derive: Callable[[bytes], Derived] = imaging.derive,
) -> Developed:
    """Read the facts, then make and store the derived pictures. Slow: call it outside transactions.

    Run twice it writes the same files again. ``zone``: the local time of cameras. ``derive``: in a
    child process, unless the bytes are known to be harmless. Raises ``Unavailable``,
    ``NoSuchFile``, and ``ChildLost`` or ``ChildFault`` of the work itself.
    """
    original = storage.get(original_key)
    facts = read_facts(BytesIO(original), zone, clock.now())
    try:
        derived = derive(original)
    except BadPicture as refusal:
        return Developed(facts, refusal=refusal)
    folder = str(PurePosixPath(original_key).parent.relative_to(ORIGINALS))
    large_key, small_key = (f"{DERIVED}/{folder}/{uuid}-{size}.jpg" for size in ("large", "small"))
    storage.put(large_key, derived.large)
    storage.put(small_key, derived.small)
    return Developed(facts, derived.width, derived.height, large_key, small_key)


def begin_decoding(attachment_id: int) -> bool:
    """Count, before it, that a picture is decoded once more. False where it has taken down what
    decoded it too often already: it is rejected then, and waits no longer.
    """
    picture = db.session.get(Attachment, attachment_id, **for_update())
    if picture is None or picture.state != State.PENDING:
        return False
    if picture.decodings >= DECODINGS_MOST:
        settle(attachment_id, Developed(PhotoFacts(), refusal=PictureUnreadable()))
        return False
    picture.decodings += 1
    return True


def end_decoding(attachment_id: int) -> None:
    """It was decoded, or refused by its decoder; what fails after this is not its fault."""
    picture = db.session.get(Attachment, attachment_id, **for_update())
    if picture is not None:
        picture.decodings = 0


def settle(attachment_id: int, developed: Developed) -> None:
    """Write what the work gave. A bad picture's original is let go, for the sweep to delete."""
    picture = db.session.get(Attachment, attachment_id, **for_update())
    if picture is None or picture.state != State.PENDING:
        return
    if developed.refusal:
        picture.state, picture.reason = State.REJECTED, developed.refusal.code
        picture.original_key = None
        return
    facts = developed.facts
    picture.exif_lat, picture.exif_lon, picture.taken_at = facts.lat, facts.lon, facts.taken_at
    picture.width, picture.height = developed.width, developed.height
    picture.large_key, picture.small_key = developed.large_key, developed.small_key
    picture.state, picture.ready_at = State.READY, clock.now()


def reason_in_words(picture: Attachment, language: str, limits: Limits) -> str | None:
    """Why a picture was rejected and what to do about it; None where it was not."""
    if picture.reason is None:
        return None
    code = picture.reason if picture.reason in REASONS else BadPicture.code
    return words.say(code, language, **limits.in_words())


def hide(picture: Attachment, *, by_id: int, reason: str) -> None:
    """Keep a picture from the public; who may see more sees it still, and who hid it and why."""
    picture.hidden_at, picture.hidden_by_id, picture.hidden_reason = clock.now(), by_id, reason


def show_again(picture: Attachment) -> None:
    """Take a hiding back."""
    picture.hidden_at = picture.hidden_by_id = picture.hidden_reason = None


def forget_original(picture: Attachment) -> None:
    """Let go of the file as it was sent, metadata and all; the sweep deletes it."""
    picture.original_key = picture.exif_lat = picture.exif_lon = picture.taken_at = None


def forget(picture: Attachment) -> None:
    """Let go of a picture altogether; that there was one stays."""
    forget_original(picture)
    picture.large_key = picture.small_key = picture.sha256 = picture.hidden_reason = None
    picture.published = False


def sweep_orphans(storage: Storage, older_than: timedelta) -> int:
    """Delete files that no row names, written longer ago than ``older_than``. Returns how many.

    ``older_than`` leaves time to requests that have stored a file and not yet written its row.
    """
    before = clock.now() - older_than
    deleted = 0
    for keys in _chunks(list(_old_keys(storage, before))):
        for key in set(keys) - _named_keys(keys):
            storage.delete(key)
            deleted += 1
    return deleted


def _old_keys(storage: Storage, before: datetime) -> Iterator[str]:
    for prefix in (ORIGINALS, DERIVED):
        for file in storage.list(prefix):
            if file.written_at < before:
                yield file.key


def _chunks(keys: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(keys), _SWEPT_AT_ONCE):
        yield keys[start : start + _SWEPT_AT_ONCE]


def _named_keys(keys: Sequence[str]) -> set[str | None]:
    uuids = {PurePosixPath(key).name[:_UUID_LENGTH] for key in keys}
    rows = db.session.execute(
        select(Attachment.original_key, Attachment.large_key, Attachment.small_key).where(
            Attachment.uuid.in_(uuids)
        )
    )
    return {key for row in rows for key in row}


def _key(kind: str, name: str) -> str:
    return f"{kind}/{clock.now():%Y/%m}/{name}"
