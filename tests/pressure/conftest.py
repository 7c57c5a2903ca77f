"""One real server whose disk and database are taken away; it is shared, for it starts slowly.

What holds on one engine only stands in a module of that engine.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.databases import Databases
from tests.pressure.line import Line
from tests.pressure.meeting import WAITS_S
from tests.pressure.served import Web, serving

ON_SQLITE = (os.environ.get("TEST_ENGINE") or "sqlite") == "sqlite"
collect_ignore = ["test_postgresql_away.py" if ON_SQLITE else "test_sqlite_away.py"]


@pytest.fixture(scope="session")
def database(databases: Databases, province_template: str) -> Iterator[str]:
    with databases.copy(province_template) as url:
        yield url


@pytest.fixture(scope="session")
def line(database: str) -> Iterator[Line | None]:
    if ON_SQLITE:
        yield None
        return
    line = Line(database)
    yield line
    line.close()


@pytest.fixture(scope="session")
def web(
    database: str, line: Line | None, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Web]:
    folder = tmp_path_factory.mktemp("web")
    environ = {
        "REPORTS_CONFIG": "development",
        "DATABASE_URL": line.url if line else database,
        "PHOTO_STORE": str(folder / "photos"),
        "REDIS_URL": f"unix://{folder}/nobody.sock",
        "SECRET_KEY": "known-to-every-test-and-worth-nothing",
        "WEB_PROCESSES": "1",
        "WEB_DATABASE_WAIT_S": str(WAITS_S),
        "LOG_LEVEL": "CRITICAL",
        "DEMO": "0",
    }
    with serving(folder, **environ) as web:
        assert web.file().status == 201  # what is read once is in memory
        yield web
