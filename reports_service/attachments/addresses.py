"""Addresses of pictures: open for what is public, signed and ending for everything else."""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime, timedelta
from enum import StrEnum

from reports_service.attachments.models import Attachment

PREFIX = "/api/v1/photos"
VALID_FOR = timedelta(hours=1)


class Size(StrEnum):
    """The forms a picture is served in; the original is as it was sent, metadata and all."""

    LARGE = "large"
    SMALL = "small"
    ORIGINAL = "original"


DERIVED = (Size.LARGE, Size.SMALL)


def sign(uuid: str, size: str, until: int, key: bytes) -> str:
    """HMAC-SHA-256 over the address and its end (Unix seconds), in hexadecimal."""
    return hmac.new(key, f"{uuid}\n{size}\n{until}".encode(), hashlib.sha256).hexdigest()


def signature_holds(
    uuid: str, size: str, until: int, signature: str, key: bytes, now: datetime
) -> bool:
    """Whether a signature is ours and has not ended; compared in constant time."""
    ours = sign(uuid, size, until, key)
    return hmac.compare_digest(ours.encode(), signature.encode()) and now.timestamp() < until


def public_addresses(picture: Attachment) -> dict[str, str]:
    """Size -> path, for what anybody may see; empty where that is nothing."""
    if not picture.is_public:
        return {}
    return {size.value: f"{PREFIX}/{picture.uuid}/{size}" for size in DERIVED}


def signed_addresses(
    picture: Attachment, key: bytes, now: datetime, *, original: bool = False
) -> dict[str, str]:
    """Size -> path with a signature, for who may see the picture though the public may not.

    An address holds for one to two times ``VALID_FOR``: its end is rounded, so that a page that is
    loaded again finds the pictures in the browser's cache.
    """
    sizes = [*DERIVED] if picture.is_there else []
    if original and picture.original_key:
        sizes.append(Size.ORIGINAL)
    step = int(VALID_FOR.total_seconds())
    until = (int(now.timestamp()) // step + 2) * step
    return {size.value: _signed(picture.uuid, size, until, key) for size in sizes}


def _signed(uuid: str, size: Size, until: int, key: bytes) -> str:
    return f"{PREFIX}/{uuid}/{size}?until={until}&signature={sign(uuid, size, until, key)}"
