"""Databases for the tests: copies of a template that Alembic migrated once per process."""

from __future__ import annotations

import os
import shutil
import sqlite3
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from itertools import count
from pathlib import Path
from typing import Self

import flask_migrate
from sqlalchemy import URL, Engine, create_engine, make_url
from sqlalchemy.pool import NullPool

from reports_service import create_app
from reports_service.core.db import db


class Databases(ABC):
    """Makes and drops databases on one engine."""

    def __init__(self) -> None:
        self._numbers = count(1)
        self._templates = ["template"]

    def __enter__(self) -> Self:
        self._create("template")
        migrate(self._url("template"))
        return self

    def __exit__(self, *_why: object) -> None:
        for name in self._templates:
            self._drop(name)

    def add_template(self, name: str, fill: Callable[[str], None], of: str = "template") -> None:
        """Make a copy of a template that ``fill`` lays something into, given its URL, once."""
        self._copy(of, name)
        self._templates.append(name)
        fill(self._url(name))

    @contextmanager
    def copy(self, template: str = "template") -> Iterator[str]:
        """The URL of a migrated database that lives while inside; an empty one by default."""
        name = f"copy{next(self._numbers)}"
        self._copy(template, name)
        try:
            yield self._url(name)
        finally:
            self._drop(name)

    @contextmanager
    def empty(self) -> Iterator[str]:
        """The URL of a database without any table, for tests of the migrations themselves."""
        name = f"empty{next(self._numbers)}"
        self._create(name)
        try:
            yield self._url(name)
        finally:
            self._drop(name)

    @abstractmethod
    def _url(self, name: str) -> str: ...

    @abstractmethod
    def _create(self, name: str) -> None: ...

    @abstractmethod
    def _copy(self, template: str, name: str) -> None: ...

    @abstractmethod
    def _drop(self, name: str) -> None: ...


def migrate(url: str, revision: str = "head") -> None:
    """Bring the database at ``url`` to ``revision`` by the project's migrations."""
    app = create_app("test", SQLALCHEMY_DATABASE_URI=url)
    with app.app_context():
        try:
            flask_migrate.upgrade(revision=revision)
        finally:
            db.session.remove()
            db.engine.dispose()


class SqliteDatabases(Databases):
    """Files in one folder."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder

    def _file(self, name: str) -> Path:
        return self._folder / f"{name}.sqlite3"

    def _url(self, name: str) -> str:
        return f"sqlite:///{self._file(name)}"

    def _create(self, name: str) -> None:
        self._file(name).touch()

    def _copy(self, template: str, name: str) -> None:
        with closing(sqlite3.connect(self._file(template))) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        shutil.copyfile(self._file(template), self._file(name))

    def _drop(self, name: str) -> None:
        for file in self._folder.glob(f"{name}.sqlite3*"):
            file.unlink()


class PostgresDatabases(Databases):
    """Databases of one server, named after the test process."""

    def __init__(self, server: URL, prefix: str) -> None:
        super().__init__()
        self._server = server
        self._prefix = prefix

    @classmethod
    def of_run(cls) -> PostgresDatabases:
        """On the server of TEST_DATABASE_URL, apart from other runs and workers."""
        worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
        return cls(make_url(os.environ["TEST_DATABASE_URL"]), f"reports_{os.getpid()}_{worker}")

    def _name(self, name: str) -> str:
        return f"{self._prefix}_{name}"

    def _url(self, name: str) -> str:
        url = self._server.set(database=self._name(name))
        return url.render_as_string(hide_password=False)

    def _create(self, name: str) -> None:
        self._say(f'CREATE DATABASE "{self._name(name)}"')

    def _copy(self, template: str, name: str) -> None:
        self._say(f'CREATE DATABASE "{self._name(name)}" TEMPLATE "{self._name(template)}"')

    def _drop(self, name: str) -> None:
        self._say(f'DROP DATABASE IF EXISTS "{self._name(name)}" WITH (FORCE)')

    def _say(self, command: str) -> None:
        engine: Engine = create_engine(self._server, poolclass=NullPool)
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql(command)
        engine.dispose()
