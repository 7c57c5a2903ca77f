"""Reading and writing many small rows quickly: by the engine's own driver, without objects."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from functools import cache
from typing import Any, Final, cast

from psycopg.pq import Format
from sqlalchemy import Connection, Engine, Executable, Select, Table, event, inspect
from sqlalchemy.dialects import postgresql, sqlite

from reports_service.core.db import Model, db

WRITTEN_AT_ONCE: Final = 2_000
AS_BYTES: Final = "rows_as_bytes"  # an option of a statement's execution
Row = tuple[Any, ...]


def rows(query: Executable) -> list[Row]:
    """All rows of a query, as the driver gives them: nothing stands between it and who asks."""
    db.session.flush()
    as_bytes = query.execution_options(**{AS_BYTES: True})
    cursor: Any = db.session.connection().execute(as_bytes).cursor
    found: list[Row] = cursor.fetchall()
    return found


@event.listens_for(Engine, "before_cursor_execute")
def _as_bytes(
    _connection: Connection, cursor: Any, _statement: str, _values: Any, context: Any, _many: bool
) -> None:
    """PostgreSQL sends bytes as they are, if it is asked to: written as text they are twice as
    long, and reading that takes longer than all else.
    """
    if context is not None and context.execution_options.get(AS_BYTES):
        with suppress(AttributeError):  # SQLite has no other form
            cursor.format = Format.BINARY


def rows_in_parts(query: Select[Any], at_once: int) -> Iterator[Sequence[Any]]:
    """The rows of a query, so many at a time: more than memory holds."""
    db.session.flush()
    found = db.session.connection().execute(query.execution_options(yield_per=at_once))
    yield from found.partitions()


def put(model: type[Model], values: Sequence[Row], *, new: bool = False) -> None:
    """Write rows, all columns in the table's order, over those with the same keys.

    ``new``: there are none with the same keys. In the caller's unit of work.
    """
    if not values:
        return
    connection = db.session.connection()
    if new and connection.dialect.name == "postgresql":
        _copy(connection, model, values)
        return
    for start in range(0, len(values), WRITTEN_AT_ONCE):
        part = list(values[start : start + WRITTEN_AT_ONCE])
        connection.exec_driver_sql(_upsert(model, connection.dialect.name), part)


def drop(model: type[Model], keys: Sequence[Row]) -> None:
    """Delete the rows with these keys, in the caller's unit of work."""
    if keys:
        connection = db.session.connection()
        connection.exec_driver_sql(_delete(model, connection.dialect.name), list(keys))


def _copy(connection: Connection, model: type[Model], values: Sequence[Row]) -> None:
    table = _table(model)
    columns = ", ".join(column.name for column in table.columns)
    driver: Any = connection.connection
    with (
        driver.cursor() as cursor,
        cursor.copy(f"COPY {table.name} ({columns}) FROM STDIN") as copy,
    ):
        for row in values:
            copy.write_row(row)


@cache
def _upsert(model: type[Model], engine: str) -> str:
    table = _table(model)
    dialect: Any = postgresql if engine == "postgresql" else sqlite
    keys = [column.name for column in table.primary_key]
    insert = dialect.insert(table)
    others = {
        column.name: insert.excluded[column.name]
        for column in table.columns
        if column.name not in keys
    }
    statement = insert.on_conflict_do_update(index_elements=keys, set_=others)
    style = "format" if engine == "postgresql" else "qmark"
    return str(statement.compile(dialect=dialect.dialect(paramstyle=style)))


@cache
def _delete(model: type[Model], engine: str) -> str:
    table = _table(model)
    sign = "%s" if engine == "postgresql" else "?"
    keys = " AND ".join(f"{column.name} = {sign}" for column in table.primary_key)
    return f"DELETE FROM {table.name} WHERE {keys}"


def _table(model: type[Model]) -> Table:
    return cast("Table", inspect(model).local_table)
