"""New rows written in the order that is given, without the session's sorting and waiting.

A flush works out what depends on what, and waits for the number of each row before it writes the
next; for a handful of new rows that costs more than writing them. Here all are numbered by one
statement and then written. On PostgreSQL they are sent one after the other without waiting between
(libpq's pipeline mode). Afterwards they belong to the session as if it had flushed them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from functools import cache
from typing import Any, cast

from sqlalchemy import Connection, Insert, Select, Table, func, literal_column, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Mapper, make_transient_to_detached
from sqlalchemy.orm.attributes import instance_dict

from reports_service.core.db import Model, db


def number(rows: Sequence[Model]) -> None:
    """Give new rows of different tables their ids, in one statement, as the database would."""
    connection = db.session.connection()
    tables = tuple(_table(row.__mapper__) for row in rows)
    ids = connection.execute(_next_ids(connection.dialect.name, tables)).one()
    for row, row_id in zip(rows, ids, strict=True):
        instance_dict(row)["id"] = row_id


def insert_all(rows: Sequence[Model]) -> None:
    """Write new rows whose keys are set, each after those that it names.

    What was not set becomes the column's default, or None. Give the rows to the session when all
    that they are related to is written. Raises what the database refuses, as SQLAlchemy has it.
    """
    connection = db.session.connection()
    with _without_waiting(connection):
        for row in rows:
            connection.execute(_statement(row.__mapper__), _values(row))
    for row in rows:
        make_transient_to_detached(row)


def _values(row: Model) -> dict[str, Any]:
    """Column -> value; the attributes that were not set get theirs here."""
    held = instance_dict(row)
    for key, (_, default) in _columns(row.__mapper__).items():
        if key not in held:
            held[key] = default
    return {name: held[key] for key, (name, _) in _columns(row.__mapper__).items()}


@contextmanager
def _without_waiting(connection: Connection) -> Iterator[None]:
    """Send statements without waiting for their answers, where the driver can."""
    driver: Any = connection.connection.driver_connection
    with _as_sqlalchemy_says(connection), getattr(driver, "pipeline", nullcontext)():
        yield


@contextmanager
def _as_sqlalchemy_says(connection: Connection) -> Iterator[None]:
    """What the driver raises at the end of a pipeline, raised as if a statement had raised it."""
    errors: Any = connection.dialect.loaded_dbapi
    try:
        yield
    except errors.Error as refused:
        raise DBAPIError.instance(None, None, refused, errors.Error) from refused


@cache
def _columns(mapper: Mapper[Model]) -> dict[str, tuple[str, Any]]:
    """Attribute -> name of its column, and the plain default of the column (or None)."""
    return {
        attribute.key: (attribute.columns[0].name, _default(attribute.columns[0]))
        for attribute in mapper.column_attrs
    }


def _default(column: Any) -> Any:
    return column.default.arg if column.default is not None and column.default.is_scalar else None


@cache
def _statement(mapper: Mapper[Model]) -> Insert:
    return _table(mapper).insert().inline()


def _table(mapper: Mapper[Model]) -> Table:
    return cast("Table", mapper.local_table)


@cache
def _next_ids(engine: str, tables: tuple[Table, ...]) -> Select[Any]:
    """One row with the next id of each table; a table that stands twice gets two."""
    return select(
        *(_next_id(engine, table, tables[:n].count(table)) for n, table in enumerate(tables))
    )


def _next_id(engine: str, table: Table, before: int) -> Any:
    """PostgreSQL: the table's sequence. SQLite: what it would take itself, after the largest;
    nobody else writes meanwhile, for a unit of work holds the one turn to write.
    """
    if engine == "postgresql":
        return func.nextval(literal_column(f"'{table.name}_id_seq'"))
    largest = select(func.max(table.c.id)).scalar_subquery()
    return func.coalesce(largest, 0) + literal_column(str(before + 1))
