"""Somebody at the database itself, past the service and past what refuses there."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import text

from reports_service.core.db import db

MIGRATION = Path(__file__).parents[2] / "migrations" / "versions" / "0019_audit_chain.py"


@contextmanager
def unguarded() -> Iterator[Any]:
    """A connection on which the log can be written, as one who owns the database can make it."""
    db.session.commit()
    on_postgresql = db.session.connection().dialect.name == "postgresql"
    for drop in _drops(on_postgresql):
        db.session.execute(text(drop))
    yield db.session
    for create in _guards(on_postgresql):
        db.session.execute(text(create))
    db.session.commit()
    db.session.expire_all()


def _drops(on_postgresql: bool) -> list[str]:
    if on_postgresql:
        return ["DROP TRIGGER audit_entries_no_change ON audit_entries"]
    return ["DROP TRIGGER audit_entries_no_update", "DROP TRIGGER audit_entries_no_delete"]


def _guards(on_postgresql: bool) -> list[str]:
    found = importlib.util.spec_from_file_location("audit_chain", MIGRATION)
    assert found and found.loader
    migration = importlib.util.module_from_spec(found)
    found.loader.exec_module(migration)
    return [migration.POSTGRESQL[1]] if on_postgresql else list(migration.SQLITE)
