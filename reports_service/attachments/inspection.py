"""What is asked of a picture before the sender gets an answer: its kind, its bytes, its pixels.

Nothing here decodes a pixel, so that a request stays cheap whatever is sent.
"""

from __future__ import annotations

import hashlib
import struct
from dataclasses import dataclass
from typing import IO

from reports_service.attachments.formats import (
    MEDIA_TYPES,
    NotAPicture,
    PictureAnimation,
    PictureEmpty,
    PictureTooManyBytes,
    PictureTooManyPixels,
    PictureUnreadable,
    open_picture,
)

MEBIBYTE = 1024 * 1024
_CHUNK = MEBIBYTE
_BOX_HEADER = struct.Struct(">I4s")
_BOXES_MAX = 10_000


@dataclass(frozen=True)
class Limits:
    """The largest picture that is taken, and how many belong to one report."""

    byte_size: int = 25 * MEBIBYTE
    pixels: int = 50_000_000
    count: int = 10

    def in_words(self) -> dict[str, object]:
        """The values that the words of the reasons speak of."""
        return {
            "megabytes": self.byte_size // MEBIBYTE,
            "megapixels": self.pixels // 1_000_000,
            "most": self.count,
        }


@dataclass(frozen=True)
class Fingerprint:
    """A file's length in bytes and its SHA-256 in hexadecimal."""

    byte_size: int
    sha256: str


@dataclass(frozen=True)
class Inspection:
    """What the header says: media type by content, width and height in pixels as stored."""

    media_type: str
    width: int
    height: int
    byte_size: int
    sha256: str


def fingerprint(file: IO[bytes]) -> Fingerprint:
    """Length and digest of a seekable file, read from its beginning."""
    digest = hashlib.sha256()
    byte_size = 0
    file.seek(0)
    while chunk := file.read(_CHUNK):
        digest.update(chunk)
        byte_size += len(chunk)
    file.seek(0)
    return Fingerprint(byte_size, digest.hexdigest())


def inspect(file: IO[bytes], limits: Limits, known: Fingerprint | None = None) -> Inspection:
    """Check a seekable file against the limits. ``known`` saves reading it once more.

    Leaves the file at its beginning. Raises a ``BadPicture``.
    """
    whole = known or fingerprint(file)
    if whole.byte_size == 0:
        raise PictureEmpty()
    if whole.byte_size > limits.byte_size:
        raise PictureTooManyBytes(**limits.in_words())
    media_type, width, height = _read_header(file)
    if width * height > limits.pixels:
        raise PictureTooManyPixels(**limits.in_words())
    if not _is_whole(file, media_type, whole.byte_size):
        raise PictureUnreadable()
    file.seek(0)
    return Inspection(media_type, width, height, whole.byte_size, whole.sha256)


def _read_header(file: IO[bytes]) -> tuple[str, int, int]:
    file.seek(0)
    if file.read(6) in (b"GIF87a", b"GIF89a"):
        raise PictureAnimation()
    picture = open_picture(file)
    # Not closed: closing would close the sender's file below it.
    if picture.format not in MEDIA_TYPES or min(picture.size) < 1:
        raise NotAPicture()
    return MEDIA_TYPES[picture.format], picture.width, picture.height


def _is_whole(file: IO[bytes], media_type: str, byte_size: int) -> bool:
    """Whether a file is as long as it says: libheif may decode a torn one without a word."""
    if media_type in ("image/heic", "image/avif"):
        return _boxes_end(file, byte_size) <= byte_size
    if media_type == "image/webp":
        file.seek(4)
        (length,) = struct.unpack("<I", file.read(4))
        return bool(length + 8 <= byte_size)
    return True


def _boxes_end(file: IO[bytes], byte_size: int) -> int:
    """Where the last top-level box of an ISO base media file ends (ISO/IEC 14496-12, 4.2)."""
    at = 0
    for _ in range(_BOXES_MAX):
        file.seek(at)
        header = file.read(_BOX_HEADER.size)
        if len(header) < _BOX_HEADER.size:
            return at
        length, _kind = _BOX_HEADER.unpack(header)
        if length == 0:  # this box reaches to the end of the file
            return byte_size
        if length == 1:  # its length follows in 64 bits
            length = int.from_bytes(file.read(8), "big")
        if length < _BOX_HEADER.size:
            break
        at += length
    return at if at >= byte_size else byte_size
