"""An archive: a tar file that ends with the SHA-256 of each of its parts.

The first part, ``backup.json``, says what the archive is of; the last, ``SHA256SUMS``, has a line
for each part before it, as ``sha256sum --check`` reads them. One that lacks its last part was
broken off. Written and read from begin to end, in the memory of one piece.
"""

from __future__ import annotations

import hashlib
import tarfile
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO, cast

import orjson

from reports_service.backups.refusals import (
    BackupBrokenOff,
    BackupNotFound,
    BackupNotOurs,
    BackupPartDamaged,
)
from reports_service.backups.sealing import Key, SealingFile, opened

FORMAT = 1
ABOUT, SUMS = "backup.json", "SHA256SUMS"
CONFIGURATION, DATABASE, PHOTOS = "configuration.json", "database/", "photos/"
_PIECE = 1024 * 1024
_BLOCK = 65_536  # tarfile copies what waits at each turn: a larger one costs more than it saves
Reached = Callable[[int], None]


@dataclass(frozen=True)
class About:
    """What an archive is of: ``schema`` is the last migration that its database had had,
    ``secret`` names the deployment's secret without betraying it, ``secrets_inside`` says whether
    the configuration in it is whole.
    """

    made_at: str
    engine: str
    schema: str
    secret: str
    secrets_inside: bool
    format: int = FORMAT

    @classmethod
    def read(cls, content: bytes) -> About:
        """Of the first part. Raises ``BackupNotOurs``."""
        try:
            return cls(**orjson.loads(content))
        except (orjson.JSONDecodeError, TypeError) as wrong:
            raise BackupNotOurs() from wrong


class _Summing:
    """A file that is hashed while it is read."""

    def __init__(self, file: Any) -> None:
        self._file, self._sum = file, hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        content: bytes = self._file.read(size)
        self._sum.update(content)
        return content

    def rest(self) -> str:
        """The sum in hexadecimal, when what nobody read has been read too."""
        while self.read(_PIECE):
            pass
        return self._sum.hexdigest()


class Writer:
    """Appends parts to a tar file, and their sums to another file."""

    def __init__(self, tar: tarfile.TarFile, sums: BinaryIO) -> None:
        self._tar, self._sums = tar, sums

    def put(self, name: str, content: bytes) -> str:
        """A part from memory. Returns its SHA-256."""
        return self.copy(name, BytesIO(content), len(content))

    def copy(self, name: str, file: Any, size: int) -> str:
        """A part of ``size`` bytes from a file. Returns its SHA-256."""
        summing = _Summing(file)
        self._append(name, summing, size)
        digest = summing.rest()
        self._sums.write(f"{digest}  {name}\n".encode())
        return digest

    def end(self) -> None:
        """Write the sums, the last part."""
        size = self._sums.tell()
        self._sums.seek(0)
        self._append(SUMS, self._sums, size)

    def _append(self, name: str, file: Any, size: int) -> None:
        about = tarfile.TarInfo(name)
        about.size, about.mode, about.mtime = size, 0o600, int(time.time())
        self._tar.addfile(about, file)
        _forget(self._tar)


def _forget(tar: tarfile.TarFile) -> None:
    """Else it remembers each part that it met: a million pictures are a gigabyte."""
    tar.members = []  # type: ignore[attr-defined]


@contextmanager
def writing(file: BinaryIO, key: Key | None) -> Iterator[Writer]:
    """Write an archive into a file; it has its end only where the block comes to its own."""
    sealing = SealingFile(file, key) if key else None
    below: Any = sealing or file
    with (
        tempfile.TemporaryFile() as sums,
        tarfile.open(fileobj=below, mode="w|", bufsize=_BLOCK, format=tarfile.PAX_FORMAT) as tar,
    ):
        writer = Writer(tar, sums)
        try:
            yield writer
        except BaseException:
            with suppress(OSError):  # the file is of no use now; what it waits to write, too
                tar.close()
            raise
        writer.end()
    if sealing:
        sealing.close()


@contextmanager
def reading(path: Path, key: Key | None, reached: Reached | None = None) -> Iterator[Reader]:
    """Read the archive in a file, from its begin. ``reached`` is told how many bytes are behind.

    Raises ``BackupNotFound`` and what ``sealing.opened`` raises.
    """
    try:
        file = path.open("rb")
    except OSError as why:
        raise BackupNotFound(file=path) from why
    with file:
        yield Reader(opened(file, key), lambda: reached(file.tell()) if reached else None)


class Reader:
    """Gives the parts of an archive one after the other."""

    def __init__(self, file: BinaryIO, after_each: Callable[[], None]) -> None:
        self._file, self._after_each = file, after_each

    def parts(self) -> Iterator[tuple[str, BinaryIO]]:
        """The parts in their order, each to be read before the next is asked for.

        Raises ``BackupNotOurs`` and ``BackupBrokenOff``.
        """
        with _tar(self._file) as tar:
            while (about := _next(tar)) is not None:
                _forget(tar)
                content = tar.extractfile(about)
                if content is None:  # a folder or a link: we write none
                    raise BackupNotOurs()
                yield about.name, cast("BinaryIO", _Part(content))
                self._after_each()

    def about(self) -> About:
        """What the archive is of, from its first part. Raises ``BackupNotOurs``."""
        for name, content in self.parts():
            if name == ABOUT:
                return About.read(content.read())
            break
        raise BackupNotOurs()

    def checked(self) -> int:
        """Read all of it and compare every sum. Returns the number of parts.

        Raises ``BackupPartDamaged`` and ``BackupBrokenOff``.
        """
        with tempfile.TemporaryFile() as found:
            for count, (name, content) in enumerate(self.parts()):
                if name == SUMS:
                    _compare(found, content)
                    while self._file.read(_PIECE):  # the last sealed chunk is to be ours too
                        pass
                    return count
                found.write(f"{_Summing(content).rest()}  {name}\n".encode())
        raise BackupBrokenOff()


class _Part:
    """One part as it is read."""

    def __init__(self, content: Any) -> None:
        self._content = content

    def read(self, size: int = -1) -> bytes:
        try:
            content: bytes = self._content.read(size)
        except tarfile.TarError as wrong:
            raise BackupBrokenOff() from wrong
        return content

    def readline(self) -> bytes:
        line: bytes = self._content.readline()
        return line


def _tar(file: BinaryIO) -> tarfile.TarFile:
    try:
        return tarfile.open(fileobj=file, mode="r|", bufsize=_BLOCK)
    except tarfile.TarError as wrong:
        raise BackupNotOurs() from wrong


def _next(tar: tarfile.TarFile) -> tarfile.TarInfo | None:
    try:
        return tar.next()
    except tarfile.TarError as wrong:
        raise BackupBrokenOff() from wrong


def _compare(found: Any, stated: BinaryIO) -> None:
    found.seek(0)
    for line in found:
        if stated.readline() != line:
            raise BackupPartDamaged(part=line.decode(errors="replace").split("  ", 1)[-1].strip())
    if stated.read(1):
        raise BackupBrokenOff()
