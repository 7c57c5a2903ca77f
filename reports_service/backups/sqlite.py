"""A database file of SQLite: copied as it stands at one moment, while others write."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import BinaryIO

from reports_service.backups import pieces
from reports_service.backups.archive import DATABASE, Writer
from reports_service.backups.refusals import DatabaseDamaged

PART = f"{DATABASE}reports.sqlite3"
_PAGES = 4096  # at once: 16 MB
Reached = Callable[[int, int], None]


@contextmanager
def copied(database: Path, place: Path, reached: Reached) -> Iterator[sqlite3.Connection]:
    """A copy at ``place``, of one moment, that lives while inside. ``reached``: pages of pages.

    Readers and writers go on meanwhile (WAL). Raises ``DatabaseDamaged``.
    """
    try:
        copy(database, place, reached)
        with closing(sqlite3.connect(place)) as made:
            made.execute("PRAGMA journal_mode = DELETE")  # all of it in the one file
            require_whole(made)
            yield made
    finally:
        place.unlink(missing_ok=True)


def copy(source: Path, target: Path, reached: Reached) -> None:
    """Bring what one file holds into another, by SQLite's own means, over what is there."""

    def told(_status: int, remaining: int, total: int) -> None:
        reached(total - remaining, total)

    with closing(sqlite3.connect(source)) as read, closing(sqlite3.connect(target)) as written:
        read.execute("PRAGMA busy_timeout = 10000")
        written.execute("PRAGMA busy_timeout = 10000")
        # A snapshot that is held: else each change by another process starts the copy anew.
        read.isolation_level = None
        read.execute("BEGIN")
        read.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone()
        read.backup(written, pages=_PAGES, progress=told, sleep=0)


def require_whole(connection: sqlite3.Connection) -> None:
    """Raises ``DatabaseDamaged`` in SQLite's own words."""
    try:
        (said,) = connection.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.DatabaseError as wrong:
        raise DatabaseDamaged(why=wrong) from wrong
    if said != "ok":
        raise DatabaseDamaged(why=said)


def put(archive: Writer, place: Path) -> None:
    """Write the copy into the archive."""
    with place.open("rb") as file:
        pieces.put(archive, PART, pieces.of_file(file))


def restore(parts: Iterator[tuple[str, BinaryIO]], database: Path) -> None:
    """Bring the file of an archive into ``database``, over what is there, in one transaction.

    Raises ``DatabaseDamaged`` before anything is changed.
    """
    place = database.with_name(f"{database.name}.restoring")
    try:
        with place.open("wb") as file:
            for name, content in parts:
                if name.startswith(f"{PART}/"):
                    file.write(pieces.unpacked(content))
        with closing(sqlite3.connect(place)) as whole:
            require_whole(whole)
        copy(place, database, lambda _done, _of: None)
    finally:
        place.unlink(missing_ok=True)
