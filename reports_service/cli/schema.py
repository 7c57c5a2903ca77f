"""Brings a database to the newest migration, once, whoever asks first."""

from __future__ import annotations

import fcntl
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import flask_migrate
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask, current_app

from reports_service.core.db import db

# Its lines serve whoever writes migrations; a person at the terminal is told in words.
logging.getLogger("alembic").setLevel(logging.WARNING)


def bring_up_to_date(app: Flask) -> bool:
    """Run the migrations that are missing; whether there were any.

    Two processes of one machine that start at once wait for each other.
    Raises SQLAlchemy's ``OperationalError`` when the database does not answer.
    """
    folder = Path(app.config["DATA_DIR"])
    folder.mkdir(parents=True, exist_ok=True)
    with app.app_context():
        if is_current():
            return False
        with _alone(folder):
            flask_migrate.upgrade()
        return True


def is_current() -> bool:
    """Whether the database stands at the newest migration."""
    return applied() == newest()


def applied() -> str | None:
    """The last migration that the database has had; None for an empty one."""
    with db.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def newest() -> str | None:
    """The last migration that the project has."""
    config = current_app.extensions["migrate"].migrate.get_config()
    return ScriptDirectory.from_config(config).get_current_head()


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    with (folder / "migrations.lock").open("a") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        yield
