"""Working on pictures that were taken in, in two steps: ``develop`` reads them and makes files from
them, outside any transaction; ``settle`` writes what it gave.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import tzinfo
from io import BytesIO
from pathlib import PurePosixPath

from reports_service.attachments import imaging
from reports_service.attachments.exif import PhotoFacts, read_facts
from reports_service.attachments.formats import BadPicture, PictureUnreadable
from reports_service.attachments.imaging import Derived
from reports_service.attachments.models import DERIVED, ORIGINALS, Attachment, State
from reports_service.core import clock
from reports_service.core.db import db, for_update
from reports_service.core.storage import Storage

EFFECT = "picture"  # the kind of effect that works on a picture; its payload: {"attachment_id"}
DECODINGS_MOST = 3  # that nothing survived, before a picture is given up


@dataclass(frozen=True)
class Developed:
    """What the work on a picture gave: its facts, and the stored files or the refusal."""

    facts: PhotoFacts
    width: int = 0
    height: int = 0
    large_key: str | None = None
    small_key: str | None = None
    refusal: BadPicture | None = None


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
