"""Which file answers a request for a picture, if the asker may have it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from reports_service.attachments import imaging
from reports_service.attachments.addresses import Size, signature_holds
from reports_service.attachments.models import Attachment
from reports_service.core.db import db
from reports_service.domain.errors import NotFound


class PhotoNotFound(NotFound):
    """No such picture, or not for the asker, or not yet, or not any more."""

    code = "photo_not_found"


@dataclass(frozen=True)
class Seal:
    """The signed part of an address: its end (Unix seconds) and the signature."""

    until: int
    signature: str


@dataclass(frozen=True)
class Served:
    """A file to send: its storage key, media type, entity tag, and whether anybody may have it."""

    key: str
    media_type: str
    etag: str
    is_public: bool


def serve(uuid: str, size: str, seal: Seal | None, key: bytes, now: datetime) -> Served:
    """Find the file behind an address. Raises ``PhotoNotFound``; it never says which it lacks."""
    sealed = seal is not None and signature_holds(uuid, size, seal.until, seal.signature, key, now)
    picture = db.session.scalar(select(Attachment).where(Attachment.uuid == uuid))
    if picture is None or not (sealed or (picture.is_public and size != Size.ORIGINAL)):
        raise PhotoNotFound()
    file_key, media_type = _file_of(picture, size)
    if file_key is None or media_type is None:
        raise PhotoNotFound()
    return Served(file_key, media_type, f"{uuid}-{size}", is_public=not sealed)


def _file_of(picture: Attachment, size: str) -> tuple[str | None, str | None]:
    match size:
        case Size.LARGE:
            return picture.large_key, imaging.MEDIA_TYPE
        case Size.SMALL:
            return picture.small_key, imaging.MEDIA_TYPE
        case Size.ORIGINAL:
            return picture.original_key, picture.media_type
        case _:
            return None, None
