"""Pictures that are kept: why one was refused, hiding and forgetting, and the sweep of files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from pathlib import PurePosixPath

from sqlalchemy import select

from reports_service.attachments.formats import REASONS, BadPicture
from reports_service.attachments.inspection import Limits
from reports_service.attachments.models import DERIVED, ORIGINALS, Attachment
from reports_service.core import clock, words
from reports_service.core.db import db
from reports_service.core.storage import Storage

_SWEPT_AT_ONCE = 500
_UUID_LENGTH = 36


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
