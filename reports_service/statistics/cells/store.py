"""Writing and reading many small rows of bytes quickly, on both engines."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import inspect
from sqlalchemy.dialects import postgresql, sqlite

from reports_service.core.db import Model, db

WRITTEN_AT_ONCE = 500


def put(model: type[Model], rows: Sequence[dict[str, Any]]) -> None:
    """Write rows over those with the same keys, in the caller's unit of work."""
    if not rows:
        return
    table = inspect(model).local_table
    keys = [column.name for column in table.primary_key]
    insert = (postgresql if db.engine.dialect.name == "postgresql" else sqlite).insert(table)
    others = {name: insert.excluded[name] for name in rows[0] if name not in keys}
    statement = insert.on_conflict_do_update(index_elements=keys, set_=others)
    connection = db.session.connection()
    for start in range(0, len(rows), WRITTEN_AT_ONCE):
        connection.execute(statement, rows[start : start + WRITTEN_AT_ONCE])
