"""A whole service for the tests of this folder, started once; for its checks, the province."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.conftest import ENGINE
from tests.databases import Databases
from tests.faults.service import Service, embedded_service, production_service


@pytest.fixture(scope="module")
def service(
    databases: Databases, request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Service]:
    """On SQLite the embedded mode, on PostgreSQL that of production."""
    folder = tmp_path_factory.mktemp("faults")
    if ENGINE == "sqlite":
        template: str = request.getfixturevalue("province_template")
        with databases.copy(template) as url, embedded_service(url, folder) as embedded:
            yield embedded
    else:
        with production_service(folder) as production:
            yield production


@pytest.fixture(scope="session")
def app(province_app: Flask) -> Flask:
    """The application on the demo province."""
    return province_app
