"""The edges are tried on the demo province."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask

from reports_service import create_app
from reports_service.core.db import db
from tests.conftest import SeparateRequests, application, let_go
from tests.databases import Databases
from tests.personas import People


@pytest.fixture(scope="session")
def app(
    databases: Databases, province_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Flask]:
    """On a database that no other folder's tests use: what ``made`` applications write stays."""
    with databases.copy(province_template) as url:
        app = application(url, tmp_path_factory.mktemp("edges"))
        yield app
        let_go(app)


@pytest.fixture
def people(app: Flask) -> People:
    return People(app)


@pytest.fixture
def made(app: Flask) -> Iterator[Callable[..., Flask]]:
    """Makes applications with other settings on the same database."""
    others: list[Flask] = []

    def make(**settings: Any) -> Flask:
        kept = ("SQLALCHEMY_DATABASE_URI", "DATA_DIR", "PHOTO_STORE", "MAIL_FOLDER")
        other = create_app("test", **{name: app.config[name] for name in kept}, **settings)
        other.test_client_class = SeparateRequests
        others.append(other)
        return other

    yield make
    for other in others:
        with other.app_context():
            db.session.remove()
            db.engine.dispose()
