"""New rows written in the order that is given, without the session's sorting and waiting.

A flush works out what depends on what, and waits for the number of each row before it writes the
next; for a handful of new rows that costs more than writing them. Here all are numbered first and
then written: on PostgreSQL by one statement, which takes the rows of each table as JSON; on SQLite,
where nothing is waited for, row by row. Afterwards they belong to the session as if it had flushed
them.
"""

from __future__ import annotations

import os
from collections import defaultdict, deque
from collections.abc import Sequence
from functools import cache
from typing import Any, TypeVar, cast
from weakref import WeakKeyDictionary

import orjson
from sqlalchemy import Connection, Engine, Insert, Table, inspect
from sqlalchemy.orm import Mapper, make_transient_to_detached
from sqlalchemy.orm.attributes import instance_dict

from reports_service.core.db import Model, db

DRAWN_AT_ONCE = 20
Values = dict[str, Any]  # column -> value
Ids = Sequence[int]  # one for each of some new rows
Row = TypeVar("Row", bound=Model)

# Drawn from PostgreSQL's sequences and not used yet, by the tables of the rows that they are for.
_drawn: WeakKeyDictionary[Engine, defaultdict[tuple[str, ...], deque[Ids]]] = WeakKeyDictionary()
# What the parent has drawn is the parent's: a child that used it too would meet taken ids.
os.register_at_fork(after_in_child=_drawn.clear)


def new(model: type[Row], **values: Any) -> Row:
    """A new row, made without noting which columns are set: all of a new row are written anyhow.

    ``values``: of columns; relationships are set afterwards.
    """
    row = cast("Row", inspect(model).class_manager.new_instance())
    instance_dict(row).update(values)
    return row


def number(rows: Sequence[Model]) -> None:
    """Give new rows of different tables their ids, as the database would."""
    connection = db.session.connection()
    names = tuple(_table(row.__mapper__).name for row in rows)
    draw = _draw if connection.dialect.name == "postgresql" else _following
    for row, row_id in zip(rows, draw(connection, names), strict=True):
        instance_dict(row)["id"] = row_id


def _draw(connection: Connection, tables: tuple[str, ...]) -> Ids:
    """The next ids of the sequences. Drawn for some filings at once: one question less in each,
    and what a process does not use up is a gap, as a rollback leaves.
    """
    drawn = _drawn.setdefault(connection.engine, defaultdict(deque))[tables]
    while True:
        try:
            return drawn.popleft()
        except IndexError:  # here or in another thread
            drawn.extend(connection.exec_driver_sql(_next_ids(tables)).all())


@cache
def _next_ids(tables: tuple[str, ...]) -> str:
    ids = ", ".join(f"nextval('{table}_id_seq')" for table in tables)
    return f"SELECT {ids} FROM generate_series(1, {DRAWN_AT_ONCE})"


def _following(connection: Connection, tables: tuple[str, ...]) -> Ids:
    """What SQLite would take itself: after the largest. Nobody else writes meanwhile, for a unit
    of work holds the one turn to write.
    """
    return connection.exec_driver_sql(_after_largest(tables)).one()


@cache
def _after_largest(tables: tuple[str, ...]) -> str:
    """One row with the next id of each table; a table that stands twice gets two."""
    ids = (
        f"(SELECT coalesce(max(id), 0) + {tables[:n].count(table) + 1} FROM {table})"
        for n, table in enumerate(tables)
    )
    return f"SELECT {', '.join(ids)}"


def insert_all(rows: Sequence[Model]) -> None:
    """Write new rows whose keys are set, each after those that it names.

    What was not set becomes the column's default, or None. Give the rows to the session when all
    that they are related to is written. Raises what the database refuses, as SQLAlchemy has it.
    """
    connection = db.session.connection()
    if connection.dialect.name == "postgresql":
        _insert_at_once(connection, rows)
    else:
        for row in rows:
            connection.execute(_insert(row.__mapper__), _values(row))
    for row in rows:
        make_transient_to_detached(row)


def _insert_at_once(connection: Connection, rows: Sequence[Model]) -> None:
    """One statement for all rows: what they name is looked for at its end, as for a flush."""
    by_table: dict[str, list[Values]] = {}
    for row in rows:
        by_table.setdefault(_table(row.__mapper__).name, []).append(_values(row))
    sent = tuple(orjson.dumps(values, default=_in_json).decode() for values in by_table.values())
    connection.exec_driver_sql(_insert_from_json(tuple(by_table)), sent)


def _in_json(value: Any) -> str:
    """Bytes as PostgreSQL reads them from text; everything else orjson knows by itself."""
    if isinstance(value, bytes):
        return "\\x" + value.hex()
    raise TypeError(f"no column holds this: {value!r}")


@cache
def _insert_from_json(tables: tuple[str, ...]) -> str:
    """INSERT into each table the rows of an array of objects; a row lists all of its columns."""
    *others, last = (
        f"INSERT INTO {table} SELECT * FROM json_populate_recordset(NULL::{table}, %s::json)"
        for table in tables
    )
    named = ", ".join(f"insert_{n} AS ({insert})" for n, insert in enumerate(others))
    return f"WITH {named} {last}" if named else last


def _values(row: Model) -> Values:
    """The row's values by column; the attributes that were not set get theirs here."""
    held = instance_dict(row)
    columns = _columns(row.__mapper__)
    for key, (_, default) in columns.items():
        if key not in held:
            held[key] = default
    return {name: held[key] for key, (name, _) in columns.items()}


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
def _insert(mapper: Mapper[Model]) -> Insert:
    return _table(mapper).insert().inline()


@cache
def _table(mapper: Mapper[Model]) -> Table:
    return cast("Table", mapper.local_table)
