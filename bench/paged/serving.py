"""The heaviest pages of staff over a province of any size: statements and milliseconds of each."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from statistics import median
from typing import Any, Final
from uuid import uuid4

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, event, func, select

from reports_service.accounts import service as accounts
from reports_service.accounts import signing_in
from reports_service.accounts.models import Account
from reports_service.agencies.models import Agency
from reports_service.core import clock
from reports_service.core.db import db, unit_of_work
from reports_service.domain.roles import Role
from reports_service.reports.models import Assignment

ROUNDS: Final = 15
PATHS: Final = {
    "queue of 100, operator": (Role.OPERATOR, "/queue?limit=100"),
    "queue of 100, officer": (Role.OFFICER, "/queue?limit=100"),
    "figures, leader": (Role.LEADER, "/figures"),
}


@dataclass(frozen=True)
class Served:
    """What a page costs the service."""

    name: str
    statements: int
    ms: float


def measured(app: Flask) -> list[Served]:
    """Each page, asked again and again; the first time makes what later ones find."""
    return [_measured(app, name, role, path) for name, (role, path) in PATHS.items()]


def _measured(app: Flask, name: str, role: Role, path: str) -> Served:
    client = signed_in(app, role)
    ask(app, client, path)
    with statements() as sent:
        ask(app, client, path)
    taken = [_timed(app, client, path) for _ in range(ROUNDS)]
    return Served(name, len(sent), median(taken))


def _timed(app: Flask, client: FlaskClient, path: str) -> float:
    began = time.perf_counter()
    ask(app, client, path)
    return (time.perf_counter() - began) * 1000


def ask(app: Flask, client: FlaskClient, path: str) -> None:
    """The page, as a browser gets it."""
    with app.app_context():  # a session of its own, as when served
        answer = client.get(path)
    if answer.status_code != 200:
        raise SystemExit(f"{path}: {answer.status_code} {answer.text[:300]}")


def signed_in(app: Flask, role: Role) -> FlaskClient:
    """Somebody new of this role; who works for an agency works for the one with the most to do."""
    with app.app_context(), unit_of_work():
        agency = busiest() if role in accounts.AGENCY_ROLES else None
        account = Account(email=f"{uuid4()}@bench.example", name="An", role=role,
                          agency_id=agency, password_hash="", created_at=clock.now())  # fmt: skip
        db.session.add(account)
        db.session.flush()
        token = signing_in.sign_in(account, timedelta(days=1)).token
    client = app.test_client()
    client.set_cookie("session", token)
    return client


def busiest() -> int:
    """The agency that holds the most, the centre aside."""
    query = (
        select(Assignment.agency_id)
        .join(Agency, Agency.id == Assignment.agency_id)
        .where(Assignment.outcome.is_(None), Assignment.triage.is_(False))
        .group_by(Assignment.agency_id)
        .order_by(func.count().desc())
    )
    found = db.session.scalars(query).first()
    if found is None:
        raise SystemExit("No agency has anything to do.")
    return found


@contextmanager
def statements() -> Iterator[Sequence[str]]:
    """What is sent to the database meanwhile."""
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        sent.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(Engine, "before_cursor_execute", note)
