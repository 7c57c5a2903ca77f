"""The bytes of uploads that have not arrived whole: one file each in a folder of this machine."""

from __future__ import annotations

import fcntl
import hashlib
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from reports_service.attachments.uploads.refusals import UploadBusy, UploadDamaged, UploadTooLarge
from reports_service.core.uploads import in_bytes
from reports_service.domain.errors import Unavailable


class BrokenOff(Exception):
    """The connection ended before the piece did."""


@dataclass(frozen=True)
class Checksum:
    """What a piece's bytes must hash to: an algorithm of ``hashlib``, and the digest."""

    algorithm: str
    digest: bytes


class Parts:
    """The folder of the parts."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @contextmanager
    def turn(self, uuid: str) -> Iterator[BinaryIO]:
        """The part's file while nobody else writes to it. Raises ``UploadBusy``, ``Unavailable``.

        The system frees the lock when the process ends, however it ends.
        """
        with self._opened(uuid) as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as taken:
                raise UploadBusy() from taken
            yield file

    def _opened(self, uuid: str) -> BinaryIO:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            flags = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC
            return os.fdopen(os.open(self._folder / uuid, flags, 0o600), "r+b")
        except OSError as failed:
            raise Unavailable(part="storage") from failed

    def delete(self, uuid: str) -> None:
        """Remove a part; that there is none is no fault."""
        (self._folder / uuid).unlink(missing_ok=True)


def write(
    file: BinaryIO, offset: int, room: int, pieces: Iterable[bytes], checksum: Checksum | None
) -> int:
    """Write a piece at ``offset``, durably. Returns how many bytes of it count.

    Of a piece that breaks off, what arrived counts, unless a checksum speaks of the whole of it.
    Raises ``UploadTooLarge`` beyond ``room``, ``UploadDamaged``, ``Unavailable``.
    """
    hashed = hashlib.new(checksum.algorithm) if checksum else None
    file.seek(offset)
    written = 0
    try:
        for piece in pieces:
            written += len(piece)
            if written > room:
                raise UploadTooLarge(most=in_bytes(offset + room))
            file.write(piece)
            if hashed:
                hashed.update(piece)
    except BrokenOff:
        written = 0 if checksum else written
    except OSError as failed:
        raise Unavailable(part="storage") from failed
    else:
        if checksum and hashed and hashed.digest() != checksum.digest:
            raise UploadDamaged()
    _make_durable(file, offset + written)
    return written


def _make_durable(file: BinaryIO, length: int) -> None:
    try:
        file.flush()
        file.truncate(length)
        os.fsync(file.fileno())
    except OSError as failed:
        raise Unavailable(part="storage") from failed
