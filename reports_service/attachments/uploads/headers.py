"""The headers of tus 1.0: what a request says by them, and what an answer does."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterator, Mapping
from typing import BinaryIO, Final

from flask import Request
from werkzeug.exceptions import ClientDisconnected
from werkzeug.http import http_date

from reports_service.attachments.uploads.parts import BrokenOff, Checksum
from reports_service.attachments.uploads.refusals import TusHeader, TusMediaType, TusVersion
from reports_service.attachments.uploads.service import Standing

VERSION: Final = "1.0.0"
EXTENSIONS: Final = "creation,creation-with-upload,checksum,termination,expiration"
PIECE: Final = "application/offset+octet-stream"
# As tus names them: their names in hashlib, and the bytes of their digests.
ALGORITHMS: Final = {"sha1": 20, "sha256": 32}
_NUMBER: Final = re.compile(r"[0-9]{1,15}")
_AT_ONCE: Final = 64 * 1024


def require_version(request: Request) -> None:
    """Raises ``TusVersion`` unless the request speaks our version of the protocol."""
    if request.headers.get("Tus-Resumable") != VERSION:
        raise TusVersion(versions=VERSION)


def number(request: Request, name: str) -> int:
    """A number of bytes. Raises ``TusHeader``."""
    given = request.headers.get(name, "")
    if not _NUMBER.fullmatch(given):
        raise TusHeader(field=name)
    return int(given)


def announced_size(request: Request) -> int:
    """``Upload-Length``: at least one byte, known from the beginning. Raises ``TusHeader``."""
    size = number(request, "Upload-Length")
    if size == 0:
        raise TusHeader(field="Upload-Length")
    return size


def checksum(request: Request) -> Checksum | None:
    """``Upload-Checksum``: an algorithm and a digest in base64. Raises ``TusHeader``."""
    given = request.headers.get("Upload-Checksum")
    if given is None:
        return None
    algorithm, _, encoded = given.partition(" ")
    try:
        digest = base64.b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        digest = b""
    if len(digest) != ALGORITHMS.get(algorithm):
        raise TusHeader(field="Upload-Checksum")
    return Checksum(algorithm, digest)


def has_piece(request: Request) -> bool:
    """Whether the body is a piece of an upload."""
    return request.mimetype == PIECE


def pieces(request: Request) -> Iterator[bytes]:
    """The body as it arrives. Raises ``TusMediaType``, and ``BrokenOff`` where it ends early."""
    if not has_piece(request):
        raise TusMediaType(kind=PIECE)
    return _read(request.stream)  # type: ignore[arg-type]


def _read(stream: BinaryIO) -> Iterator[bytes]:
    while True:
        try:
            piece = stream.read(_AT_ONCE)
        except (ClientDisconnected, OSError) as ended:
            raise BrokenOff() from ended
        if not piece:
            return
        yield piece


def of(upload: Standing) -> Mapping[str, str]:
    """What an answer says of an upload."""
    return {
        "Upload-Offset": str(upload.arrived),
        "Upload-Length": str(upload.byte_size),
        "Upload-Expires": http_date(upload.expires_at),
        "Cache-Control": "no-store",
    }


def of_service(most: int) -> Mapping[str, str]:
    """What the service can do, and the bytes that it takes."""
    return {
        "Tus-Version": VERSION,
        "Tus-Extension": EXTENSIONS,
        "Tus-Max-Size": str(most),
        "Tus-Checksum-Algorithm": ",".join(ALGORITHMS),
    }
