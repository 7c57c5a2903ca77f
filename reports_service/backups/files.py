"""The files that the rows of a database name, and whether they are still what the rows say."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from reports_service.backups.archive import PHOTOS, Writer
from reports_service.core.storage import NoSuchFile, Storage

# (table, key of the file, SHA-256 or NULL, which rows). Old schemas lack some of the tables.
NAMED = (
    ("attachments", "original_key", "sha256", "original_key IS NOT NULL"),
    ("attachments", "large_key", "NULL", "large_key IS NOT NULL"),
    ("attachments", "small_key", "NULL", "small_key IS NOT NULL"),
    ("export_parts", "storage_key", "sha256",
     "storage_key IS NOT NULL AND export_id IN (SELECT id FROM exports WHERE swept_at IS NULL)"),
    ("uploads", "'uploads/' || uuid", "sha256",
     "sha256 IS NOT NULL AND used_at IS NULL AND swept_at IS NULL"),
)  # fmt: skip
_AT_ONCE = 1000
Reached = Callable[[int, int], None]
Ask = Callable[[str], Iterable[Any]]


@dataclass
class Copied:
    """What became of the files: ``gone`` and ``altered`` are keys that are not as rows say."""

    count: int = 0
    byte_size: int = 0
    gone: list[str] = field(default_factory=list)
    altered: list[str] = field(default_factory=list)

    @property
    def whole(self) -> bool:
        """Whether nothing is missing."""
        return not self.gone and not self.altered


class Listed:
    """The files to copy, kept on disk: there may be millions."""

    def __init__(self, lines: BinaryIO) -> None:
        self._lines, self.count = lines, 0

    def fill(self, ask: Ask, tables: Iterable[str]) -> None:
        """Note each file that rows name. ``ask`` gives the rows of a statement."""
        there = set(tables)
        for table, key, digest, which in NAMED:
            if table in there:
                for row in ask(f"SELECT {key}, {digest} FROM {table} WHERE {which}"):
                    self._lines.write(f"{row[0]}\t{row[1] or ''}\n".encode())
                    self.count += 1

    def __iter__(self) -> Iterator[tuple[str, str]]:
        """The key of each, and its SHA-256 or nothing."""
        self._lines.seek(0)
        for line in self._lines:
            key, _, digest = line.decode().rstrip("\n").partition("\t")
            yield key, digest


@contextmanager
def listing() -> Iterator[Listed]:
    """An empty list that lives while inside."""
    with tempfile.TemporaryFile() as lines:
        yield Listed(lines)


def put(archive: Writer, named: Listed, storage: Storage, reached: Reached) -> Copied:
    """Write each file into the archive.

    Files are there before the rows that name them and never change, so those of the snapshot are
    there, but for what was deleted since.
    """
    copied = Copied()
    for number, (key, digest) in enumerate(named, start=1):
        try:
            with storage.open(key) as file:
                size = _size(file)
                found = archive.copy(f"{PHOTOS}{key}", file, size)
        except NoSuchFile:
            copied.gone.append(key)
        else:
            copied.count, copied.byte_size = copied.count + 1, copied.byte_size + size
            if digest and found != digest:
                copied.altered.append(key)
        reached(number, named.count)
    return copied


def _size(file: BinaryIO) -> int:
    size = file.seek(0, 2)
    file.seek(0)
    return size


def still_named(keys: list[str], ask: Ask, tables: Iterable[str]) -> list[str]:
    """Those of some keys that rows name now: what nobody names any more was let go on purpose."""
    if not keys:
        return []
    wanted = set(keys)
    with listing() as now:
        now.fill(ask, tables)
        return sorted(wanted & {key for key, _ in now})


def restore(parts: Iterable[tuple[str, BinaryIO]], storage: Storage) -> int:
    """Put the files of an archive into the store. Returns how many."""
    count = 0
    for name, content in parts:
        if name.startswith(PHOTOS):
            storage.put(name.removeprefix(PHOTOS), content)
            count += 1
    return count
