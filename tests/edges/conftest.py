"""The edges are tried on the demo province."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask

from reports_service import create_app
from reports_service.core.db import db
from tests.conftest import SeparateRequests
from tests.personas import People


@pytest.fixture(scope="session")
def app(province_app: Flask) -> Flask:
    return province_app


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
