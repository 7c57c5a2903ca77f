"""Making a backup while the service runs and writes."""

from __future__ import annotations

import os
import secrets
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

import orjson
from alembic.migration import MigrationContext
from flask import current_app
from sqlalchemy import inspect, text

from reports_service.backups import configuration, files, postgres, sqlite
from reports_service.backups.archive import ABOUT, CONFIGURATION, About, Writer, writing
from reports_service.backups.files import Copied, Listed
from reports_service.backups.refusals import (
    BackupExists,
    BackupNotWritten,
    DatabaseWithoutTables,
)
from reports_service.backups.sealing import Key
from reports_service.core import clock, keys
from reports_service.core.db import db

DATABASE_STEP, PHOTOS_STEP = "database", "photos"
# How far: the step (database, photos), how much of it is done, and how much there is.
Reached = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Made:
    """A backup that was made."""

    about: About
    copied: Copied
    byte_size: int


def create(path: Path, key: Key | None, names: list[str], reached: Reached) -> Made:
    """Back up the current application into the file ``path``, which appears when it is whole.

    ``names``: the keys of the configuration to keep. Raises ``BackupExists``,
    ``BackupNotWritten``, ``DatabaseWithoutTables``, ``DatabaseDamaged`` and ``Unavailable``.
    """
    if path.exists():
        raise BackupExists(file=path)
    about = _about(sealed=key is not None)
    with _appearing(path) as file, writing(file, key) as archive:
        archive.put(ABOUT, orjson.dumps(about.__dict__, option=orjson.OPT_INDENT_2))
        archive.put(
            CONFIGURATION, configuration.written(current_app.config, names, sealed=key is not None)
        )
        copied = _put_all(archive, path, reached)
    return Made(about, copied, path.stat().st_size)


def _about(*, sealed: bool) -> About:
    with db.engine.connect() as connection:
        schema = MigrationContext.configure(connection).get_current_revision()
    if schema is None:
        raise DatabaseWithoutTables()
    return About(
        made_at=clock.now().astimezone(UTC).isoformat(timespec="seconds"),
        engine=db.engine.dialect.name,
        schema=schema,
        secret=keys.name_of(current_app.config["SECRET_KEY"]),
        secrets_inside=sealed,
    )


def _put_all(archive: Writer, path: Path, reached: Reached) -> Copied:
    """The database as of one moment, then the files that it names at that moment."""
    storage = current_app.extensions["storage"]
    with files.listing() as named:
        put = _put_sqlite if db.engine.dialect.name == "sqlite" else _put_postgres
        put(archive, path, named, partial(reached, DATABASE_STEP))
        copied = files.put(archive, named, storage, partial(reached, PHOTOS_STEP))
    copied.gone = files.still_named(copied.gone, _ask_now, inspect(db.engine).get_table_names())
    return copied


def _put_sqlite(archive: Writer, path: Path, named: Listed, reached: files.Reached) -> None:
    place = path.with_name(f".{path.name}.{secrets.token_hex(4)}.database")
    try:
        with sqlite.copied(Path(str(db.engine.url.database)), place, reached) as held:
            found = held.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            named.fill(held.execute, [name for (name,) in found])
            sqlite.put(archive, place)
    except sqlite3.OperationalError as why:  # the disk is full, mostly
        raise BackupNotWritten(file=path, why=why) from why


def _put_postgres(archive: Writer, _path: Path, named: Listed, reached: files.Reached) -> None:
    with postgres.snapshot(db.engine.url.render_as_string(hide_password=False)) as held:
        named.fill(partial(postgres.streamed, held), postgres.tables(held))
        postgres.put(archive, held, reached)


def _ask_now(statement: str) -> Iterable[Any]:
    return db.session.execute(text(statement))


@contextmanager
def _appearing(path: Path) -> Iterator[BinaryIO]:
    """A file that has its name only when it is whole and on the disk. Only its owner may read it.

    Raises ``BackupNotWritten``.
    """
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as why:
        raise BackupNotWritten(file=path, why=why.strerror or why) from why
    finally:
        part.unlink(missing_ok=True)
