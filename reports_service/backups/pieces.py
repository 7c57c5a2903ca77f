"""A long stream as compressed parts of bounded size: ``NAME/000001.gz``, ``NAME/000002.gz`` …

Unpacked one after the other they are the stream again (``cat NAME/*.gz | gunzip``).
"""

from __future__ import annotations

import gzip
from collections.abc import Iterable, Iterator
from typing import BinaryIO

from reports_service.backups.archive import Writer

PIECE = 4 * 1024 * 1024  # bytes before they are compressed
_FAST = 1  # rows shrink to a fifth by the fastest level; the slowest gains little more


def put(archive: Writer, name: str, stream: Iterable[bytes]) -> None:
    """Write a stream, however it is cut."""
    number, waiting = 0, bytearray()
    for content in stream:
        waiting += content
        while len(waiting) >= PIECE:
            number += 1
            _put(archive, name, number, bytes(waiting[:PIECE]))
            del waiting[:PIECE]
    _put(archive, name, number + 1, bytes(waiting))


def _put(archive: Writer, name: str, number: int, content: bytes) -> None:
    archive.put(f"{name}/{number:06}.gz", gzip.compress(content, _FAST, mtime=0))


def unpacked(part: BinaryIO) -> bytes:
    """The bytes of one part."""
    return gzip.decompress(part.read())


def of_file(file: BinaryIO) -> Iterator[bytes]:
    """A file as a stream."""
    while content := file.read(PIECE):
        yield content
