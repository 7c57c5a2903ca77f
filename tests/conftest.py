"""The engine, the database of each test, and what else every test may ask for.

One process of the run migrates one template (a file, or a PostgreSQL database) by Alembic, not by
``create_all``; what tests use are copies of it. TEST_ENGINE chooses sqlite (default) or postgresql.

A test runs inside a transaction that is rolled back at its end. A test that needs real commits from
several threads or processes asks for ``live_database`` and gets a database of its own.
"""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Generator, Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from flask import Flask, has_app_context
from flask.testing import FlaskClient
from sqlalchemy.engine import Connection

from reports_service import create_app
from reports_service.cli import spoken
from reports_service.core import clock, embedded
from reports_service.core.db import db
from tests import province, servers
from tests.databases import Databases, PostgresDatabases, SqliteDatabases

LIVE = {"live_database", "live_province"}
ENGINE = os.environ.get("TEST_ENGINE") or "sqlite"
# Rules ask no database. What pages show is asked for by services that are tested on both engines,
# and tests/people/test_restricted_everywhere.py opens every page on both.
OF_ANY_ENGINE = {"domain", "web"}

# The same examples in every run: a failure in CI is a failure on the desk. No timed tests.
hypothesis.settings.register_profile("suite", deadline=None, derandomize=True, database=None)
hypothesis.settings.load_profile("suite")

_servers = ExitStack()


def pytest_configure(config: pytest.Config) -> None:
    """Start PostgreSQL once for the run; the workers of xdist inherit its address."""
    if ENGINE == "postgresql" and not hasattr(config, "workerinput"):
        os.environ["TEST_DATABASE_URL"] = _servers.enter_context(servers.postgresql())


def pytest_unconfigure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        _servers.close()


def pytest_runtest_setup() -> None:
    """Commands speak Vietnamese unless a test says otherwise, whatever terminal runs the suite and
    whatever a command before left in the environment of this process.
    """
    for name in spoken.SETTINGS:
        os.environ.pop(name, None)


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """Importing all tests makes no garbage: looking for some would take its time."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.enable()


def pytest_collection_finish() -> None:
    """What was imported stays to the end: it need not be walked for garbage again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def pytest_report_header() -> str:
    return f"engine: {ENGINE}"


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """What does not hang on the engine is not run on PostgreSQL too: SQLite's run has it."""
    if ENGINE == "sqlite":
        return
    apart = [item for item in items if _is_of_any_engine(item)]
    config.hook.pytest_deselected(items=apart)
    items[:] = [item for item in items if not _is_of_any_engine(item)]


def _is_of_any_engine(item: pytest.Item) -> bool:
    marked = item.get_closest_marker("any_engine") is not None
    return marked or not OF_ANY_ENGINE.isdisjoint(item.path.parts)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """In CI nothing may be left out: a skipped test fails the run."""
    terminal = session.config.pluginmanager.get_plugin("terminalreporter")
    left_out = terminal.stats.get("skipped", []) if terminal else []
    if left_out and os.environ.get("CI") == "true" and session.exitstatus == pytest.ExitCode.OK:
        terminal.write_line(f"\nleft out {len(left_out)} tests, which CI does not allow", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


class SeparateRequests(FlaskClient):
    """A client whose requests have a session of their own, as in production.

    Before a request, what the test wrote so far becomes visible to it.
    """

    def open(self, *args: Any, **kwargs: Any) -> Any:
        if has_app_context():
            db.session.commit()
        with self.application.app_context():
            return super().open(*args, **kwargs)


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Databases]:
    """Makes databases of the chosen engine, each a copy of one migrated template."""
    folder = tmp_path_factory.mktemp("databases")
    made = PostgresDatabases.of_run() if ENGINE == "postgresql" else SqliteDatabases(folder)
    with made:
        yield made


@pytest.fixture(scope="session")
def app(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The application with configuration "test" on a migrated database; one for all tests."""
    with databases.copy() as url:
        app = application(url, tmp_path_factory.mktemp("data"))
        yield app
        let_go(app)


def application(database_url: str, folder: Path) -> Flask:
    """An application on the migrated database, its files in the folder."""
    app = create_app(
        "test",
        SQLALCHEMY_DATABASE_URI=database_url,
        DATA_DIR=str(folder),
        PHOTO_STORE=str(folder / "photos"),
        MAIL_FOLDER=str(folder / "mail"),
    )
    app.test_client_class = SeparateRequests
    return app


def let_go(app: Flask) -> None:
    """Its connections are closed: the database may be removed."""
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(autouse=True)
def database(request: pytest.FixtureRequest) -> Iterator[None]:
    """Give ``db.session`` one connection whose outer transaction is rolled back after the test.

    Commits of the test and of the code become savepoints inside. Tests of pure rules, which ask
    for no application, pay nothing. On a ``stage`` the outer transaction is a savepoint of it.
    """
    names = request.fixturenames
    if LIVE & set(names) or _is_pure(request):
        yield
        return
    app: Flask = request.getfixturevalue("app")
    with app.app_context():
        if "stage" in names:
            with _taken_back(request.getfixturevalue("stage")):
                yield
        else:
            with db.engine.connect() as connection, _taken_back(connection):
                yield


@pytest.fixture(scope="module")
def stage(request: pytest.FixtureRequest) -> Iterator[Connection]:
    """What a module's tests start from: its fixtures of the module lay it once, each test finds it
    and takes back only its own.

    A module that has one has it for all its tests: name it in a fixture that every test uses.
    """
    app: Flask = request.getfixturevalue("app")
    with app.app_context(), db.engine.connect() as connection, _taken_back(connection):
        yield connection


def _is_pure(request: pytest.FixtureRequest) -> bool:
    return request.node.get_closest_marker("pure") is not None or "domain" in request.path.parts


@contextmanager
def _taken_back(connection: Connection) -> Iterator[None]:
    """Sessions use the connection while inside; at the end all is as it was, also who uses what."""
    before = db.engines[None]
    begun = connection.begin_nested() if connection.in_transaction() else connection.begin()
    _bind(connection)
    try:
        yield
    finally:
        db.session.remove()
        db.engines[None] = before
        begun.rollback()


def _bind(connection: Connection) -> None:
    db.session.remove()
    db.session.session_factory.configure(join_transaction_mode="create_savepoint")
    db.engines[None] = connection  # sessions take either


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Calls the application as a browser or an app would."""
    return app.test_client()


@pytest.fixture
def live_database(databases: Databases, tmp_path: Path) -> Iterator[Flask]:
    """An application on a fresh database of its own, where commits are real.

    Use its ``test_client()`` and, in threads, its ``app_context()``; other processes are given
    ``live_database.config["SQLALCHEMY_DATABASE_URI"]``. Its context is active in the test.
    """
    with databases.copy() as url:
        app = application(url, tmp_path)
        with app.app_context():
            yield app
        let_go(app)


@pytest.fixture(scope="session")
def province_template(databases: Databases) -> str:
    """The template that holds the demo province, laid once."""
    databases.add_template("province", province.lay)
    return "province"


@pytest.fixture(scope="session")
def province_app(
    databases: Databases, province_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    """The application on the demo province; a folder's conftest makes it the ``app`` there."""
    with databases.copy(province_template) as url:
        app = application(url, tmp_path_factory.mktemp("province"))
        yield app
        let_go(app)


@pytest.fixture
def live_province(databases: Databases, province_template: str, tmp_path: Path) -> Iterator[Flask]:
    """As ``live_database``, with the demo province in it."""
    with databases.copy(province_template) as url:
        app = application(url, tmp_path)
        with app.app_context():
            yield app
        let_go(app)


@pytest.fixture(scope="session")
def queue_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a real queue server of this test process."""
    server = embedded.start(tmp_path_factory.mktemp("queue"))
    yield server.url
    server.stop()


@pytest.fixture
def moved_clock() -> Iterator[Callable[[datetime], None]]:
    """Call it with an aware moment: the clock stands there until it is moved again or the end."""
    with ExitStack() as moves:

        def stand_at(moment: datetime) -> None:
            moves.enter_context(clock.moved_to(moment))

        yield stand_at
