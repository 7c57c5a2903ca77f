"""Keeping a photo of a form that is not filed yet: no page can fill in a file a second time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from reports_service.attachments.inspection import fingerprint
from reports_service.attachments.uploads import service
from reports_service.attachments.uploads.places import places
from reports_service.attachments.uploads.sender import bounds, sender
from reports_service.core.db import unit_of_work

_AT_ONCE = 64 * 1024


def keep(file: BinaryIO) -> str:
    """A finished upload with the bytes of a seekable file; its id.

    Raises ``UploadTooLarge``, ``UploadsTooMany``, ``Unavailable``.
    """
    size = fingerprint(file).byte_size
    with unit_of_work():
        upload = service.begin(size, sender(), bounds())
    file.seek(0)
    return service.go_on(upload.uuid, 0, _pieces(file), None, places()).uuid


def _pieces(file: BinaryIO) -> Iterator[bytes]:
    while piece := file.read(_AT_ONCE):
        yield piece
