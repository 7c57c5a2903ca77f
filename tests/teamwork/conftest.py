"""Colleagues work together in the demo province, on a Monday morning."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from redis import Redis

from reports_service.accounts import service as accounts
from reports_service.accounts.models import Account
from reports_service.cli.application import OPERATOR_OF_THE_MACHINE
from reports_service.core import queue
from reports_service.core.db import db, unit_of_work
from tests.memory import fresh_memory
from tests.monday import app, clock_at, filed, people
from tests.personas import LIGHTS

__all__ = ["app", "clock_at", "filed", "fresh_memory", "people"]


def hire(email: str, name: str, role: str = "officer", agency: str | None = LIGHTS) -> Account:
    """A new colleague, of the company that runs the street lights unless it is said."""
    values = {"email": email, "name": name, "role": role, "agency": agency, "language": "vi"}
    with unit_of_work():
        return accounts.add(OPERATOR_OF_THE_MACHINE, {**values, "password_hash": "x"})


@pytest.fixture
def lan(people: object) -> Account:
    """A second officer of the street lights."""
    return hire("lan@demo.example", "Nguyễn Thị Lan")


@pytest.fixture
def redis_here(app: Flask, queue_server: str) -> Iterator[Redis]:
    """The queue server runs; afterwards the application is without one again."""
    connection = Redis.from_url(queue_server)
    connection.flushall()
    app.config["REDIS_URL"] = queue_server
    queue.init_queue(app)
    yield connection
    app.config["REDIS_URL"] = None
    queue.init_queue(app)
    connection.close()


def rows_of(model: type) -> int:
    """How many rows there are."""
    return db.session.query(model).count()
