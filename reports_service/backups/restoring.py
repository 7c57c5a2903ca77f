"""Bringing a backup back: onto an empty machine, or over what is there if that is wished."""

from __future__ import annotations

import fcntl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import flask_migrate
import orjson
from alembic.script import ScriptDirectory
from flask import current_app
from sqlalchemy import inspect, select, table

from reports_service.attachments.uploads import service as uploads
from reports_service.backups import files, postgres, sqlite
from reports_service.backups.archive import CONFIGURATION, About, reading
from reports_service.backups.refusals import (
    BackupTooNew,
    DatabaseNotEmpty,
    OtherEngine,
    SecretDiffers,
    ServiceRuns,
)
from reports_service.backups.sealing import Key
from reports_service.core import keys
from reports_service.core.db import db, unit_of_work

# Where any of these has a row, somebody works with the database.
SPEAKING = ("reports", "accounts", "agencies", "reporters")
CHECK_STEP, PHOTOS_STEP, DATABASE_STEP = "check", "photos", "database"
# How far: the step, the bytes of the archive behind, and its size.
Reached = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Wish:
    """How to restore: ``replace`` what the database holds; ``other_secret``: go on although the
    deployment's secret is not that of the backup.
    """

    replace: bool = False
    other_secret: bool = False


@dataclass(frozen=True)
class Restored:
    """What came back."""

    about: About
    photos: int
    secret_kept: bool


def look(path: Path, key: Key | None) -> tuple[About, dict[str, Any]]:
    """What an archive is of, and the configuration in it: its first parts only are read."""
    with reading(path, key) as archive:
        about = archive.about()
    return about, _configuration(path, key)


def _configuration(path: Path, key: Key | None) -> dict[str, Any]:
    with reading(path, key) as archive:
        for name, content in archive.parts():
            if name == CONFIGURATION:
                return dict(orjson.loads(content.read()))
    return {"values": {}, "left_out": []}


def check(path: Path, key: Key | None, reached: Reached) -> tuple[About, int]:
    """Read all of an archive; what it is of, and how many parts it has. Raises what is wrong."""
    with reading(path, key) as archive:
        about = archive.about()
    size = path.stat().st_size
    with reading(path, key, lambda done: reached(CHECK_STEP, done, size)) as archive:
        return about, archive.checked()


def restore(path: Path, key: Key | None, wish: Wish, reached: Reached) -> Restored:
    """Bring an archive into the current application's database and photo store.

    All of it is checked before anything is changed. The database comes last: broken off, there is
    none yet, and it can be said again. Raises ``DatabaseNotEmpty``, ``ServiceRuns``,
    ``OtherEngine``, ``BackupTooNew``, ``SecretDiffers``, and what is wrong with the archive.
    """
    about, configuration = look(path, key)
    _require_fit(about)
    with _service_stopped():
        if not wish.replace and _holds_something():
            raise DatabaseNotEmpty()
        secret = _secret_to_keep(about, configuration, wish)
        check(path, key, reached)
        size = path.stat().st_size
        with reading(path, key, lambda done: reached(PHOTOS_STEP, done, size)) as archive:
            photos = files.restore(archive.parts(), current_app.extensions["storage"])
        if secret:
            _keep_secret(secret)
        with reading(path, key) as archive:
            _restore_database(about, archive.parts())
        reached(DATABASE_STEP, size, size)
    return Restored(about, photos, secret_kept=secret is not None)


def _require_fit(about: About) -> None:
    engine = db.engine.dialect.name
    if about.engine != engine:
        raise OtherEngine(theirs=about.engine, ours=engine)
    scripts = ScriptDirectory.from_config(current_app.extensions["migrate"].migrate.get_config())
    if about.schema not in {script.revision for script in scripts.walk_revisions()}:
        raise BackupTooNew(schema=about.schema)


@contextmanager
def _service_stopped() -> Iterator[None]:
    """Hold the lock that a running service of this data folder holds. Raises ``ServiceRuns``."""
    folder = Path(current_app.config["DATA_DIR"])
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "running.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as held:
            raise ServiceRuns(folder=folder) from held
        yield


def _holds_something() -> bool:
    there = set(inspect(db.engine).get_table_names())
    with db.engine.connect() as connection:
        return any(
            connection.execute(select(1).select_from(table(name)).limit(1)).first() is not None
            for name in SPEAKING
            if name in there
        )


def _restore_database(about: About, parts: Iterator[Any]) -> None:
    """The rows at the schema that they were of, and from there to the newest."""
    url = db.engine.url
    db.session.remove()
    db.engine.dispose()
    if about.engine == "sqlite":
        place = Path(str(url.database))
        place.parent.mkdir(parents=True, exist_ok=True)
        sqlite.restore(parts, place)
    else:
        address = url.render_as_string(hide_password=False)
        postgres.clear(address)
        flask_migrate.upgrade(revision=about.schema)
        db.engine.dispose()
        postgres.restore(parts, address)
    flask_migrate.upgrade()
    with unit_of_work():
        uploads.give_up_unfinished()


def _secret_to_keep(about: About, configuration: dict[str, Any], wish: Wish) -> str | None:
    """The secret of the backup where this machine is to take it on; None where it has it already.

    Raises ``SecretDiffers`` where it has another one, given by whoever set it up.
    """
    ours = current_app.config["SECRET_KEY"]
    if keys.name_of(ours) == about.secret:
        return None
    theirs = configuration["values"].get("SECRET_KEY")
    if theirs and keys.name_of(theirs) == about.secret and _made_by_itself(ours):
        return str(theirs)
    if not wish.other_secret:
        raise SecretDiffers(place=_place_of_secret())
    return None


def _place_of_secret() -> Path:
    return Path(current_app.config["DATA_DIR"]) / "secret_key"


def _made_by_itself(secret: str) -> bool:
    """Whether the embedded mode made this secret at its first start: then nobody gave it."""
    place = _place_of_secret()
    return place.is_file() and place.read_text(encoding="ascii").strip() == secret


def _keep_secret(secret: str) -> None:
    place = _place_of_secret()
    draft = place.with_name("secret_key.restored")
    draft.touch(mode=0o600)
    draft.write_text(secret + "\n", encoding="ascii")
    draft.replace(place)
    current_app.config["SECRET_KEY"] = secret
